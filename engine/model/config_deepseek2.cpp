#include <cmath>

#include "engine/model/families.h"

namespace engine::model {
namespace {

Mla read_mla(Keys& keys, const Rope& rope) {
  Mla mla;
  mla.heads = keys.integer("attention.head_count", 1, most_heads);
  // The legacy layout counts a key for each head, the split one a single latent.
  const int kv_heads = keys.integer_or("attention.head_count_kv", 1, 1, most_heads);
  if (kv_heads != 1 && kv_heads != mla.heads) {
    keys.refuse("attention.head_count_kv", " is ", kv_heads, "; with latent attention it is 1 or ",
                mla.heads, " (attention.head_count)");
  }
  mla.q_lora_rank = keys.integer_or("attention.q_lora_rank", 0, 0, most_width);
  mla.kv_lora_rank = keys.integer("attention.kv_lora_rank", 1, most_width);
  // Files of the split layout give the lengths after absorption, and these beside them.
  const bool split = keys.has("attention.key_length_mla");
  const char* key_length = split ? "attention.key_length_mla" : "attention.key_length";
  const char* value_length = split ? "attention.value_length_mla" : "attention.value_length";
  const int key = keys.integer(key_length, 3, most_width);
  mla.value_dim = keys.integer(value_length, 1, most_width);
  mla.rope_dim = keys.integer("rope.dimension_count", 2, most_width);
  if (mla.rope_dim % 2 != 0 || mla.rope_dim >= key) {
    keys.refuse("rope.dimension_count", " is ", mla.rope_dim, "; it must be even and less than ",
                key_length, " (", key, ")");
  }
  mla.nope_dim = key - mla.rope_dim;
  const double log_multiplier = keys.number_or("rope.scaling.yarn_log_multiplier", 0, 0, 100);
  const double magnitude = 1 + log_multiplier * std::log(rope.factor);
  mla.score_scale = magnitude * magnitude / std::sqrt(static_cast<double>(key));
  return mla;
}

void read_groups(Keys& keys, Experts& experts) {
  experts.groups = keys.integer_or("expert_group_count", 1, 0, most_experts);
  if (experts.groups <= 1) {  // converters write 0 or 1 for "no groups"
    experts.groups = experts.groups_used = 1;
    return;
  }
  if (experts.count % experts.groups != 0) {
    keys.refuse("expert_group_count", " is ", experts.groups, ", which does not divide the ",
                experts.count, " experts");
    return;
  }
  experts.groups_used = keys.integer("expert_group_used_count", 1, experts.groups);
  const int selectable = experts.groups_used * (experts.count / experts.groups);
  if (experts.used > selectable) {
    keys.refuse("expert_used_count", " is ", experts.used, ", but the groups in use hold ",
                selectable, " experts");
  }
}

// 0 is what converters write for models from before the key: softmax, but for GLM-4.7-Flash, whose
// first files lack the key and are told by their sizes (47 layers, in some
// files with one for prediction behind them).
Gate read_gate(Keys& keys, const Config& config) {
  const int gate = keys.integer_or("expert_gating_func", 0, 0, 2);
  const bool glm_flash =
      (config.layers == 47 || config.layers == 48) && config.vocab_size == 154880;
  return gate == 2 || (gate == 0 && glm_flash) ? Gate::sigmoid : Gate::softmax;
}

}  // namespace

void read_deepseek2(Keys& keys, Config& config) {
  config.dense_layers = keys.integer_or("leading_dense_block_count", 0, 0, config.layers);
  config.mla = read_mla(keys, config.rope);
  if (config.dense_layers == config.layers) return;
  config.experts = read_experts(keys);
  config.experts.gate = read_gate(keys, config);
  // The file does not say which; sigmoid came with V3's way of choosing groups.
  const bool sigmoid = config.experts.gate == Gate::sigmoid;
  config.experts.group_score = sigmoid ? GroupScore::two_best : GroupScore::best;
  read_groups(keys, config.experts);
}

}  // namespace engine::model
