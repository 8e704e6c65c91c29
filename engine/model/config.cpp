#include "engine/model/config.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "engine/base/format.h"
#include "engine/gguf/file.h"
#include "engine/model/families.h"

namespace engine::model {
namespace {

using base::fail;
using base::Result;

int read_vocab_size(Keys& keys) {
  const gguf::Value* tokens = keys.file().find("tokenizer.ggml.tokens");
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

// Layers for multi-token prediction come last and are counted among the blocks; files from before
// the key that says how many are told by their tensors.
int prediction_layers(Keys& keys, int blocks) {
  const int stated = keys.integer_or("nextn_predict_layers", 0, 0, blocks - 1);
  if (stated > 0) return stated;
  int found = 0;
  while (found < blocks - 1 && keys.file().find_tensor(base::concat("blk.", blocks - 1 - found,
                                                                    ".nextn.eh_proj.weight"))) {
    ++found;
  }
  return found;
}

// The number N of a tensor "blk.N.…"; -1: it belongs to no block.
int block_of(std::string_view tensor) {
  constexpr std::string_view start = "blk.";
  if (!tensor.starts_with(start)) return -1;
  int block = -1;
  const auto result =
      std::from_chars(tensor.data() + start.size(), tensor.data() + tensor.size(), block);
  return result.ec == std::errc() && *result.ptr == '.' ? block : -1;
}

// A model cut short by a wrong block_count would run and make nonsense. Blocks for prediction may
// stand behind those that are counted: so many.
int uncounted_blocks(Keys& keys, int blocks) {
  std::set<int> uncounted;
  for (const gguf::TensorInfo& tensor : keys.file().tensors()) {
    const int block = block_of(tensor.name);
    if (block < blocks) continue;
    if (!keys.file().find_tensor(base::concat("blk.", block, ".nextn.eh_proj.weight"))) {
      keys.refuse("block_count", " is ", blocks, ", but the file has ", tensor.name);
      break;
    }
    uncounted.insert(block);
  }
  return static_cast<int>(uncounted.size());
}

struct Family {
  const char* architecture;
  void (*read)(Keys&, Config&);
  const char* models = "";  // those that are not called like it
};
constexpr Family families[] = {
    {"deepseek", read_grouped, " (DeepSeek-MoE)"},
    {"deepseek2", read_deepseek2, " (DeepSeek V2, V3 and R1, GLM-4.7-Flash)"},
    {"llama", read_grouped},
    {"qwen2", read_grouped},
    {"qwen3", read_grouped},
    {"qwen3moe", read_grouped},
    {"mellum", read_grouped, " (Mellum 2)"},
    {"gpt-oss", read_grouped}};

Result<Config> read_family(const Family& family, const gguf::File& file, Config config) {
  Keys keys(file, config.architecture);
  const int blocks = keys.integer("block_count", 1, most_layers);
  const int counted = prediction_layers(keys, blocks);
  config.layers = blocks - counted;
  config.prediction_layers = counted + uncounted_blocks(keys, blocks);
  config.hidden = keys.integer("embedding_length", 1, most_width);
  config.context_length = keys.integer("context_length", 1, most_positions);
  config.norm_epsilon = static_cast<float>(keys.number("attention.layer_norm_rms_epsilon", 0, 1));
  config.vocab_size = read_vocab_size(keys);
  config.rope = read_rope(keys, config.context_length);
  family.read(keys, config);
  if (config.dense_layers > 0) {
    config.feed_forward = keys.integer("feed_forward_length", 1, most_width);
  }
  if (!keys.ok()) return keys.error();
  return config;
}

}  // namespace

Rope read_rope(Keys& keys, int context_length) {
  Rope rope;
  rope.base = keys.number_or("rope.freq_base", rope.base, 1, most_rope_base);
  // The older of the two names goes with linear scaling.
  const char* const factor = keys.has("rope.scale_linear") && !keys.has("rope.scaling.factor")
                                 ? "rope.scale_linear"
                                 : "rope.scaling.factor";
  rope.factor = keys.number_or(factor, 1, 1e-3, 1e6);
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

Experts read_experts(Keys& keys) {
  Experts experts;
  experts.count = keys.integer("expert_count", 1, most_experts);
  experts.used = keys.integer("expert_used_count", 1, experts.count);
  experts.shared = keys.integer_or("expert_shared_count", 0, 0, 64);
  experts.feed_forward = keys.integer("expert_feed_forward_length", 1, most_width);
  experts.normalise_weights = keys.boolean_or("expert_weights_norm", false);
  experts.weight_scale = static_cast<float>(keys.number_or("expert_weights_scale", 1, 1e-6, 1e6));
  return experts;
}

bool is_for_prediction(const Config& config, std::string_view tensor) {
  return block_of(tensor) >= config.layers;
}

bool is_left_out(const Config& config, std::string_view tensor) {
  return block_of(tensor) > config.layers;
}

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
    if (config.architecture == family.architecture) {
      return read_family(family, file, std::move(config));
    }
    supported += base::concat(supported.empty() ? "" : ", ", family.architecture, family.models);
  }
  return fail(file.path(), ": general.architecture is '", config.architecture,
              "', which is not supported; supported: ", supported);
}

}  // namespace engine::model
