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

}  // namespace

void read_grouped(Keys& keys, Config& config) {
  const std::string& family = config.architecture;
  const bool llama = family == "llama";
  config.gqa = read_gqa(keys, config);
  config.rope.pairs = llama ? RopePairs::consecutive : RopePairs::halves;
  // Said by engine/huggingface alone, whose Llamas are not permuted for consecutive pairs.
  if (keys.has("rope.pairs")) config.rope.pairs = RopePairs::halves;
  config.gqa.has_biases = family == "qwen2";
  config.gqa.normalises_heads = family.starts_with("qwen3");
  if (family == "qwen3moe") {
    config.experts = read_experts(keys);
    config.experts.normalise_weights = true;  // the family always does; its files do not say so
    return;
  }
  config.dense_layers = config.layers;
  if (keys.integer_or("expert_count", 0, 0, most_experts) > 0) {
    keys.refuse("expert_count", " is not 0; ", family, " models with experts are not supported");
  }
}

}  // namespace engine::model
