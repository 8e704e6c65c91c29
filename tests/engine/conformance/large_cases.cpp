// Batches of more than 16 tokens in shapes that tensor cores take (large_layer.h of the CUDA
// backend), against the naive evaluation: prompts long enough for their positions to be split,
// experts with a few tokens and with many, each kind of weights.
#include <algorithm>

#include "engine/backend/cuda/cuda.h"
#include "engine/base/format.h"
#include "engine/gguf/file.h"
#include "tests/engine/conformance/naive.h"
#include "tests/engine/conformance/suite.h"
#include "tests/engine/conformance/variable.h"

namespace conformance {
namespace {

using engine::cli::RandomModel;
using engine::gguf::WeightType;
namespace base = engine::base;
namespace model = engine::model;

constexpr int large_count = 150;

}  // namespace

RandomModel as_gpt_oss(RandomModel random, int window, int dim) {
  model::Config& config = random.config;
  config.architecture = "gpt-oss";
  config.layers = 3;
  config.dense_layers = 0;
  config.mla = {};
  config.gqa = {.heads = 6, .kv_heads = 2, .key_dim = dim, .value_dim = dim, .rope_dim = dim};
  config.gqa.has_biases = config.gqa.has_sinks = true;
  config.windowed = {true, false, true};
  config.windowed_gqa.window = window;
  config.experts.shared = 0;
  config.experts.normalise_weights = config.experts.has_biases = true;
  config.experts.activation = model::Activation::clamped_swiglu;
  return random;
}

RandomModel large_shape(WeightType type, int experts, int used, int feed_forward) {
  RandomModel random;
  random.type = type;
  model::Config& config = random.config;
  config.architecture = "deepseek2";
  config.name = "large";
  config.context_length = 4096;
  config.norm_epsilon = 1e-6f;
  config.layers = 2;
  config.dense_layers = 1;
  config.hidden = 256;
  config.feed_forward = 288;
  config.vocab_size = 90;
  config.mla = {.heads = 3, .kv_lora_rank = 128, .nope_dim = 32, .rope_dim = 8, .value_dim = 32};
  config.experts = {.count = experts, .used = used, .shared = 1, .feed_forward = feed_forward};
  return random;
}

namespace {

// With grouped queries in place of latents, as DeepSeek's first mixtures have them.
RandomModel grouped(RandomModel random, int dim) {
  model::Config& config = random.config;
  config.architecture = "deepseek";
  config.mla = {};
  config.gqa = {.heads = 6, .kv_heads = 2, .key_dim = dim, .value_dim = dim, .rope_dim = dim};
  config.experts.shared = 2;
  return random;
}

// `small`: in small batches, too.
void check_large(Suite& suite, const Kind& kind, const RandomModel& random, bool small = false) {
  const std::string path = random_file(random);
  const auto file = open_model(path);
  const Ids ids = random_ids(large_count, random.config.vocab_size, 3);
  const auto expected =
      naive_logits(*file, model::read_config(*file).value(), ids, 0, kind.kv_cache);
  const auto backend = make(kind, path, 192);
  for (const int chunk : {large_count, 37, 9}) {
    if (chunk == 9 && !small) continue;
    const Rows rows = run_in_chunks(*backend, ids, chunk, blocks(0, 6));
    const double error = row_error(rows, expected, large_count, 0.9);
    suite.check(error <= kind.bound(0), "in batches of " + std::to_string(chunk) +
                                            ": a tenth of the rows is off by " +
                                            std::to_string(error));
  }
}

// Products go by warps or by warp groups as measured, or as asked for; a device or a build without
// the latter says so when it is asked for them.
void check_choice(Suite& suite) {
  namespace cuda = engine::backend::cuda;
  const std::string path = random_file(large_shape(WeightType::q8_0, 9, 3, 160));
  const auto weights = model::load_weights(open_model(path)).value();
  const auto threads = std::make_shared<engine::base::ThreadPool>(1);
  // What the backend says of itself, or why there is none.
  const auto name_with = [&](const char* products) -> std::string {
    const Variable asked("LEMMA_CUDA_PRODUCTS", products);
    const auto backend = cuda::make_backend(weights, 192, threads);
    return backend.ok() ? (*backend)->name() : backend.message();
  };
  const auto says = [&](const std::string& name, const std::string& text) {
    suite.check(name.find(text) != std::string::npos, "'" + text + "' is not in: " + name);
  };
  says(name_with("tensor"), "LEMMA_CUDA_PRODUCTS=tensor: it must be mma or wgmma");
  const std::string asked = name_with("wgmma"), measured = name_with(nullptr);
  if (asked.find("sm_90a") != std::string::npos) {
    says(asked, "has no such instructions");
    suite.check(measured.find("products") == std::string::npos, measured);
    return;
  }
  says(asked, "large products by wgmma");
  says(name_with("mma"), "large products by mma");
  says(measured, "large products by ");
  suite.check(measured.find("differs") == std::string::npos, measured);
  suite.check(measured.find("fails") == std::string::npos, measured);
}

}  // namespace

void large_cases(Suite& suite) {
  RandomModel k = large_shape(WeightType::q4_k, 12, 2, 256);
  k.more_bits = WeightType::q6_k;
  RandomModel crowded = large_shape(WeightType::q4_k, 3, 2, 256);
  crowded.more_bits = WeightType::q6_k;
  RandomModel legacy = large_shape(WeightType::q5_k, 5, 2, 96);
  legacy.layout = engine::cli::Layout::legacy;
  for (const Kind& kind : kinds()) {
    if (kind.of != Of::cuda_fast) continue;
    const auto run = [&](const std::string& name, const RandomModel& random) {
      if (!kind.takes(random.config)) return;
      suite.run("large batches, " + name + ", " + kind.name,
                [&](Suite& s) { check_large(s, kind, random); });
    };
    suite.run("large batches, the choice of products, " + kind.name, check_choice);
    run("q4_k and q6_k, few tokens an expert", k);
    run("q4_k and q6_k, many tokens an expert", crowded);
    run("q5_k and q5_1, legacy", legacy);
    run("q8_0", large_shape(WeightType::q8_0, 9, 3, 160));
    run("q4_0, many experts", large_shape(WeightType::q4_0, 40, 1, 32));
    run("iq4_nl", large_shape(WeightType::iq4_nl, 4, 2, 64));
    // Of other sizes than these heads do not go by tiles.
    for (const int dim : {128, 64, 32}) {
      run("grouped queries of " + std::to_string(dim) + ", q4_k and q6_k", grouped(k, dim));
    }
    run("grouped queries, f16", grouped(large_shape(WeightType::f16, 6, 3, 96), 64));
    run("f16", large_shape(WeightType::f16, 4, 2, 72));
    // A window of more positions than a split takes.
    for (const WeightType type : {WeightType::mxfp4, WeightType::q8_0}) {
      const int dim = type == WeightType::mxfp4 ? 64 : 32;
      const RandomModel random = as_gpt_oss(large_shape(type, 9, 3, 160), 80, dim);
      if (!kind.takes(random.config)) continue;
      suite.run(base::concat("large batches, windows, sinks and biases, ",
                             engine::gguf::geometry(type).name, ", ", kind.name),
                [&](Suite& s) { check_large(s, kind, random, true); });
    }
  }
}

}  // namespace conformance
