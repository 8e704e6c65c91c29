// config.json's fields are those of transformers' configuration classes, in as many spellings as
// its versions have. A Translator reads each and writes the key that GGUF has for it, with the
// place it came from, so that whoever reads the keys names config.json where a value is out of
// range. Fields that ask for what lemma does not compute are refused by name.
#include "engine/huggingface/metadata.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/format.h"

namespace engine::huggingface {
namespace {

using base::concat;
using base::fail;
using base::in_quotes;
using base::Result;

constexpr int64_t most_layers = 1024;

// Reads the fields of one model and writes GGUF's keys. The reading remembers the first error.
class Translator {
 public:
  Translator(Fields& config, gguf::Assembly& model, std::string architecture)
      : config_(config), model_(model), prefix_(std::move(architecture) + ".") {}

  Fields& config() { return config_; }

  void integer(const char* key, const char* field) {
    add(key, static_cast<uint64_t>(config_.integer(field)), field);
  }
  void integer_if_there(const char* key, const char* field) {
    if (config_.has(field)) integer(key, field);
  }
  void number(const char* key, const char* field) { add(key, config_.number(field), field); }
  void number_if_there(const char* key, const char* field) {
    if (config_.has(field)) number(key, field);
  }
  // A value that the field decides, but does not spell.
  void add(const char* key, gguf::Value value, const char* field) {
    model_.add(prefix_ + key, std::move(value), config_.place_of(field));
  }

  // lemma computes only this; an absent field means it.
  void expect(const char* field, bool value) {
    if (config_.boolean_or(field, value) != value) {
      config_.refuse(field, "is ", value ? "false" : "true", ", which lemma does not compute");
    }
  }
  void expect_text(const char* field, std::string_view value) {
    const std::string_view held = config_.text_or(field, value);
    if (held != value) {
      config_.refuse(field, "is ", in_quotes(held), "; lemma computes ", in_quotes(value),
                     " alone");
    }
  }
  void expect_integer(const char* field, int64_t value) {
    const int64_t held = config_.integer_or(field, value);
    if (held != value) config_.refuse(field, "is ", held, "; lemma computes ", value, " alone");
  }

  void add_booleans(const char* key, const std::vector<bool>& values, const char* field) {
    std::string bytes;
    for (const bool value : values) bytes += value ? '\1' : '\0';
    add(key, gguf::Array{gguf::ValueType::boolean, values.size(), model_.own(bytes)}, field);
  }

  void add_tensor(std::string name, const std::vector<float>& values, const char* field) {
    const auto bytes = std::as_bytes(std::span(values));
    const auto data = model_.own({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    model_.add({.name = std::move(name),
                .type = gguf::WeightType::f32,
                .shape = {values.size(), 1, 1, 1},
                .rank = 1,
                .data = data,
                .header_offset = 0,
                .origin = config_.place_of(field)});
  }

 private:
  Fields& config_;
  gguf::Assembly& model_;
  std::string prefix_;
};

// Where transformers 5 writes rope_parameters, older versions write rope_scaling, with rope_theta
// beside it. Where layers differ, rope_parameters has an object for each kind of them.
struct RopeFields {
  explicit RopeFields(const Fields& config) : object("rope_scaling"), theta("rope_theta") {
    for (const char* held : {"rope_parameters", "rope_parameters.full_attention"}) {
      if (!config.has(held)) continue;
      object = held;
      if (config.has(name("rope_theta"))) theta = name("rope_theta");
    }
  }
  std::string name(const char* field) const { return concat(object, ".", field); }

  std::string object, theta;
};

// Llama 3.1's scaling as what each pair's frequency is divided by: nothing for those that turn
// often in the original context, `factor` for those that turn rarely, and a ramp between.
void add_llama3_factors(Translator& t, const RopeFields& rope, int64_t rope_dim) {
  Fields& config = t.config();
  const double base = config.number_or(rope.theta, 10000);
  const double factor = config.number(rope.name("factor"));
  const double low = config.number(rope.name("low_freq_factor"));
  const double high = config.number(rope.name("high_freq_factor"));
  const double original = config.number(rope.name("original_max_position_embeddings"));
  if (!config.ok()) return;
  if (!(factor > 0 && low > 0 && high > low && original > 0 && base > 0)) {
    return config.refuse(rope.object, "its factors must be positive, high_freq_factor the larger");
  }
  std::vector<float> factors;
  for (int64_t pair = 0; pair < rope_dim / 2; ++pair) {
    const double frequency = std::pow(base, -2.0 * static_cast<double>(pair) / rope_dim);
    const double turns = original * frequency / (2 * std::numbers::pi);
    const double unscaled = std::clamp((turns - low) / (high - low), 0.0, 1.0);
    factors.push_back(static_cast<float>(1 / ((1 - unscaled) / factor + unscaled)));
  }
  t.add_tensor("rope_freqs.weight", factors, rope.object.c_str());
}

void add_yarn(Translator& t, const RopeFields& rope, bool latent) {
  Fields& config = t.config();
  const std::string factor_field = rope.name("factor");
  const double factor = config.number(factor_field);
  const std::string fast = rope.name("beta_fast"), slow = rope.name("beta_slow");
  t.number_if_there("rope.scaling.yarn_beta_fast", fast.c_str());
  t.number_if_there("rope.scaling.yarn_beta_slow", slow.c_str());
  if (!config.boolean_or(rope.name("truncate"), true)) {
    config.refuse(rope.name("truncate"), "is false, which lemma does not compute");
  }
  const std::string scale = rope.name("mscale_all_dim"), other = rope.name("mscale");
  if (latent) {
    const double multiplier = config.number_or(scale, 0);
    if (config.number_or(other, 1) != multiplier) {
      config.refuse(other,
                    "differs from mscale_all_dim; lemma computes models where the two are "
                    "equal, as DeepSeek's are");
    }
    t.add("rope.scaling.yarn_log_multiplier", 0.1 * multiplier, scale.c_str());
    return;
  }
  for (const std::string& field : {scale, other}) {
    if (config.has(field))
      config.refuse(field, "is there, which lemma computes for latent attention alone");
  }
  const std::string attention = rope.name("attention_factor");
  if (!config.has(attention)) return;
  const double usual = 1 + 0.1 * std::log(std::max(factor, 1.0));
  t.add("rope.scaling.attn_factor", config.number(attention) / usual, attention.c_str());
}

void add_rope(Translator& t, int64_t rope_dim, bool latent) {
  Fields& config = t.config();
  const RopeFields rope(config);
  t.number_if_there("rope.freq_base", rope.theta.c_str());
  const std::string type_field =
      config.has(rope.name("rope_type")) ? rope.name("rope_type") : rope.name("type");
  const std::string type(config.text_or(type_field, "default"));
  if (type == "default") return;
  const std::string factor = rope.name("factor");
  if (type == "llama3") return add_llama3_factors(t, rope, rope_dim);
  if (type != "linear" && type != "yarn") {
    return config.refuse(type_field, "is ", in_quotes(type),
                         "; lemma computes default, linear, yarn and llama3");
  }
  t.add("rope.scaling.type", std::string_view(type), type_field.c_str());
  t.number("rope.scaling.factor", factor.c_str());
  const std::string original = rope.name("original_max_position_embeddings");
  t.integer_if_there("rope.scaling.original_context_length", original.c_str());
  if (type == "yarn") add_yarn(t, rope, latent);
}

// GGUF counts the layers that predict further tokens among the blocks.
void add_layers(Translator& t, const TensorChoice& choice) {
  const int further = choice.prediction_layers;
  t.add("block_count", static_cast<uint64_t>(choice.layers + further), "num_hidden_layers");
  if (further == 0) return;
  t.add("nextn_predict_layers", static_cast<uint64_t>(further), "num_nextn_predict_layers");
}

void add_common(Translator& t) {
  t.integer("embedding_length", "hidden_size");
  t.integer("context_length", "max_position_embeddings");
  t.integer("feed_forward_length", "intermediate_size");
  t.integer("vocab_size", "vocab_size");
  t.number("attention.layer_norm_rms_epsilon", "rms_norm_eps");
  t.integer("attention.head_count", "num_attention_heads");
  t.expect_text("hidden_act", "silu");
}

// Layers with a window, which turn keys without scaling.
void add_windows(Translator& t) {
  Fields& config = t.config();
  if (!config.has("sliding_window")) return;
  t.integer("attention.sliding_window", "sliding_window");
  std::vector<bool> windowed;
  const auto types = config.find("layer_types");
  if (types) {
    types->for_each([&](base::JsonValue type) {
      if (type.string() != "sliding_attention" && type.string() != "full_attention") {
        config.refuse("layer_types", "holds what is neither sliding_attention nor full_attention");
      }
      windowed.push_back(type.string() == "sliding_attention");
    });
  } else {
    config.refuse("layer_types", "is missing, but sliding_window is there");
  }
  t.add_booleans("attention.sliding_window_pattern", windowed, "layer_types");
  t.expect_text("rope_parameters.sliding_attention.rope_type", "default");
  t.number_if_there("rope.freq_base_swa", "rope_parameters.sliding_attention.rope_theta");
}

// deepseek, llama, qwen2, qwen3, qwen3_moe and mellum.
void add_grouped(Translator& t, std::string_view family) {
  Fields& config = t.config();
  t.integer_if_there("attention.head_count_kv", "num_key_value_heads");
  const int64_t heads = config.integer("num_attention_heads");
  const int64_t head_dim =
      config.integer_or("head_dim", config.integer("hidden_size") / std::max<int64_t>(heads, 1));
  const char* const origin = config.has("head_dim") ? "head_dim" : "hidden_size";
  for (const char* key :
       {"attention.key_length", "attention.value_length", "rope.dimension_count"}) {
    t.add(key, static_cast<uint64_t>(head_dim), origin);
  }
  // The rows of queries and keys are as trained; converters to GGUF permute those of these two.
  if (family == "llama" || family == "deepseek") {
    t.add("rope.pairs", std::string_view("halves"), "model_type");
  }
  if (family == "mellum") {
    add_windows(t);
  } else {
    t.expect("use_sliding_window", false);
  }
  add_rope(t, std::clamp<int64_t>(head_dim, 0, 1 << 20), false);
}

void add_experts(Translator& t, const char* count_field) {
  t.integer("expert_count", count_field);
  t.integer("expert_used_count", "num_experts_per_tok");
  t.integer("expert_feed_forward_length", "moe_intermediate_size");
}

// Of qwen3_moe and mellum.
void add_qwen3_experts(Translator& t) {
  add_experts(t, "num_experts");
  t.expect("norm_topk_prob", true);
  t.expect_integer("decoder_sparse_step", 1);
  const auto dense = t.config().find("mlp_only_layers");
  if (dense && dense->size() > 0) {
    t.config().refuse("mlp_only_layers", "is not empty, which lemma does not compute");
  }
  const auto types = t.config().find("mlp_layer_types");
  if (!types) return;
  types->for_each([&](base::JsonValue type) {
    if (type.string() == "sparse") return;
    t.config().refuse("mlp_layer_types", "holds another than sparse, which lemma does not compute");
  });
}

void add_shared_and_dense(Translator& t) {
  add_experts(t, "n_routed_experts");
  t.integer_if_there("expert_shared_count", "n_shared_experts");
  t.integer_if_there("leading_dense_block_count", "first_k_dense_replace");
  t.number_if_there("expert_weights_scale", "routed_scaling_factor");
  t.expect_integer("moe_layer_freq", 1);
}

void add_dense_alone(Translator& t) {
  t.add("leading_dense_block_count", static_cast<uint64_t>(t.config().integer("num_hidden_layers")),
        "num_hidden_layers");
}

// Those of DeepSeek-MoE, which knows "greedy" alone and has no field for it.
void add_first_deepseek_experts(Translator& t) {
  Fields& config = t.config();
  if (!config.has("n_routed_experts")) return add_dense_alone(t);
  add_shared_and_dense(t);
  t.add("expert_weights_norm", config.boolean_or("norm_topk_prob", false), "norm_topk_prob");
  t.expect_text("scoring_func", "softmax");
}

// How the families of DeepSeek choose experts: "greedy", "group_limited_greedy" (V2) and "noaux_tc"
// (V3), which goes with a sigmoid and has its groups scored by two experts.
void add_deepseek_experts(Translator& t, bool v3) {
  Fields& config = t.config();
  add_shared_and_dense(t);
  t.add("expert_weights_norm", config.boolean_or("norm_topk_prob", v3), "norm_topk_prob");
  const std::string_view method = config.text_or("topk_method", v3 ? "noaux_tc" : "greedy");
  const bool sigmoid = method == "noaux_tc";
  if (!sigmoid && method != "greedy" && method != "group_limited_greedy") {
    config.refuse("topk_method", "is ", in_quotes(method),
                  "; lemma computes greedy, group_limited_greedy and noaux_tc");
  }
  t.expect_text("scoring_func", sigmoid ? "sigmoid" : "softmax");
  t.add("expert_gating_func", uint64_t{sigmoid ? 2u : 1u}, "scoring_func");
  if (method == "greedy") return;
  t.integer_if_there("expert_group_count", "n_group");
  t.integer_if_there("expert_group_used_count", "topk_group");
}

void add_deepseek(Translator& t, bool v3) {
  Fields& config = t.config();
  t.integer_if_there("attention.q_lora_rank", "q_lora_rank");
  t.integer("attention.kv_lora_rank", "kv_lora_rank");
  const int64_t rope_dim = config.integer("qk_rope_head_dim");
  const auto key =
      static_cast<uint64_t>(config.integer("qk_nope_head_dim")) + static_cast<uint64_t>(rope_dim);
  t.add("attention.key_length", key, "qk_nope_head_dim");
  t.integer("attention.value_length", "v_head_dim");
  t.integer("rope.dimension_count", "qk_rope_head_dim");
  t.expect("rope_interleave", true);
  t.expect("attention_bias", false);
  add_rope(t, rope_dim, true);
  if (!config.has("n_routed_experts")) return add_dense_alone(t);
  add_deepseek_experts(t, v3);
}

struct Family {
  std::string_view model_type;    // of config.json
  std::string_view architecture;  // of GGUF
};
constexpr Family families[] = {
    {"deepseek", "deepseek"},  {"deepseek_v2", "deepseek2"}, {"deepseek_v3", "deepseek2"},
    {"llama", "llama"},        {"qwen2", "qwen2"},           {"qwen3", "qwen3"},
    {"qwen3_moe", "qwen3moe"}, {"mellum", "mellum"},
};

void refuse_quantization(Fields& config) {
  if (!config.has("quantization_config")) return;
  const std::string_view method = config.text_or("quantization_config.quant_method", "unknown");
  config.refuse("quantization_config", "the weights are quantized (",
                method == "fp8" ? "FP8" : in_quotes(method),
                "), and of a directory lemma reads BF16, F16 and F32; take the model's BF16 "
                "version, or a GGUF file such as Q8_0 or Q4_K_M");
}

TensorChoice choose_tensors(Fields& config) {
  TensorChoice choice;
  const int64_t layers = config.integer("num_hidden_layers");
  const int64_t further = config.integer_or("num_nextn_predict_layers", 0);
  if (layers > most_layers || further > most_layers) {
    config.refuse("num_hidden_layers", "is past the ", most_layers, " layers that lemma reads");
    return choice;
  }
  choice.layers = static_cast<int>(layers);
  choice.prediction_layers = static_cast<int>(further);
  if (config.has("tie_word_embeddings")) {
    choice.output =
        config.boolean_or("tie_word_embeddings", false) ? OutputTensor::tied : OutputTensor::own;
  }
  return choice;
}

}  // namespace

Result<TensorChoice> add_metadata(Fields& config, gguf::Assembly& model) {
  const std::string_view type = config.text_or("model_type", "");
  const auto* const family =
      std::find_if(std::begin(families), std::end(families),
                   [&](const Family& known) { return known.model_type == type; });
  if (family == std::end(families)) {
    std::string supported;
    for (const Family& known : families) {
      supported += concat(supported.empty() ? "" : ", ", known.model_type);
    }
    config.refuse("model_type", type.empty() ? "is missing" : concat("is ", in_quotes(type)),
                  "; lemma runs directories of ", supported);
    return config.error();
  }
  refuse_quantization(config);
  model.add("general.architecture", family->architecture, config.place_of("model_type"));
  Translator translator(config, model, std::string(family->architecture));
  const TensorChoice choice = choose_tensors(config);
  add_layers(translator, choice);
  add_common(translator);
  if (family->architecture == "deepseek2") {
    add_deepseek(translator, type == "deepseek_v3");
  } else {
    add_grouped(translator, type);
  }
  if (type == "deepseek") add_first_deepseek_experts(translator);
  if (type == "qwen3_moe" || type == "mellum") add_qwen3_experts(translator);
  if (!config.ok()) return config.error();
  return choice;
}

}  // namespace engine::huggingface
