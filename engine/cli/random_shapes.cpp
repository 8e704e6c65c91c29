// The shapes `random --like` knows.
#include "engine/base/format.h"
#include "engine/cli/random_model.h"

namespace engine::cli {
namespace {

model::Rope yarn(int original_context) {
  model::Rope rope;
  rope.scaling = model::RopeScaling::yarn;
  rope.factor = 40;
  rope.original_context = original_context;
  return rope;
}

RandomModel deepseek_coder_v2_lite() {
  RandomModel model;
  model.yarn_log_multiplier = 0.0707;
  model::Config& config = model.config;
  config.layers = 27;
  config.dense_layers = 1;
  config.hidden = 2048;
  config.feed_forward = 10944;
  config.vocab_size = 102400;
  config.context_length = 163840;
  config.norm_epsilon = 1e-6f;
  config.rope = yarn(4096);
  config.mla = {
      .heads = 16, .kv_lora_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128};
  config.experts = {.count = 64, .used = 6, .shared = 2, .feed_forward = 1408};
  return model;
}

RandomModel deepseek_v3_small() {
  RandomModel model;
  model.yarn_log_multiplier = 0.1;
  model::Config& config = model.config;
  config.layers = 4;
  config.dense_layers = 1;
  config.hidden = 256;
  config.feed_forward = 512;
  config.vocab_size = 1024;
  config.context_length = 163840;
  config.norm_epsilon = 1e-6f;
  config.rope = yarn(4096);
  config.mla = {.heads = 8,
                .q_lora_rank = 96,
                .kv_lora_rank = 128,
                .nope_dim = 32,
                .rope_dim = 16,
                .value_dim = 32};
  config.experts = {.count = 32,
                    .used = 4,
                    .shared = 1,
                    .feed_forward = 128,
                    .groups = 8,
                    .groups_used = 4,
                    .gate = model::Gate::sigmoid,
                    .group_score = model::GroupScore::two_best,
                    .normalise_weights = true,
                    .weight_scale = 2.5f};
  return model;
}

RandomModel default_model() {
  RandomModel model;
  model.output = OutputTensor::tied;
  model::Config& config = model.config;
  config.layers = 8;
  config.dense_layers = 1;
  config.hidden = 384;
  config.feed_forward = 1024;
  config.vocab_size = 16384;
  config.context_length = 2048;
  config.norm_epsilon = 1e-6f;
  config.mla = {.heads = 6, .kv_lora_rank = 256, .nope_dim = 64, .rope_dim = 32, .value_dim = 64};
  config.experts = {.count = 16,
                    .used = 2,
                    .shared = 1,
                    .feed_forward = 256,
                    .gate = model::Gate::sigmoid,
                    .group_score = model::GroupScore::two_best,
                    .normalise_weights = true};
  return model;
}

}  // namespace

base::Result<RandomModel> model_like(std::string_view name) {
  RandomModel model;
  if (name == "deepseek-coder-v2-lite") {
    model = deepseek_coder_v2_lite();
  } else if (name == "deepseek-v3-small") {
    model = deepseek_v3_small();
  } else if (name == "default") {
    model = default_model();
  } else {
    return base::fail("there is no shape '", name,
                      "'; known are deepseek-coder-v2-lite, deepseek-v3-small and default");
  }
  model.config.architecture = "deepseek2";
  model.config.name = base::concat("random, like ", name);
  return model;
}

}  // namespace engine::cli
