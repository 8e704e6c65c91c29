// Models with more experts than a device has room for: what the CPU computes of them and what the
// device does are one answer, also once experts have moved.
#include "engine/backend/cuda/cuda.h"
#include "tests/engine/conformance/suite.h"
#include "tests/engine/conformance/variable.h"

namespace conformance {
namespace {

namespace cuda = engine::backend::cuda;

constexpr int kv_tokens = 512, chunk = 50, moved_after = 400;

engine::cli::RandomModel mixture(int hidden, int experts, int feed_forward) {
  engine::cli::RandomModel random;
  random.type = engine::gguf::WeightType::f32;
  auto& config = random.config;
  config.architecture = "deepseek2";
  config.name = "mixture";
  config.context_length = 1024;
  config.norm_epsilon = 1e-6f;
  config.layers = 3;
  config.dense_layers = 1;
  config.hidden = hidden;
  config.feed_forward = 70;
  config.vocab_size = 101;
  config.mla = {.heads = 2, .kv_lora_rank = 32, .nope_dim = 16, .rope_dim = 8, .value_dim = 16};
  config.experts = {.count = experts, .used = 3, .shared = 1, .feed_forward = feed_forward};
  return random;
}

engine::cli::RandomModel grouped_mixture(int hidden, int experts, int feed_forward) {
  engine::cli::RandomModel random = mixture(hidden, experts, feed_forward);
  random.config.architecture = "deepseek";
  random.config.mla = {};
  random.config.gqa = {.heads = 4, .kv_heads = 2, .key_dim = 16, .value_dim = 16, .rope_dim = 16};
  random.config.experts.shared = 2;
  return random;
}

bool is_split(const backend::Backend& backend) {
  return std::string(backend.name()).find("the CPU the others") != std::string::npos;
}

// Text of few ids chooses some experts much more often than others, so that these move.
Ids uneven_ids(int count) {
  Ids ids = random_ids(count, 5, 3);
  for (int i = 0; i < count; i += 10) ids[i] = 40 + i % 60;
  return ids;
}

void check_split(Suite& suite, const Kind& kind, const engine::cli::RandomModel& random,
                 const std::string& experts) {
  const std::string path = random_file(random);
  const Variable most("LEMMA_CUDA_EXPERTS", experts);
  const auto backend = make(kind, path, kv_tokens);
  suite.check(is_split(*backend), std::string("the name is ") + backend->name());
  const Kind specification{"reference", Of::reference, ""};
  const auto reference = make(specification, path, kv_tokens);
  const Ids ids = uneven_ids(moved_after + chunk);
  const Rows expected = run_in_chunks(*reference, ids, chunk, blocks(0, 16));
  const Rows found = run_in_chunks(*backend, ids, chunk, blocks(0, 16));
  const double error = relative_error(found, expected);
  const double bound = kind.of == Of::cuda_exact ? 1e-4 : fast_bound;
  suite.check(error <= bound, "relative error " + std::to_string(error));
  // The last tokens once more, in small batches and alone: one bit of difference would show.
  const auto last = std::span(ids).subspan(moved_after, 12);
  const Rows together = run(*backend, last, moved_after, blocks(0, 16));
  Rows alone;
  for (size_t i = 0; i < last.size(); ++i) {
    const Rows row =
        run(*backend, last.subspan(i, 1), moved_after + static_cast<int>(i), blocks(0, 16));
    alone.insert(alone.end(), row.begin(), row.end());
  }
  suite.check(identical(together, alone), "rows alone have other bits than in a batch");
  const auto same =
      std::span(expected).subspan(size_t(moved_after) * random.config.vocab_size, together.size());
  const double small_error = relative_error(together, same);
  suite.check(small_error <= bound,
              "relative error " + std::to_string(small_error) + " in a small batch");
}

// The layer for multi-token prediction has experts, too.
void check_split_predictions(Suite& suite, const Kind& kind, const std::string& experts) {
  engine::cli::RandomModel random = mixture(64, 12, 32);
  random.config.prediction_layers = 1;
  const std::string path = random_file(random);
  const Variable most("LEMMA_CUDA_EXPERTS", experts);
  const auto backend = make(kind, path, kv_tokens);
  suite.check(is_split(*backend), std::string("the name is ") + backend->name());
  const auto reference = make({"reference", Of::reference, ""}, path, kv_tokens);
  const Ids ids = uneven_ids(moved_after + chunk);
  const Rows expected = predict_in_chunks(*reference, ids, chunk, blocks(0, 16));
  const double error =
      relative_error(predict_in_chunks(*backend, ids, chunk, blocks(0, 16)), expected);
  suite.check(error <= (kind.of == Of::cuda_exact ? 1e-4 : fast_bound),
              "relative error " + std::to_string(error));
}

// With less and less memory: first all experts are on the device, then some, and where nothing fits
// the error names the memory.
void check_memory(Suite& suite, const Kind& kind) {
  engine::cli::RandomModel random = mixture(256, 48, 128);
  random.config.prediction_layers = 1;
  const std::string path = random_file(random);
  bool was_whole = false, was_split = false, was_refused = false;
  const auto weights = engine::model::load_weights(open_model(path)).value();
  const auto threads = std::make_shared<engine::base::ThreadPool>(2);
  const Ids ids = random_ids(9, 101, 1);
  const auto compute = [&](backend::Backend& backend) {
    Rows rows = run(backend, ids, 0, blocks(0, 2));
    const Rows guesses = predict_in_chunks(backend, ids, 9, blocks(0, 2));
    rows.insert(rows.end(), guesses.begin(), guesses.end());
    return rows;
  };
  const Rows expected = compute(*make({"reference", Of::reference, ""}, path, 64));
  const auto arithmetic =
      kind.of == Of::cuda_exact ? cuda::Arithmetic::exact : cuda::Arithmetic::fast;
  for (int megabytes = 160; megabytes > 0 && !was_refused; megabytes -= 4) {
    const Variable bytes("LEMMA_CUDA_EMULATED_BYTES", std::to_string(megabytes) + "000000");
    const auto backend = cuda::make_backend(weights, 64, threads, kind.kv_cache, arithmetic);
    was_refused = !backend.ok();
    if (was_refused) {
      const std::string& why = backend.message();
      suite.check(why.find("MiB for the model's weights cannot be had") != std::string::npos, why);
      break;
    }
    (is_split(**backend) ? was_split : was_whole) = true;
    if (!is_split(**backend)) continue;
    const double error = relative_error(compute(**backend), expected);
    suite.check(error <= fast_bound, "relative error " + std::to_string(error));
  }
  suite.check(was_whole && was_split && was_refused, "it was not whole, then split, then refused");
}

}  // namespace

void split_cases(Suite& suite) {
  for (const Kind& kind : kinds()) {
    // The reference does not round latents to fp8, and nothing here depends on how they are kept.
    if ((kind.of != Of::cuda_exact && kind.of != Of::cuda_fast) || kind.is_fp8()) continue;
    for (const char* experts : {"1", "5"}) {
      suite.run(kind.name + ", room for " + experts + " of 12 experts",
                [&](Suite& s) { check_split(s, kind, mixture(64, 12, 32), experts); });
      suite.run(kind.name + ", grouped queries, room for " + experts + " of 12 experts",
                [&](Suite& s) { check_split(s, kind, grouped_mixture(64, 12, 32), experts); });
      suite.run(kind.name + ", windows, sinks and biases, room for " + experts + " of 12 experts",
                [&](Suite& s) {
                  check_split(s, kind, as_gpt_oss(mixture(64, 12, 32), 100, 64), experts);
                });
      suite.run(kind.name + ", predictions with room for " + experts + " of 12 experts",
                [&](Suite& s) { check_split_predictions(s, kind, experts); });
    }
    if (!kind.is_slow) continue;  // the memory of an emulation alone can be set
    suite.run(kind.name + ", less and less memory", [&](Suite& s) { check_memory(s, kind); });
  }
}

}  // namespace conformance
