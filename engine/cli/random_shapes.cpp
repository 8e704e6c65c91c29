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
  config.architecture = "deepseek2";
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

RandomModel deepseek_v3() {
  RandomModel model;
  model.yarn_log_multiplier = 0.1;
  model::Config& config = model.config;
  config.architecture = "deepseek2";
  config.layers = 61;
  config.dense_layers = 3;
  config.hidden = 7168;
  config.feed_forward = 18432;
  config.vocab_size = 129280;
  config.context_length = 163840;
  config.norm_epsilon = 1e-6f;
  config.rope = yarn(4096);
  config.mla = {.heads = 128,
                .q_lora_rank = 1536,
                .kv_lora_rank = 512,
                .nope_dim = 128,
                .rope_dim = 64,
                .value_dim = 128};
  config.experts = {.count = 256,
                    .used = 8,
                    .shared = 1,
                    .feed_forward = 2048,
                    .groups = 8,
                    .groups_used = 4,
                    .gate = model::Gate::sigmoid,
                    .group_score = model::GroupScore::two_best,
                    .normalise_weights = true,
                    .weight_scale = 2.5f};
  return model;
}

RandomModel deepseek_v3_small() {
  RandomModel model = deepseek_v3();
  model::Config& config = model.config;
  config.layers = 4;
  config.dense_layers = 1;
  config.hidden = 256;
  config.feed_forward = 512;
  config.vocab_size = 1024;
  config.mla = {.heads = 8,
                .q_lora_rank = 96,
                .kv_lora_rank = 128,
                .nope_dim = 32,
                .rope_dim = 16,
                .value_dim = 32};
  config.experts.count = 32;
  config.experts.used = 4;
  config.experts.feed_forward = 128;
  return model;
}

RandomModel default_model() {
  RandomModel model;
  model.output = OutputTensor::tied;
  model::Config& config = model.config;
  config.architecture = "deepseek2";
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

model::Config dense(const char* architecture, int layers, int hidden, int feed_forward,
                    const model::Gqa& gqa) {
  model::Config config;
  config.architecture = architecture;
  config.layers = config.dense_layers = layers;
  config.hidden = hidden;
  config.feed_forward = feed_forward;
  config.vocab_size = 151936;
  config.context_length = 32768;
  config.norm_epsilon = 1e-6f;
  config.gqa = gqa;
  config.rope.base = 1e6;
  return config;
}

// Grouped-query attention over whole heads of one size.
model::Gqa grouped(int heads, int kv_heads, int head_dim) {
  return {.heads = heads,
          .kv_heads = kv_heads,
          .key_dim = head_dim,
          .value_dim = head_dim,
          .rope_dim = head_dim};
}

RandomModel qwen2_5_coder_1_5b() {
  RandomModel model;
  model.output = OutputTensor::tied;
  model.config = dense("qwen2", 28, 1536, 8960, grouped(12, 2, 128));
  model.config.gqa.has_biases = true;
  return model;
}

RandomModel r1_distill_qwen_7b() {
  RandomModel model;
  model.config = dense("qwen2", 28, 3584, 18944, grouped(28, 4, 128));
  model.config.vocab_size = 152064;
  model.config.gqa.has_biases = true;
  return model;
}

RandomModel llama_3_2_1b() {
  RandomModel model;
  model.output = OutputTensor::tied;
  model.rope_factors = RopeFactors::present;
  model.config = dense("llama", 16, 2048, 8192, grouped(32, 8, 64));
  model.config.vocab_size = 128256;
  model.config.rope.base = 5e5;
  return model;
}

RandomModel qwen3_0_6b() {
  RandomModel model;
  model.output = OutputTensor::tied;
  model.config = dense("qwen3", 28, 1024, 3072, grouped(16, 8, 128));
  model.config.gqa.normalises_heads = true;
  return model;
}

RandomModel qwen3_30b_a3b() {
  RandomModel model;
  model.config = dense("qwen3moe", 48, 2048, 6144, grouped(32, 4, 128));
  model.config.dense_layers = 0;
  model.config.gqa.normalises_heads = true;
  model.config.experts = {.count = 128, .used = 8, .feed_forward = 768, .normalise_weights = true};
  return model;
}

// DeepSeek-MoE's, whose file leaves it to the family that shares are not normalised.
RandomModel deepseek_moe_16b() {
  RandomModel model;
  model.config = dense("deepseek", 28, 2048, 10944, grouped(16, 16, 128));
  model.config.dense_layers = 1;
  model.config.vocab_size = 102400;
  model.config.context_length = 4096;
  model.config.rope.base = 1e4;
  model.config.experts = {.count = 64, .used = 6, .shared = 2, .feed_forward = 1408};
  return model;
}

// Of the size of a golden model, with fewer heads of keys than of queries.
RandomModel deepseek_moe_small() {
  RandomModel model = deepseek_moe_16b();
  model.output = OutputTensor::tied;
  model::Config& config = model.config;
  config.layers = 2;
  config.hidden = 32;
  config.feed_forward = 64;
  config.vocab_size = 512;
  config.gqa = grouped(4, 2, 8);
  config.experts = {.count = 8, .used = 3, .shared = 2, .feed_forward = 16};
  return model;
}

RandomModel mixtral_8x7b() {
  RandomModel model;
  model.config = dense("llama", 32, 4096, 14336, grouped(32, 8, 128));
  model.config.dense_layers = 0;
  model.config.vocab_size = 32000;
  model.config.norm_epsilon = 1e-5f;
  model.config.experts = {.count = 8, .used = 2, .feed_forward = 14336, .normalise_weights = true};
  return model;
}

// Layers with a window of so many positions: all of every `period` but the last.
void add_windows(model::Config& config, int positions, int period) {
  config.windowed.resize(config.layers);
  for (int i = 0; i < config.layers; ++i) config.windowed[i] = i % period < period - 1;
  config.windowed_gqa = config.gqa;
  config.windowed_gqa.window = positions;
  config.windowed_rope = config.rope;
}

RandomModel mellum2_12b_a2_5b() {
  RandomModel model;
  model::Config& config = model.config;
  config = dense("mellum", 28, 2304, 7168, grouped(32, 4, 128));
  config.dense_layers = 0;
  config.vocab_size = 98304;
  config.context_length = 131072;
  config.gqa.normalises_heads = true;
  config.rope.base = 5e5;
  add_windows(config, 1024, 4);
  config.rope.scaling = model::RopeScaling::yarn;
  config.rope.factor = 16;
  config.rope.original_context = 8192;
  config.experts = {.count = 64, .used = 8, .feed_forward = 896, .normalise_weights = true};
  return model;
}

RandomModel gpt_oss_20b() {
  RandomModel model;
  model::Config& config = model.config;
  config = dense("gpt-oss", 24, 2880, 2880, grouped(64, 8, 64));
  config.dense_layers = 0;
  config.vocab_size = 201088;
  config.context_length = 131072;
  config.norm_epsilon = 1e-5f;
  config.gqa.has_biases = config.gqa.has_sinks = true;
  config.rope = yarn(4096);
  config.rope.base = 1.5e5;
  config.rope.factor = 32;
  add_windows(config, 128, 2);
  config.experts = {.count = 32,
                    .used = 4,
                    .feed_forward = 2880,
                    .normalise_weights = true,
                    .has_biases = true,
                    .activation = model::Activation::clamped_swiglu};
  return model;
}

// Of the size of golden models, with windows that a short text fills.
RandomModel small(RandomModel model, int window) {
  model::Config& config = model.config;
  config.layers = 4;
  config.hidden = 32;
  config.vocab_size = 512;
  config.gqa.heads = 4;
  config.gqa.kv_heads = 2;
  config.gqa.key_dim = config.gqa.value_dim = config.gqa.rope_dim = 32;
  config.windowed.resize(config.layers);
  config.windowed_gqa = config.gqa;
  config.windowed_gqa.window = window;
  config.experts.count = 8;
  config.experts.used = 3;
  config.experts.feed_forward = 32;
  return model;
}

struct Shape {
  std::string_view name;
  RandomModel (*model)();
};
constexpr Shape shapes[] = {{"deepseek-coder-v2-lite", deepseek_coder_v2_lite},
                            {"deepseek-v3", deepseek_v3},
                            {"deepseek-v3-small", deepseek_v3_small},
                            {"default", default_model},
                            {"qwen2.5-coder-1.5b", qwen2_5_coder_1_5b},
                            {"r1-distill-qwen-7b", r1_distill_qwen_7b},
                            {"llama-3.2-1b", llama_3_2_1b},
                            {"qwen3-0.6b", qwen3_0_6b},
                            {"qwen3-30b-a3b", qwen3_30b_a3b},
                            {"deepseek-moe-16b", deepseek_moe_16b},
                            {"deepseek-moe-small", deepseek_moe_small},
                            {"mixtral-8x7b", mixtral_8x7b},
                            {"mellum2-12b-a2.5b", mellum2_12b_a2_5b},
                            {"mellum2-small", [] { return small(mellum2_12b_a2_5b(), 6); }},
                            {"gpt-oss-20b", gpt_oss_20b},
                            {"gpt-oss-small", [] { return small(gpt_oss_20b(), 8); }}};

}  // namespace

base::Result<RandomModel> model_like(std::string_view name) {
  std::string known;
  for (const Shape& shape : shapes) {
    if (shape.name == name) {
      RandomModel model = shape.model();
      model.config.name = base::concat("random, like ", name);
      return model;
    }
    known += base::concat(known.empty() ? "" : ", ", shape.name);
  }
  return base::fail("there is no shape '", name, "'; known are ", known);
}

}  // namespace engine::cli
