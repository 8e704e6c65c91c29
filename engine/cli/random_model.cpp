#include "engine/cli/random_model.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/format.h"
#include "engine/base/thread_pool.h"
#include "engine/cli/random_blocks.h"
#include "engine/cli/random_metadata.h"
#include "engine/cli/random_vocabulary.h"
#include "engine/gguf/quantize.h"
#include "engine/gguf/writer.h"

namespace engine::cli {
namespace {

using base::Result;
using base::Status;
using gguf::WeightType;

// Numbers of mean 0 and variance 1, the same for the same seed and tensor on every machine.
class Normal {
 public:
  Normal(uint64_t seed, std::string_view tensor) : state_(seed * 0x9e3779b97f4a7c15u) {
    for (const char c : tensor) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  // The sum of four uniform numbers: near enough to normal, and quick for billions of weights.
  float next() {
    const uint64_t bits = next_bits();
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += static_cast<int>(bits >> 16 * i & 0xffff);
    constexpr float deviation = 37837.2f;  // of the sum: 65536 · sqrt(4 / 12)
    return (static_cast<float>(sum) - 2 * 65535.0f) / deviation;
  }
  void skip(uint64_t count) { state_ += count * step; }
  uint64_t next_bits() {  // splitmix64
    uint64_t z = state_ += step;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }

 private:
  static constexpr uint64_t step = 0x9e3779b97f4a7c15u;
  uint64_t state_;
};

struct Tensor {
  std::string name;
  std::vector<uint64_t> shape;  // ggml order
  WeightType type;
  float mean, deviation;
  // Of the latent projections: the tensor is cut out of a random attn_kv_b.
  enum class Part { whole, keys, values } part = Part::whole;

  uint64_t rows() const {
    uint64_t rows = 1;
    for (size_t i = 1; i < shape.size(); ++i) rows *= shape[i];
    return rows;
  }
};

class Model {
 public:
  explicit Model(const RandomModel& model) : model_(model), config_(model.config) { declare(); }
  Status write(const std::string& path) const;

 private:
  void declare();
  void declare_layer(int layer);
  void declare_prediction_layer(int layer);
  void declare_latent_attention(const std::string& block);
  void declare_grouped_attention(const std::string& block);
  void declare_experts(const std::string& block);
  void declare_feed_forward(const std::string& block, const std::string& suffix, uint64_t width);
  bool takes_more_bits(const std::string& name) const;
  void matrix(const std::string& name, std::vector<uint64_t> shape,
              Tensor::Part part = Tensor::Part::whole);
  void vector(const std::string& name, uint64_t size, float mean, float deviation);
  void biases(const std::string& name, uint64_t size, uint64_t count);
  std::vector<float> latent_part(const Tensor& tensor) const;
  void fill_rows(const Tensor& tensor, uint64_t first, std::span<const float> part,
                 std::span<std::byte> bytes) const;
  Status write_tensor(gguf::Writer& writer, const Tensor& tensor, base::ThreadPool& threads) const;

  const RandomModel& model_;
  const model::Config& config_;
  std::vector<Tensor> tensors_;
};

// A row that is no multiple of 256 falls back to a type with blocks of 32, any other to f16.
WeightType fitting(WeightType type, uint64_t columns) {
  const auto fits = [&](WeightType candidate) {
    return columns % gguf::geometry(candidate).values == 0;
  };
  if (fits(type)) return type;
  WeightType fallback = WeightType::iq4_nl;
  if (type == WeightType::q4_k) fallback = WeightType::q5_0;
  if (type == WeightType::q5_k) fallback = WeightType::q5_1;
  if (type == WeightType::q6_k) fallback = WeightType::q8_0;
  return gguf::geometry(type).values == 256 && fits(fallback) ? fallback : WeightType::f16;
}

bool Model::takes_more_bits(const std::string& name) const {
  if (!model_.more_bits) return false;
  if (name == "output.weight") return true;
  if (name == "token_embd.weight") return model_.output == OutputTensor::tied;
  int layer = 0;
  if (std::sscanf(name.c_str(), "blk.%d.", &layer) != 1) return false;
  if (name.find(".ffn_down") == std::string::npos && !name.ends_with(".attn_v.weight")) {
    return false;
  }
  const int eighth = config_.layers / 8;
  return layer < eighth || layer >= 7 * config_.layers / 8 || (layer - eighth) % 3 == 2;
}

void Model::matrix(const std::string& name, std::vector<uint64_t> shape, Tensor::Part part) {
  WeightType type = fitting(takes_more_bits(name) ? *model_.more_bits : model_.type, shape[0]);
  if (gguf::is_of_grid(type) && part != Tensor::Part::whole) type = WeightType::q8_0;
  // A product with a row of unit variance has unit variance.
  const float deviation = 1 / std::sqrt(static_cast<float>(shape[0]));
  tensors_.push_back({name, std::move(shape), type, 0, deviation, part});
}

void Model::vector(const std::string& name, uint64_t size, float mean, float deviation) {
  tensors_.push_back({name, {size}, WeightType::f32, mean, deviation});
}

void Model::biases(const std::string& name, uint64_t size, uint64_t count) {
  tensors_.push_back({name, {size, count}, WeightType::f32, 0, 0.1f});
}

void Model::declare() {
  const auto hidden = static_cast<uint64_t>(config_.hidden);
  const auto vocabulary = static_cast<uint64_t>(config_.vocab_size);
  matrix("token_embd.weight", {hidden, vocabulary});
  tensors_.back().deviation = 1;
  vector("output_norm.weight", hidden, 1, 0.1f);
  if (model_.rope_factors == RopeFactors::present) {
    vector("rope_freqs.weight", config_.rope_dim() / 2, 4, 0.5f);
  }
  if (model_.output == OutputTensor::own) matrix("output.weight", {hidden, vocabulary});
  for (int layer = 0; layer < config_.layers; ++layer) declare_layer(layer);
  for (int i = 0; i < config_.prediction_layers; ++i) declare_prediction_layer(config_.layers + i);
}

// As DeepSeek-V3's files have them: the embedding and the output are the model's own.
void Model::declare_prediction_layer(int layer) {
  declare_layer(layer);
  const std::string part = "blk." + std::to_string(layer) + ".nextn.";
  const uint64_t hidden = config_.hidden;
  matrix(part + "eh_proj.weight", {2 * hidden, hidden});
  vector(part + "enorm.weight", hidden, 1, 0.1f);
  vector(part + "hnorm.weight", hidden, 1, 0.1f);
  vector(part + "shared_head_norm.weight", hidden, 1, 0.1f);
}

void Model::declare_layer(int layer) {
  const std::string block = "blk." + std::to_string(layer) + ".";
  vector(block + "attn_norm.weight", config_.hidden, 1, 0.1f);
  const bool is_gpt_oss = config_.architecture == "gpt-oss";
  vector(block + (is_gpt_oss ? "post_attention_norm.weight" : "ffn_norm.weight"), config_.hidden, 1,
         0.1f);
  if (config_.is_latent()) {
    declare_latent_attention(block);
  } else {
    declare_grouped_attention(block);
  }
  if (config_.is_dense(layer)) {
    declare_feed_forward(block, "", config_.feed_forward);
  } else {
    declare_experts(block);
  }
}

void Model::declare_latent_attention(const std::string& block) {
  const model::Mla& mla = config_.mla;
  const uint64_t hidden = config_.hidden, heads = mla.heads, lora = mla.kv_lora_rank;
  const uint64_t q_lora = mla.q_lora_rank, query = heads * mla.query_dim();
  const uint64_t nope = mla.nope_dim, value = mla.value_dim;
  if (q_lora > 0) {
    matrix(block + "attn_q_a.weight", {hidden, q_lora});
    vector(block + "attn_q_a_norm.weight", q_lora, 1, 0.1f);
    matrix(block + "attn_q_b.weight", {q_lora, query});
  } else {
    matrix(block + "attn_q.weight", {hidden, query});
  }
  matrix(block + "attn_kv_a_mqa.weight", {hidden, lora + mla.rope_dim});
  vector(block + "attn_kv_a_norm.weight", lora, 1, 0.1f);
  if (model_.layout != Layout::split) {
    matrix(block + "attn_kv_b.weight", {lora, heads * (nope + value)});
  }
  if (model_.layout == Layout::split) {
    matrix(block + "attn_k_b.weight", {nope, lora, heads}, Tensor::Part::keys);
    matrix(block + "attn_v_b.weight", {lora, value, heads}, Tensor::Part::values);
  } else if (model_.layout == Layout::all_three) {
    matrix(block + "attn_k_b.weight", {nope, lora * heads}, Tensor::Part::keys);
    matrix(block + "attn_v_b.weight", {lora, value * heads}, Tensor::Part::values);
  }
  matrix(block + "attn_output.weight", {heads * value, hidden});
}

void Model::declare_grouped_attention(const std::string& block) {
  const model::Gqa& gqa = config_.gqa;
  const uint64_t hidden = config_.hidden, query = uint64_t(gqa.heads) * gqa.key_dim;
  const uint64_t key = gqa.key_width(), value = gqa.value_width();
  matrix(block + "attn_q.weight", {hidden, query});
  matrix(block + "attn_k.weight", {hidden, key});
  matrix(block + "attn_v.weight", {hidden, value});
  matrix(block + "attn_output.weight", {uint64_t(gqa.heads) * gqa.value_dim, hidden});
  if (gqa.has_biases) {
    vector(block + "attn_q.bias", query, 0, 0.1f);
    vector(block + "attn_k.bias", key, 0, 0.1f);
    vector(block + "attn_v.bias", value, 0, 0.1f);
  }
  if (gqa.has_sinks) {
    vector(block + "attn_output.bias", hidden, 0, 0.1f);
    vector(block + "attn_sinks.weight", gqa.heads, 1, 1);
  }
  if (gqa.normalises_heads) {
    vector(block + "attn_q_norm.weight", gqa.key_dim, 1, 0.1f);
    vector(block + "attn_k_norm.weight", gqa.key_dim, 1, 0.1f);
  }
}

void Model::declare_feed_forward(const std::string& block, const std::string& suffix,
                                 uint64_t width) {
  const uint64_t hidden = config_.hidden;
  matrix(block + "ffn_gate" + suffix + ".weight", {hidden, width});
  matrix(block + "ffn_up" + suffix + ".weight", {hidden, width});
  matrix(block + "ffn_down" + suffix + ".weight", {width, hidden});
}

void Model::declare_experts(const std::string& block) {
  const model::Experts& experts = config_.experts;
  const uint64_t hidden = config_.hidden, count = experts.count, width = experts.feed_forward;
  matrix(block + "ffn_gate_inp.weight", {hidden, count});
  tensors_.back().type = WeightType::f32;
  if (experts.gate == model::Gate::sigmoid) vector(block + "exp_probs_b.bias", count, 0, 0.1f);
  if (model_.expert_tensors == ExpertTensors::fused_gate_up) {
    matrix(block + "ffn_gate_up_exps.weight", {hidden, 2 * width, count});
  } else {
    matrix(block + "ffn_gate_exps.weight", {hidden, width, count});
    matrix(block + "ffn_up_exps.weight", {hidden, width, count});
  }
  matrix(block + "ffn_down_exps.weight", {width, hidden, count});
  if (experts.has_biases) {
    vector(block + "ffn_gate_inp.bias", count, 0, 0.1f);
    biases(block + "ffn_gate_exps.bias", width, count);
    biases(block + "ffn_up_exps.bias", width, count);
    biases(block + "ffn_down_exps.bias", hidden, count);
  }
  if (experts.shared > 0) declare_feed_forward(block, "_shexp", width * experts.shared);
}

// attn_k_b or attn_v_b, from the numbers that attn_kv_b has in the legacy layout.
std::vector<float> Model::latent_part(const Tensor& tensor) const {
  const model::Mla& mla = config_.mla;
  const bool keys = tensor.part == Tensor::Part::keys;
  const size_t lora = mla.kv_lora_rank, nope = mla.nope_dim, value = mla.value_dim;
  const std::string block = tensor.name.substr(0, tensor.name.rfind("attn_"));
  Normal normal(model_.seed, block + "attn_kv_b.weight");
  const float deviation = 1 / std::sqrt(static_cast<float>(lora));
  std::vector<float> part(size_t(mla.heads) * lora * (keys ? nope : value));
  for (size_t head = 0; head < size_t(mla.heads); ++head) {
    for (size_t row = 0; row < nope + value; ++row) {
      for (size_t l = 0; l < lora; ++l) {
        const float weight = normal.next() * deviation;
        if (keys && row < nope) part[(head * lora + l) * nope + row] = weight;
        if (!keys && row >= nope) part[(head * value + row - nope) * lora + l] = weight;
      }
    }
  }
  return part;
}

// As many rows from `first` on as `bytes` holds.
void Model::fill_rows(const Tensor& tensor, uint64_t first, std::span<const float> part,
                      std::span<std::byte> bytes) const {
  const size_t columns = tensor.shape[0], row_bytes = gguf::row_bytes(tensor.type, columns);
  std::vector<float> row(columns);
  Normal normal(model_.seed, tensor.name);
  normal.skip(first * columns);
  for (size_t r = 0; r < bytes.size() / row_bytes; ++r) {
    const auto to = bytes.subspan(r * row_bytes, row_bytes);
    if (gguf::is_of_grid(tensor.type)) {
      random_blocks(tensor.type, tensor.deviation, normal.next_bits(), to);
      normal.skip(columns - 1);
      continue;
    }
    for (float& weight : row) weight = tensor.mean + tensor.deviation * normal.next();
    if (!part.empty()) std::copy_n(part.begin() + (first + r) * columns, columns, row.begin());
    gguf::quantize_row(tensor.type, row, to);
  }
}

Status Model::write_tensor(gguf::Writer& writer, const Tensor& tensor,
                           base::ThreadPool& threads) const {
  constexpr size_t piece_bytes = size_t{1} << 20;
  std::vector<float> part;
  if (tensor.part != Tensor::Part::whole) part = latent_part(tensor);
  const size_t row_bytes = gguf::row_bytes(tensor.type, tensor.shape[0]);
  const size_t piece_rows = std::max<size_t>(1, piece_bytes / row_bytes);
  const size_t pieces = 4 * static_cast<size_t>(threads.threads());
  std::vector<std::byte> bytes(std::min(tensor.rows(), pieces * piece_rows) * row_bytes);
  for (uint64_t first = 0; first < tensor.rows(); first += pieces * piece_rows) {
    const size_t rows = std::min<uint64_t>(pieces * piece_rows, tensor.rows() - first);
    const size_t count = (rows + piece_rows - 1) / piece_rows;
    threads.parallel_for(static_cast<int>(count), [&](int piece, int) {
      const size_t from = static_cast<size_t>(piece) * piece_rows;
      const size_t own = std::min(piece_rows, rows - from);
      fill_rows(tensor, first + from, part,
                std::span(bytes).subspan(from * row_bytes, own * row_bytes));
    });
    if (auto status = writer.write(std::span(bytes).first(rows * row_bytes)); !status.ok()) {
      return status;
    }
  }
  return base::Done{};
}

Status Model::write(const std::string& path) const {
  gguf::Writer writer;
  add_random_metadata(writer, model_);
  add_random_vocabulary(writer, config_.vocab_size);
  for (const Tensor& tensor : tensors_) writer.add_tensor(tensor.name, tensor.type, tensor.shape);
  if (auto status = writer.begin(path); !status.ok()) return status;
  constexpr uint64_t small_file = 16 << 20;  // not worth the start of threads
  base::ThreadPool threads(writer.file_bytes() < small_file ? 1 : 0);
  for (const Tensor& tensor : tensors_) {
    if (auto status = write_tensor(writer, tensor, threads); !status.ok()) return status;
  }
  return writer.finish();
}

}  // namespace

Status write_random_model(const RandomModel& model, const std::string& path) {
  return Model(model).write(path);
}

}  // namespace engine::cli
