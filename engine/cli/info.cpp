#include <algorithm>
#include <map>
#include <memory>

#include "engine/base/json_object.h"
#include "engine/cli/commands.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"
#include "engine/model/weights.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::cli {
namespace {

struct Totals {
  int64_t parameters = 0;
  int64_t bytes = 0;
  int64_t routed = 0;                // of the others, in routed experts
  int64_t predicting = 0;            // parameters of layers for multi-token prediction
  std::map<std::string, int> types;  // tensors of each weight type
};

Totals count(const gguf::File& file, const model::Config* config) {
  Totals totals;
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    const auto values = static_cast<int64_t>(tensor.shape[0] * tensor.rows());
    totals.parameters += values;
    totals.bytes += static_cast<int64_t>(tensor.bytes());
    if (config != nullptr && model::is_for_prediction(*config, tensor.name)) {
      totals.predicting += values;
    } else if (tensor.name.find("_exps.") != std::string::npos) {
      totals.routed += values;
    }
    ++totals.types[std::string(gguf::geometry(tensor.type).name)];
  }
  return totals;
}

std::string types_json(const Totals& totals) {
  base::JsonObject object;
  for (const auto& [name, tensors] : totals.types) object.integer(name, tensors);
  return object.str();
}

void add_config(const model::Config& config, const Totals& totals, base::JsonObject& json) {
  const model::Experts& experts = config.experts;
  const int64_t idle =
      experts.count > 0 ? totals.routed / experts.count * (experts.count - experts.used) : 0;
  json.integer("active_parameters", totals.parameters - totals.predicting - idle)
      .integer("layers", config.layers)
      .integer("dense_layers", config.dense_layers)
      .integer("prediction_layers", config.prediction_layers)
      .integer("hidden", config.hidden)
      .integer("heads", config.is_latent() ? config.mla.heads : config.gqa.heads);
  if (config.is_latent()) {
    json.integer("q_lora_rank", config.mla.q_lora_rank)
        .integer("kv_lora_rank", config.mla.kv_lora_rank);
  } else {
    json.integer("kv_heads", config.gqa.kv_heads);
  }
  if (!config.windowed.empty()) {
    json.integer("window", config.windowed_gqa.window)
        .integer("windowed_layers",
                 std::count(config.windowed.begin(), config.windowed.end(), true));
  }
  json.integer("kv_values", int64_t{config.layers} * config.cache_dim())  // a token
      .integer("experts", experts.count)
      .integer("experts_used", experts.used)
      .integer("experts_shared", experts.shared)
      .integer("vocab_size", config.vocab_size)
      .integer("context_length", config.context_length);
}

// `"key": value, …` as lines of text.
std::string as_text(const std::string& json) {
  std::string text;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) {
      quoted = !quoted;
    } else if (quoted) {
      text += c;
    } else if (c == '{' || c == '}') {
      depth += c == '{' ? 1 : -1;
    } else if (c == ',' && depth == 1) {
      text += '\n';
      if (i + 1 < json.size() && json[i + 1] == ' ') ++i;
    } else {
      text += c;
    }
  }
  return text + "\n";
}

}  // namespace

base::Status info(const std::string& path, Output output, std::ostream& out) {
  auto opened = model::open(path);
  if (!opened.ok()) return opened.error();
  const auto file = std::make_shared<const gguf::File>(std::move(*opened));
  const auto config = model::read_config(*file);
  const Totals totals = count(*file, config.ok() ? &*config : nullptr);
  base::JsonObject json;
  const bool is_gguf = file->version() > 0;
  json.text("path", path).text("format", is_gguf ? "gguf" : "safetensors");
  if (is_gguf) json.integer("gguf_version", file->version());
  for (const char* key : {"general.architecture", "general.name"}) {
    if (file->find(key) == nullptr) continue;
    const auto value = file->string(key);
    if (!value.ok()) return value.error();
    json.text(std::string_view(key).substr(8), *value);
  }
  json.integer("tensors", static_cast<int64_t>(file->tensors().size()))
      .integer("tensor_bytes", totals.bytes)
      .raw("tensor_types", types_json(totals))
      .integer("parameters", totals.parameters);
  if (config.ok()) add_config(*config, totals, json);
  const auto weights = model::load_weights(file);
  const auto tokenizer = tokenizer::Tokenizer::load(*file);
  json.boolean("runs", weights.ok() && tokenizer.ok());
  if (!weights.ok()) {
    json.text("problem", weights.message());
  } else if (!tokenizer.ok()) {
    json.text("problem", tokenizer.message());
  }
  out << (output == Output::json ? json.str() + "\n" : as_text(json.str()));
  return base::Done{};
}

}  // namespace engine::cli
