#include "engine/model/config.h"

#include <cmath>
#include <utility>

#include "engine/base/format.h"
#include "engine/gguf/file.h"

namespace engine::model {
namespace {

using base::fail;
using base::Result;
using base::Status;

// Reads keys below "ARCHITECTURE." and remembers the first error, so that a family reads as a list
// of its keys. After an error every value is the lower end of its range.
class Keys {
 public:
  Keys(const gguf::File& file, std::string architecture)
      : file_(file), prefix_(std::move(architecture) + ".") {}

  bool has(const char* key) const { return file_.find(prefix_ + key) != nullptr; }

  int integer(const char* key, int least, int most) {
    return in_range(key, file_.integer(prefix_ + key), least, most);
  }
  int integer_or(const char* key, int fallback, int least, int most) {
    return has(key) ? integer(key, least, most) : fallback;
  }
  double number(const char* key, double least, double most) {
    return in_range(key, file_.number(prefix_ + key), least, most);
  }
  double number_or(const char* key, double fallback, double least, double most) {
    return has(key) ? number(key, least, most) : fallback;
  }
  bool boolean_or(const char* key, bool fallback) {
    return take(file_.boolean_or(prefix_ + key, fallback), fallback);
  }
  std::string text(const char* key) {
    return std::string(take(file_.string(prefix_ + key), std::string_view{}));
  }

  template <typename... Parts>
  void refuse(const char* key, const Parts&... parts) {
    if (ok()) error_ = base::concat(file_.path(), ": ", prefix_, key, parts...);
  }
  bool ok() const { return error_.empty(); }
  base::Error error() const { return {error_}; }

 private:
  template <typename T>
  T take(Result<T> read, T fallback) {
    if (read.ok()) return *read;
    if (ok()) error_ = read.message();
    return fallback;
  }
  template <typename T, typename Bound>
  Bound in_range(const char* key, Result<T> read, Bound least, Bound most) {
    if (!read.ok()) return take(std::move(read), T{}), least;
    // Written so that NaN is out of range.
    const bool inside = *read >= static_cast<T>(least) && *read <= static_cast<T>(most);
    if (inside) return static_cast<Bound>(*read);
    refuse(key, " is ", *read, "; it must be between ", least, " and ", most);
    return least;
  }

  const gguf::File& file_;
  std::string prefix_;
  std::string error_;
};

// Far above any published model; low enough that a product of two fits in 63 bits, and so does the
// size of every buffer that is computed from them.
constexpr int most_layers = 1024;
constexpr int most_width = 1 << 20;
constexpr int most_heads = 4096;
constexpr int most_experts = 8192;
constexpr int most_vocabulary = 1 << 24;
constexpr int most_positions = 1 << 30;

int read_vocab_size(const gguf::File& file, Keys& keys) {
  const gguf::Value* tokens = file.find("tokenizer.ggml.tokens");
  const gguf::Array* list = tokens != nullptr ? std::get_if<gguf::Array>(tokens) : nullptr;
  if (list == nullptr) return keys.integer("vocab_size", 1, most_vocabulary);
  const int listed = static_cast<int>(std::min<size_t>(list->size, most_vocabulary));
  const int stated = keys.integer_or("vocab_size", listed, 1, most_vocabulary);
  if (stated != listed) {
    keys.refuse("vocab_size", " is ", stated, ", but tokenizer.ggml.tokens has ", list->size,
                " tokens");
  }
  return listed;
}

Rope read_rope(Keys& keys, int context_length) {
  Rope rope;
  rope.base = keys.number_or("rope.freq_base", rope.base, 1, 1e12);
  rope.factor = keys.number_or("rope.scaling.factor", 1, 1e-3, 1e6);
  // Files from before the key existed scale linearly.
  const std::string scaling =
      keys.has("rope.scaling.type") ? keys.text("rope.scaling.type") : "linear";
  if (scaling == "yarn") {
    rope.scaling = RopeScaling::yarn;
  } else if (scaling == "linear") {
    rope.scaling = rope.factor == 1 ? RopeScaling::none : RopeScaling::linear;
  } else if (scaling != "none") {
    keys.refuse("rope.scaling.type", " is '", scaling, "'; supported: none, linear, yarn");
  }
  if (rope.scaling == RopeScaling::none) rope.factor = 1;
  rope.original_context =
      keys.integer_or("rope.scaling.original_context_length", context_length, 1, most_positions);
  rope.beta_fast = keys.number_or("rope.scaling.yarn_beta_fast", rope.beta_fast, 1e-3, 1e6);
  rope.beta_slow = keys.number_or("rope.scaling.yarn_beta_slow", rope.beta_slow, 1e-3, 1e6);
  return rope;
}

Mla read_mla(Keys& keys, const Rope& rope) {
  Mla mla;
  mla.heads = keys.integer("attention.head_count", 1, most_heads);
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

Experts read_experts(Keys& keys) {
  Experts experts;
  experts.count = keys.integer("expert_count", 1, most_experts);
  experts.used = keys.integer("expert_used_count", 1, experts.count);
  experts.shared = keys.integer_or("expert_shared_count", 0, 0, 64);
  experts.feed_forward = keys.integer("expert_feed_forward_length", 1, most_width);
  experts.normalise_weights = keys.boolean_or("expert_weights_norm", false);
  experts.weight_scale = static_cast<float>(keys.number_or("expert_weights_scale", 1, 1e-6, 1e6));
  // 0 is what converters write for models from before the key: softmax.
  const int gate = keys.integer_or("expert_gating_func", 0, 0, 2);
  experts.gate = gate == 2 ? Gate::sigmoid : Gate::softmax;
  // The file does not say which; sigmoid came with V3's way of choosing groups.
  experts.group_score = gate == 2 ? GroupScore::two_best : GroupScore::best;
  read_groups(keys, experts);
  return experts;
}

Result<Config> read_deepseek2(const gguf::File& file, Config config) {
  Keys keys(file, config.architecture);
  config.layers = keys.integer("block_count", 1, most_layers);
  config.dense_layers = keys.integer_or("leading_dense_block_count", 0, 0, config.layers);
  config.hidden = keys.integer("embedding_length", 1, most_width);
  if (config.dense_layers > 0) {
    config.feed_forward = keys.integer("feed_forward_length", 1, most_width);
  }
  config.context_length = keys.integer("context_length", 1, most_positions);
  config.norm_epsilon = static_cast<float>(keys.number("attention.layer_norm_rms_epsilon", 0, 1));
  config.vocab_size = read_vocab_size(file, keys);
  config.rope = read_rope(keys, config.context_length);
  config.mla = read_mla(keys, config.rope);
  if (config.dense_layers < config.layers) config.experts = read_experts(keys);
  if (!keys.ok()) return keys.error();
  return config;
}

struct Family {
  const char* architecture;
  Result<Config> (*read)(const gguf::File&, Config);
};
constexpr Family families[] = {{"deepseek2", read_deepseek2}};

}  // namespace

Result<Config> read_config(const gguf::File& file) {
  const auto architecture = file.string("general.architecture");
  if (!architecture.ok()) return architecture.error();
  Config config;
  config.architecture = std::string(*architecture);
  if (file.find("general.name") != nullptr) {
    const auto name = file.string("general.name");
    if (!name.ok()) return name.error();
    config.name = std::string(*name);
  }
  std::string supported;
  for (const Family& family : families) {
    if (config.architecture == family.architecture) return family.read(file, std::move(config));
    supported += std::string(supported.empty() ? "" : ", ") + family.architecture;
  }
  return fail(file.path(), ": general.architecture is '", config.architecture,
              "', which is not supported; supported: ", supported);
}

}  // namespace engine::model
