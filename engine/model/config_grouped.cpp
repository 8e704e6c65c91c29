#include <algorithm>
#include <cmath>

#include "engine/model/families.h"

namespace engine::model {
namespace {

constexpr int most_head_dim = 1 << 14;

// YaRN multiplies cosines and sines, and thereby every score by its square; that is one number as
// long as whole heads turn.
double yarn_score_factor(Keys& keys, const Rope& rope, const Gqa& gqa) {
  if (rope.scaling != RopeScaling::yarn) return 1;
  if (gqa.rope_dim != gqa.key_dim) {
    keys.refuse("rope.dimension_count", " is ", gqa.rope_dim, ", but keys have ", gqa.key_dim,
                " values; with YaRN lemma needs them equal");
  }
  const double magnitude =
      keys.number_or("rope.scaling.attn_factor", 1, 1e-3, 1e3) * (1 + 0.1 * std::log(rope.factor));
  return magnitude * magnitude;
}

Gqa read_gqa(Keys& keys, const Config& config) {
  Gqa gqa;
  gqa.heads = keys.integer("attention.head_count", 1, most_heads);
  gqa.kv_heads = keys.integer_or("attention.head_count_kv", gqa.heads, 1, gqa.heads);
  if (gqa.heads % gqa.kv_heads != 0) {
    keys.refuse("attention.head_count_kv", " is ", gqa.kv_heads, ", which does not divide the ",
                gqa.heads, " heads");
  }
  const int usual_dim = std::clamp(config.hidden / gqa.heads, 1, most_head_dim);
  gqa.key_dim = keys.integer_or("attention.key_length", usual_dim, 1, most_head_dim);
  gqa.value_dim = keys.integer_or("attention.value_length", usual_dim, 1, most_head_dim);
  gqa.rope_dim = keys.integer_or("rope.dimension_count", gqa.key_dim, 2, most_width);
  if (gqa.rope_dim % 2 != 0 || gqa.rope_dim > gqa.key_dim) {
    keys.refuse("rope.dimension_count", " is ", gqa.rope_dim,
                "; it must be even and at most the length of a key (", gqa.key_dim, ")");
  }
  gqa.score_scale = yarn_score_factor(keys, config.rope, gqa) / std::sqrt(gqa.key_dim);
  return gqa;
}

// In which layers queries see a window: by the file's list, or all of every `period` but the last.
std::vector<bool> read_windowed(Keys& keys, int layers, int period) {
  constexpr const char* key = "attention.sliding_window_pattern";
  if (keys.is_list(key)) {
    std::vector<bool> listed = keys.booleans(key);
    if (listed.size() != size_t(layers)) {
      keys.refuse(key, " has ", listed.size(), " entries for ", layers, " layers");
    }
    return listed;
  }
  period = keys.integer_or(key, period, 1, most_layers);
  std::vector<bool> windowed(layers);
  for (int layer = 0; layer < layers; ++layer) windowed[layer] = layer % period < period - 1;
  return windowed;
}

// Mellum's windowed layers turn keys without YaRN, which the others have; gpt-oss's have it too.
void read_window(Keys& keys, Config& config) {
  const bool is_mellum = config.architecture == "mellum";
  const int window = keys.integer_or("attention.sliding_window", 0, 0, most_positions);
  if (window == 0) return;
  config.windowed = read_windowed(keys, config.layers, is_mellum ? 4 : 2);
  config.windowed_rope = config.rope;
  config.windowed_rope.base =
      keys.number_or("rope.freq_base_swa", config.rope.base, 1, most_rope_base);
  config.windowed_gqa = config.gqa;
  config.windowed_gqa.window = window;
  if (!is_mellum) return;
  config.windowed_rope.scaling = RopeScaling::none;
  config.windowed_rope.factor = 1;
  config.windowed_gqa.score_scale = 1 / std::sqrt(config.gqa.key_dim);
}

// Softmax over the chosen alone, as Mixtral's. Every product has a bias.
void read_gpt_oss_experts(Keys& keys, Config& config) {
  config.experts = read_experts(keys);
  config.experts.normalise_weights = true;
  config.experts.has_biases = true;
  config.experts.activation = Activation::clamped_swiglu;
}

// DeepSeek's first mixtures, arXiv:2401.06066. Their files say neither gate nor norm: a softmax
// over all experts, of which the chosen keep their shares.
void read_deepseek_experts(Keys& keys, Config& config) {
  config.dense_layers = keys.integer_or("leading_dense_block_count", 0, 0, config.layers);
  if (config.dense_layers == config.layers) return;
  config.experts = read_experts(keys);
  if (keys.integer_or("expert_gating_func", 0, 0, 2) == 2) {
    keys.refuse("expert_gating_func", " is 2 (sigmoid), which lemma computes for deepseek2 alone");
  }
  const int groups = keys.integer_or("expert_group_count", 0, 0, most_experts);
  if (groups > 1) {
    keys.refuse("expert_group_count", " is ", groups,
                "; lemma computes no groups but for deepseek2");
  }
}

// Mixtral's: softmax over the chosen alone, which is what normalising their shares comes to. All
// layers have experts, of the width that dense layers would have.
void read_llama_experts(Keys& keys, Config& config) {
  config.experts.count = keys.integer("expert_count", 1, most_experts);
  config.experts.used = keys.integer("expert_used_count", 1, config.experts.count);
  config.experts.feed_forward = keys.integer("feed_forward_length", 1, most_width);
  config.experts.normalise_weights = true;
}

}  // namespace

bool is_permuted_in_gguf(const Config& config) {
  return config.architecture == "llama" || config.architecture == "deepseek";
}

void read_grouped(Keys& keys, Config& config) {
  const std::string& family = config.architecture;
  config.gqa = read_gqa(keys, config);
  config.rope.pairs = is_permuted_in_gguf(config) ? RopePairs::consecutive : RopePairs::halves;
  // Said by engine/huggingface alone, whose models are not permuted.
  if (keys.has("rope.pairs")) config.rope.pairs = RopePairs::halves;
  const bool is_gpt_oss = family == "gpt-oss", is_mellum = family == "mellum";
  config.gqa.has_biases = family == "qwen2" || is_gpt_oss;
  config.gqa.has_sinks = is_gpt_oss;
  config.gqa.normalises_heads = family.starts_with("qwen3") || is_mellum;
  if (is_gpt_oss || is_mellum) read_window(keys, config);
  if (family == "deepseek") return read_deepseek_experts(keys, config);
  if (is_gpt_oss) return read_gpt_oss_experts(keys, config);
  if (family == "qwen3moe" || is_mellum) {
    config.experts = read_experts(keys);
    config.experts.normalise_weights = true;  // both always do; their files do not say so
    return;
  }
  const bool has_experts = keys.integer_or("expert_count", 0, 0, most_experts) > 0;
  if (has_experts && family == "llama") return read_llama_experts(keys, config);
  config.dense_layers = config.layers;
  if (has_experts) {
    keys.refuse("expert_count", " is not 0; ", family, " models with experts are not supported");
  }
}

}  // namespace engine::model
