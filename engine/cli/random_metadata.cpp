#include "engine/cli/random_metadata.h"

#include "engine/base/format.h"

namespace engine::cli {
namespace {

class Metadata {
 public:
  Metadata(gguf::Writer& writer, const RandomModel& model)
      : writer_(writer), model_(model), config_(model.config) {}

  void add() {
    writer_.add("general.architecture", std::string_view(config_.architecture));
    writer_.add("general.name", std::string_view(config_.name));
    integer("block_count", config_.layers + config_.prediction_layers);
    if (config_.prediction_layers > 0) integer("nextn_predict_layers", config_.prediction_layers);
    integer("context_length", config_.context_length);
    integer("embedding_length", config_.hidden);
    integer("feed_forward_length", config_.feed_forward);
    integer("vocab_size", config_.vocab_size);
    number("attention.layer_norm_rms_epsilon", config_.norm_epsilon);
    if (config_.is_latent()) {
      add_latent();
    } else {
      add_grouped();
    }
    add_rope();
    if (config_.dense_layers < config_.layers) add_experts();
  }

 private:
  std::string name(const char* key) const { return base::concat(config_.architecture, ".", key); }
  void integer(const char* key, int value) { writer_.add(name(key), uint32_t(value)); }
  void number(const char* key, double value) { writer_.add(name(key), float(value)); }

  void add_latent() {
    const model::Mla& mla = config_.mla;
    const bool split = model_.layout == Layout::split;
    integer("leading_dense_block_count", config_.dense_layers);
    integer("attention.head_count", mla.heads);
    integer("attention.head_count_kv", split ? 1 : mla.heads);
    integer("attention.q_lora_rank", mla.q_lora_rank);
    integer("attention.kv_lora_rank", mla.kv_lora_rank);
    integer("attention.key_length", split ? mla.cache_dim() : mla.query_dim());
    integer("attention.value_length", split ? mla.kv_lora_rank : mla.value_dim);
    if (split) integer("attention.key_length_mla", mla.query_dim());
    if (split) integer("attention.value_length_mla", mla.value_dim);
  }

  void add_grouped() {
    const model::Gqa& gqa = config_.gqa;
    if (config_.architecture == "deepseek") {
      integer("leading_dense_block_count", config_.dense_layers);
    }
    integer("attention.head_count", gqa.heads);
    integer("attention.head_count_kv", gqa.kv_heads);
    integer("attention.key_length", gqa.key_dim);
    integer("attention.value_length", gqa.value_dim);
    if (config_.windowed.empty()) return;
    integer("attention.sliding_window", config_.windowed_gqa.window);
    // gpt-oss's files leave which layers have it to the family.
    if (config_.architecture != "gpt-oss") {
      std::vector<bool> windowed = config_.windowed;
      windowed.resize(config_.layers);
      writer_.add_booleans(name("attention.sliding_window_pattern"), windowed);
    }
  }

  void add_rope() {
    const model::Rope& rope = config_.rope;
    integer("rope.dimension_count", config_.rope_dim());
    number("rope.freq_base", rope.base);
    if (rope.scaling == model::RopeScaling::none) return;
    const bool yarn = rope.scaling == model::RopeScaling::yarn;
    writer_.add(name("rope.scaling.type"), yarn ? "yarn" : "linear");
    number("rope.scaling.factor", rope.factor);
    if (rope.original_context > 0) {
      integer("rope.scaling.original_context_length", rope.original_context);
    }
    if (config_.is_latent()) {
      number("rope.scaling.yarn_log_multiplier", model_.yarn_log_multiplier);
    }
  }

  void add_experts() {
    const model::Experts& experts = config_.experts;
    integer("expert_count", experts.count);
    integer("expert_used_count", experts.used);
    if (config_.architecture == "llama") return;  // its experts are as wide as dense layers
    integer("expert_feed_forward_length", experts.feed_forward);
    // The others' files leave the rest to their family.
    if (!config_.is_latent() && config_.architecture != "deepseek") return;
    integer("expert_shared_count", experts.shared);
    number("expert_weights_scale", experts.weight_scale);
    if (!config_.is_latent()) return;  // deepseek's say no more
    writer_.add(name("expert_weights_norm"), experts.normalise_weights);
    integer("expert_gating_func", experts.gate == model::Gate::sigmoid ? 2 : 1);
    if (experts.groups <= 1) return;
    integer("expert_group_count", experts.groups);
    integer("expert_group_used_count", experts.groups_used);
  }

  gguf::Writer& writer_;
  const RandomModel& model_;
  const model::Config& config_;
};

}  // namespace

void add_random_metadata(gguf::Writer& writer, const RandomModel& model) {
  Metadata(writer, model).add();
}

}  // namespace engine::cli
