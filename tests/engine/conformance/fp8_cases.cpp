// Latents kept as fp8: what is rounded and by which scale, against the naive evaluation that rounds
// by the format's definition; and what that costs, against the one that does not round. Run where
// LEMMA_KV_CACHE=fp8 asks for such kinds.
#include <algorithm>
#include <cmath>

#include "engine/backend/cuda/cuda.h"
#include "engine/gguf/file.h"
#include "engine/session/engine.h"
#include "tests/engine/conformance/naive.h"
#include "tests/engine/conformance/suite.h"
#include "tests/engine/conformance/variable.h"

namespace conformance {
namespace {

using engine::cli::RandomModel;
namespace model = engine::model;

constexpr int count = 70;

// A single dense layer, so that no expert can flip.
RandomModel one_layer(const model::Mla& mla) {
  RandomModel random = large_shape(engine::gguf::WeightType::f32, 0, 0, 0);
  random.config.layers = random.config.dense_layers = 1;
  random.config.experts = {};
  random.config.hidden = 64;
  random.config.feed_forward = 96;
  random.config.mla = mla;
  return random;
}

// Groups of 128 values of a latent by these factors.
std::string file_with_groups(const RandomModel& random, const std::vector<float>& factors) {
  return changed_file(random_file(random),
                      [&](const std::string& name, size_t, std::vector<float>& values) {
                        if (name.find("attn_kv_a_norm") == std::string::npos) return;
                        for (size_t i = 0; i < values.size(); ++i) {
                          values[i] *= factors[i / 128 % factors.size()];
                        }
                      });
}

std::vector<double> naive(const std::string& path, const Ids& ids, KvCache kv_cache) {
  const auto file = open_model(path);
  return naive_logits(*file, model::read_config(*file).value(), ids, 0, kv_cache);
}

// Each group has the greatest values once, so that none can have another's scale unnoticed.
void check_scales(Suite& suite, const Kind& kind, const model::Mla& mla) {
  const RandomModel random = one_layer(mla);
  const Ids ids = random_ids(count, random.config.vocab_size, 4);
  const size_t groups = (static_cast<size_t>(mla.kv_lora_rank) + 127) / 128;
  for (size_t group = 0; group < groups; ++group) {
    std::vector<float> factors{0.02F, 0.4F, 0.1F, 0.005F};
    factors.resize(groups, 0.05F);
    factors[group] = 3;
    const std::string path = file_with_groups(random, factors);
    const auto expected = naive(path, ids, KvCache::fp8);
    const auto backend = make(kind, path, 96);
    for (const int chunk : {1, count}) {
      if (kind.is_slow && chunk == 1 && group > 1) continue;
      const double error =
          relative_error(run_in_chunks(*backend, ids, chunk, blocks(0, 3)), expected);
      suite.check(error <= kind.bound(0), "group " + std::to_string(group) + ", in batches of " +
                                              std::to_string(chunk) + ": relative error " +
                                              std::to_string(error));
    }
  }
}

void check_cost(Suite& suite, const Kind& kind, const model::Mla& mla) {
  const std::string path = random_file(one_layer(mla));
  const Ids ids = random_ids(count, 90, 5);
  const auto backend = make(kind, path, 96);
  const double error = relative_error(run_in_chunks(*backend, ids, count, blocks(0, 3)),
                                      naive(path, ids, KvCache::f16));
  const double bound = kind.of == Of::cuda_fast ? fp8_fast_bound : fp8_exact_bound;
  suite.check(error <= bound, "fp8 costs " + std::to_string(error));
  suite.check(error > fp8_same_bound, "nothing is rounded: " + std::to_string(error));
}

// Latents past what halves hold saturate: their sum with others stays a number. Those that are as
// good as nothing stay nothing.
void check_range(Suite& suite, const Kind& kind, const model::Mla& mla) {
  for (const float factor : {1e6F, 1e-12F, 0.0F}) {
    const std::string path = file_with_groups(one_layer(mla), {factor});
    const auto backend = make(kind, path, 96);
    const Rows rows = run(*backend, random_ids(20, 90, 6), 0, blocks(0, 1));
    suite.check(std::all_of(rows.begin(), rows.end(), [](float x) { return std::isfinite(x); }),
                "latents times " + std::to_string(factor) + " give no numbers");
  }
}

// Models without latents: refused by the backend, which would otherwise not do what it was asked;
// a session takes the other cache and says so.
void check_grouped(Suite& suite, const std::string& path) {
  const auto weights = model::load_weights(open_model(path)).value();
  const auto threads = std::make_shared<engine::base::ThreadPool>(2);
  const auto backend = engine::backend::cuda::make_backend(weights, 64, threads, KvCache::fp8);
  suite.check(!backend.ok() && backend.message().find("has no latents") != std::string::npos,
              "fp8 is not refused, or not for that");
  const auto session = engine::session::Engine::load({.path = path,
                                                      .backend = engine::session::BackendKind::cuda,
                                                      .threads = 2,
                                                      .kv_tokens = 256,
                                                      .kv_cache = KvCache::fp8});
  const std::string says = session.ok() ? (*session)->description() : session.message();
  suite.check(says.find("KV cache f16 (fp8 is for latent attention)") != std::string::npos, says);
}

}  // namespace

void fp8_cases(Suite& suite) {
  // Widths that tensor cores take, and one that they do not, whose last group is short.
  const model::Mla shapes[] = {
      {.heads = 3, .kv_lora_rank = 512, .nope_dim = 32, .rope_dim = 64, .value_dim = 32},
      {.heads = 17, .kv_lora_rank = 256, .nope_dim = 32, .rope_dim = 8, .value_dim = 32},
      {.heads = 2, .kv_lora_rank = 128, .nope_dim = 32, .rope_dim = 16, .value_dim = 32},
      {.heads = 2, .kv_lora_rank = 300, .nope_dim = 20, .rope_dim = 6, .value_dim = 12}};
  const HopperMemory enough;
  for (const Kind& kind : kinds()) {
    if (!kind.is_fp8()) continue;
    for (const model::Mla& mla : shapes) {
      const std::string label = " of " + std::to_string(mla.kv_lora_rank) + " values, " + kind.name;
      suite.run("scales of latents" + label, [&](Suite& s) { check_scales(s, kind, mla); });
      suite.run("the cost of latents" + label, [&](Suite& s) { check_cost(s, kind, mla); });
    }
    suite.run("the range of latents, " + kind.name,
              [&](Suite& s) { check_range(s, kind, shapes[0]); });
    if (kind.of == Of::cuda_exact) continue;  // sessions are fast
    suite.run("grouped queries, " + kind.name,
              [](Suite& s) { check_grouped(s, "tests/golden/qwen2-f16.gguf"); });
  }
}

}  // namespace conformance
