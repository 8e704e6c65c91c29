#include "tests/engine/huggingface/export.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <iterator>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "engine/huggingface/names.h"
#include "engine/model/config.h"

namespace huggingface_export {
namespace {

namespace fs = std::filesystem;
namespace gguf = engine::gguf;
namespace model = engine::model;

using engine::base::concat;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

// The members of a JSON object.
class Members {
 public:
  template <typename T>
  Members& add(const char* name, const T& value) {
    text_ += concat(text_.empty() ? "" : ", ", quoted(name), ": ", std::boolalpha,
                    std::setprecision(17), value);
    return *this;
  }
  std::string str() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string model_type(const model::Config& config) {
  if (config.architecture == "qwen3moe") return "qwen3_moe";
  if (config.architecture != "deepseek2") return config.architecture;
  return config.experts.gate == model::Gate::sigmoid ? "deepseek_v3" : "deepseek_v2";
}

void add_rope(const gguf::File& file, const model::Config& config, Members& members) {
  const model::Rope& rope = config.rope;
  members.add("rope_theta", rope.base);
  if (rope.scaling == model::RopeScaling::none) return;
  const bool yarn = rope.scaling == model::RopeScaling::yarn;
  Members scaling;
  scaling.add("type", yarn ? "\"yarn\"" : "\"linear\"").add("factor", rope.factor);
  if (yarn) scaling.add("original_max_position_embeddings", rope.original_context);
  if (yarn && config.is_latent()) {
    const double multiplier = file.number("deepseek2.rope.scaling.yarn_log_multiplier").value();
    scaling.add("mscale", 10 * multiplier).add("mscale_all_dim", 10 * multiplier);
  }
  members.add("rope_scaling", scaling.str());
}

void add_experts(const model::Config& config, Members& members) {
  const model::Experts& experts = config.experts;
  members.add("num_experts_per_tok", experts.used)
      .add("moe_intermediate_size", experts.feed_forward)
      .add("norm_topk_prob", experts.normalise_weights);
  const bool deepseek = config.architecture == "deepseek";
  if (!config.is_latent() && !deepseek) {
    members.add("num_experts", experts.count);
    return;
  }
  const bool v3 = experts.gate == model::Gate::sigmoid;
  members.add("n_routed_experts", experts.count)
      .add("n_shared_experts", experts.shared)
      .add("first_k_dense_replace", config.dense_layers)
      .add("routed_scaling_factor", experts.weight_scale)
      .add("scoring_func", v3 ? "\"sigmoid\"" : "\"softmax\"");
  if (deepseek) return;
  members.add("topk_method", v3 ? "\"noaux_tc\"" : "\"group_limited_greedy\"")
      .add("n_group", experts.groups)
      .add("topk_group", experts.groups_used);
}

std::string config_json(const gguf::File& file, const model::Config& config) {
  Members members;
  members.add("model_type", quoted(model_type(config)))
      .add("num_hidden_layers", config.layers)
      .add("hidden_size", config.hidden)
      .add("intermediate_size", std::max(config.feed_forward, 1))
      .add("vocab_size", config.vocab_size)
      .add("max_position_embeddings", config.context_length)
      .add("rms_norm_eps", config.norm_epsilon)
      .add("hidden_act", "\"silu\"");
  if (config.is_latent()) {
    const model::Mla& mla = config.mla;
    members.add("num_attention_heads", mla.heads)
        .add("kv_lora_rank", mla.kv_lora_rank)
        .add("qk_nope_head_dim", mla.nope_dim)
        .add("qk_rope_head_dim", mla.rope_dim)
        .add("v_head_dim", mla.value_dim);
    if (mla.q_lora_rank > 0) members.add("q_lora_rank", mla.q_lora_rank);
  } else {
    members.add("num_attention_heads", config.gqa.heads)
        .add("num_key_value_heads", config.gqa.kv_heads)
        .add("head_dim", config.gqa.key_dim);
  }
  add_rope(file, config, members);
  if (config.dense_layers < config.layers) add_experts(config, members);
  return members.str();
}

std::string dtype_of(gguf::WeightType type) {
  if (type == gguf::WeightType::f32) return "F32";
  if (type == gguf::WeightType::f16) return "F16";
  INVARIANT(type == gguf::WeightType::bf16);
  return "BF16";
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// GGUF has the rows of a head of Llama's or deepseek's for consecutive pairs, (i, half); as trained
// they are (half, i).
std::string unpermuted(const std::string& bytes, size_t row_bytes, size_t head_dim) {
  std::string result = bytes;
  const size_t rows = bytes.size() / row_bytes;
  for (size_t row = 0; row < rows; ++row) {
    const size_t head = row / head_dim, i = row % head_dim / 2, half = row % 2;
    const size_t to = head * head_dim + half * head_dim / 2 + i;
    result.replace(to * row_bytes, row_bytes, bytes, row * row_bytes, row_bytes);
  }
  return result;
}

std::vector<Tensor> tensors_of(const gguf::File& file, const model::Config& config) {
  std::vector<Tensor> result;
  for (const gguf::TensorInfo& info : file.tensors()) {
    Tensor tensor{engine::huggingface::name_from_gguf(info.name),
                  dtype_of(info.type),
                  {},
                  text_of(info.data)};
    for (int axis = info.rank - 1; axis >= 0; --axis) tensor.shape.push_back(info.shape[axis]);
    const bool turns = info.name.find("attn_q.") != std::string::npos ||
                       info.name.find("attn_k.") != std::string::npos;
    if (model::is_permuted_in_gguf(config) && turns) {
      tensor.bytes = unpermuted(tensor.bytes, gguf::row_bytes(info.type, info.shape[0]),
                                static_cast<size_t>(config.gqa.key_dim));
    }
    const size_t star = tensor.name.find('*');
    if (star == std::string::npos) {
      result.push_back(std::move(tensor));
      continue;
    }
    const size_t count = info.shape[2], size = tensor.bytes.size() / count;
    for (size_t expert = 0; expert < count; ++expert) {
      std::string name = tensor.name;
      name.replace(star, 1, std::to_string(expert));
      result.push_back({name,
                        tensor.dtype,
                        {tensor.shape[1], tensor.shape[2]},
                        tensor.bytes.substr(expert * size, size)});
    }
  }
  return result;
}

}  // namespace

Folder::Folder() {
  static int count = 0;
  path_ = fs::temp_directory_path() / concat("lemma-huggingface-", getpid(), "-", count++);
  fs::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
}

std::string Folder::read(const std::string& name) const {
  std::ifstream input(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

void Folder::replace(const std::string& name, const std::string& from,
                     const std::string& to) const {
  std::string bytes = read(name);
  const size_t at = bytes.find(from);
  INVARIANT(at != std::string::npos && bytes.find(from, at + 1) == std::string::npos);
  write(name, bytes.replace(at, from.size(), to));
}

std::string safetensors(const std::vector<Tensor>& tensors) {
  std::string header = R"({"__metadata__": {"format": "pt"})";
  std::string data;
  for (const Tensor& tensor : tensors) {
    std::string shape;
    for (const uint64_t length : tensor.shape) {
      shape += (shape.empty() ? "" : ", ") + std::to_string(length);
    }
    header += concat(", ", quoted(tensor.name), ": {\"dtype\": ", quoted(tensor.dtype),
                     ", \"shape\": [", shape, "], \"data_offsets\": [", data.size(), ", ",
                     data.size() + tensor.bytes.size(), "]}");
    data += tensor.bytes;
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header + data;
}

std::string small_tokenizer() {
  std::string vocab;
  uint32_t next = 256;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", printable ? byte : next++);
    vocab += concat(vocab.empty() ? "" : ", ", "\"", escape, "\": ", byte);
  }
  return concat(
      R"({"normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [)",
      R"({"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|)",
      R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+)",
      R"(|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", )",
      R"("add_prefix_space": false, "trim_offsets": true, "use_regex": false}]}, )",
      R"("added_tokens": [{"id": 258, "content": "<|endoftext|>", "special": true}, )",
      R"({"id": 259, "content": "plain", "special": false}], )",
      R"("model": {"type": "BPE", "byte_fallback": false, "vocab": {)", vocab,
      R"(, "th": 256, "the": 257}, "merges": ["t h", ["th", "e"]]}})");
}

void write_directory(const gguf::File& file, const Folder& folder, size_t shards) {
  const model::Config config = model::read_config(file).value();
  folder.write("config.json", config_json(file, config));
  folder.write("tokenizer.json", small_tokenizer());
  const std::vector<Tensor> all = tensors_of(file, config);
  if (shards == 1) return folder.write("model.safetensors", safetensors(all));
  std::string map;
  for (size_t shard = 0; shard < shards; ++shard) {
    const std::string name = concat("model-", shard, ".safetensors");
    std::vector<Tensor> tensors;
    for (size_t i = shard; i < all.size(); i += shards) {
      tensors.push_back(all[i]);
      map += concat(map.empty() ? "" : ", ", quoted(all[i].name), ": ", quoted(name));
    }
    folder.write(name, safetensors(tensors));
  }
  folder.write("model.safetensors.index.json",
               "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + map + "}}");
}

engine::cli::RandomModel small_like(const std::string& name, gguf::WeightType type) {
  engine::cli::RandomModel model = engine::cli::model_like(name).value();
  model::Config& config = model.config;
  config.layers = 3;
  config.dense_layers = std::min(config.dense_layers, 3);
  config.hidden = 64;
  config.feed_forward = 96;
  config.vocab_size = 300;
  config.experts.count = std::min(config.experts.count, 16);
  config.experts.used = std::min(config.experts.used, 4);
  config.experts.feed_forward = std::min(config.experts.feed_forward, 32);
  model.layout = engine::cli::Layout::legacy;
  model.type = type;
  model.more_bits.reset();
  model.rope_factors = engine::cli::RopeFactors::absent;
  return model;
}

}  // namespace huggingface_export
