#include "engine/model/weights.h"

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "engine/gguf/dequantize.h"

namespace engine::model {
namespace {

using base::Error;
using base::Result;

using Shape = std::initializer_list<int64_t>;  // ggml order: the row length first

std::string shape_text(const uint64_t* extents, int rank) {
  std::string text = "[";
  for (int i = 0; i < rank; ++i) text += (i == 0 ? "" : ", ") + std::to_string(extents[i]);
  return text + "]";
}

bool has_shape(const gguf::TensorInfo& tensor, Shape shape) {
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    const int64_t expected = i < shape.size() ? shape.begin()[i] : 1;
    if (tensor.shape[i] != static_cast<uint64_t>(expected)) return false;
  }
  return true;
}

// What logits do not depend on: layers for prediction, the frequencies of the rotation (they follow
// from the configuration), and kv_b beside the k_b and v_b that it was split into.
bool adds_nothing(const Config& config, std::string_view tensor) {
  return is_for_prediction(config, tensor) || tensor.ends_with(".attn_rot_embd.weight") ||
         (config.is_latent() && tensor.ends_with(".attn_kv_b.weight"));
}

// Finds and checks tensors, and remembers the first error, so that a layer reads as the list of its
// tensors. After an error everything is empty.
class Tensors {
 public:
  Tensors(const gguf::File& file, const Adapter* adapter) : file_(file), adapter_(adapter) {}

  bool has(const std::string& name) const { return file_.find_tensor(name) != nullptr; }

  // With what the adapter adds.
  Matrix matrix(const std::string& name, Shape shape) {
    Matrix matrix = plain(name, shape);
    const auto adapters = adapters_of(name, matrix.columns, matrix.rows, 1);
    if (!adapters.empty()) matrix.adapter = adapters.front();
    return matrix;
  }

  // Any of the two shapes will do; they must hold the same number of values.
  Matrix plain(const std::string& name, Shape shape, Shape other_shape = {}) {
    const gguf::TensorInfo* tensor = find(name, shape, other_shape);
    if (tensor == nullptr) return {};
    INVARIANT(tensor->parts.empty());
    const int64_t columns = static_cast<int64_t>(tensor->shape[0]);
    return {tensor->type, static_cast<int64_t>(tensor->rows()), columns,
            gguf::row_bytes(tensor->type, tensor->shape[0]), tensor->data.data()};
  }

  Vector vector(const std::string& name, int64_t size) {
    const Matrix row = plain(name, {size});
    Vector values(size);
    if (!row.empty()) gguf::dequantize_row(row.type, row.row(0), values);
    return values;
  }

  // [count][size]
  Vector vectors(const std::string& name, int64_t size, int64_t count) {
    const Matrix rows = plain(name, {size, count});
    Vector values(size * count);
    for (int64_t i = 0; i < count && !rows.empty(); ++i) {
      gguf::dequantize_row(rows.type, rows.row(i), std::span(values).subspan(i * size, size));
    }
    return values;
  }

  // Empty where the file has none.
  Vector vector_if_there(const std::string& name, int64_t size) {
    return has(name) ? vector(name, size) : Vector();
  }

  MatrixStack stack(const std::string& name, int64_t columns, int64_t rows, int64_t count) {
    const gguf::TensorInfo* tensor = find(name, {columns, rows, count}, {});
    if (tensor == nullptr) return {};
    MatrixStack stack{{}, rows, 0, rows};
    stack.adapters = adapters_of(name, columns, rows, count);
    if (tensor->parts.empty()) {
      stack.all = plain(name, {columns, rows, count});
      return stack;
    }
    stack.all = {tensor->type, rows, columns, gguf::row_bytes(tensor->type, columns),
                 tensor->parts.front().data()};
    for (const auto& part : tensor->parts) stack.apart.push_back(part.data());
    return stack;
  }

  // What the adapter adds to `count` matrices that are one tensor, each [rows][columns]; empty:
  // nothing. Its pair is one for each, or one for all their rows.
  std::vector<LowRank> adapters_of(const std::string& name, int64_t columns, int64_t rows,
                                   int64_t count) {
    const AdapterTensor* const pair = adapter_ != nullptr ? adapter_->find(name) : nullptr;
    if (pair == nullptr || !ok()) return {};
    used_.insert(name);
    const bool is_whole = pair->count == 1 && pair->rows == rows * count;
    if (pair->columns != columns || (!is_whole && (pair->count != count || pair->rows != rows))) {
      refuse(base::concat(pair->place, ": is for ", pair->count, " x [", pair->columns, ", ",
                          pair->rows, "], and ", name, " is ", count, " x [", columns, ", ", rows,
                          "] in ", file_.path(), "; choose the model that it was trained on"));
      return {};
    }
    std::vector<LowRank> adapters;
    for (int64_t i = 0; i < count; ++i) {
      adapters.push_back(is_whole ? pair->at(0).from_row(i * rows) : pair->at(i));
    }
    return adapters;
  }

  // What it adds to no matrix that was asked for.
  void refuse_unused_adapters() {
    if (adapter_ == nullptr) return;
    for (const auto& [name, pair] : adapter_->tensors()) {
      if (used_.count(name) > 0) continue;
      refuse(base::concat(pair.place, ": ", file_.path(), " has no matrix ", name,
                          " that an adapter can change: those of attention, feed-forward "
                          "networks, experts and their router, and the output; choose the model "
                          "that it was trained on, or train these alone"));
    }
  }

  // Left out, what the file holds besides would change every result.
  void refuse_unread(const Config& config) {
    std::vector<const gguf::TensorInfo*> unread;
    for (const gguf::TensorInfo& tensor : file_.tensors()) {
      if (read_.count(tensor.name) > 0 || adds_nothing(config, tensor.name)) continue;
      unread.push_back(&tensor);
    }
    if (unread.empty()) return;
    const size_t more = unread.size() - 1;
    const std::string others = more > 0 ? base::concat(" (and ", more, " more tensors)") : "";
    refuse(base::concat(file_.place_of(*unread.front()), " is there", others,
                        ", and lemma computes no ", config.architecture,
                        " model with it; left out, it would change every answer, so lemma does "
                        "not run this model"));
  }

  void refuse_if_there(const std::string& name, const char* contradiction) {
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    if (tensor == nullptr) return;
    refuse(base::concat(file_.place_of(*tensor), " is there, but ", contradiction));
  }

  const gguf::TensorInfo* refuse(std::string message) {
    if (ok()) error_ = std::move(message);
    return nullptr;
  }
  bool ok() const { return error_.empty(); }
  Error error() const { return {error_}; }

 private:
  const gguf::TensorInfo* find(const std::string& name, Shape shape, Shape other_shape) {
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    const std::string expected = shape_text(reinterpret_cast<const uint64_t*>(shape.begin()),
                                            static_cast<int>(shape.size()));
    read_.insert(name);
    if (tensor == nullptr) {
      return refuse(base::concat(file_.missing_tensor(name), "; expected one of shape ", expected));
    }
    if (!has_shape(*tensor, shape) &&
        !(other_shape.size() > 0 && has_shape(*tensor, other_shape))) {
      return refuse(base::concat(file_.place_of(*tensor), " has shape ",
                                 shape_text(tensor->shape.data(), tensor->rank), "; expected ",
                                 expected));
    }
    return tensor;
  }

  const gguf::File& file_;
  const Adapter* const adapter_;             // null: none
  std::set<std::string, std::less<>> used_;  // of the adapter
  std::set<std::string, std::less<>> read_;  // of the file
  std::string error_;
};

AttentionWeights read_latent_attention(Tensors& tensors, const std::string& block,
                                       const Config& config) {
  const Mla& mla = config.mla;
  const int64_t hidden = config.hidden, heads = mla.heads, lora = mla.kv_lora_rank;
  const int64_t nope = mla.nope_dim, value = mla.value_dim;
  AttentionWeights weights;
  if (mla.q_lora_rank > 0) {
    weights.q_a = tensors.matrix(block + "attn_q_a.weight", {hidden, mla.q_lora_rank});
    weights.q_a_norm = tensors.vector(block + "attn_q_a_norm.weight", mla.q_lora_rank);
    weights.q_b =
        tensors.matrix(block + "attn_q_b.weight", {mla.q_lora_rank, heads * mla.query_dim()});
  } else {
    weights.q = tensors.matrix(block + "attn_q.weight", {hidden, heads * mla.query_dim()});
  }
  weights.kv_a = tensors.matrix(block + "attn_kv_a_mqa.weight", {hidden, mla.cache_dim()});
  weights.kv_a_norm = tensors.vector(block + "attn_kv_a_norm.weight", lora);
  // Mainline since April 2025 has the split tensors with three dimensions; older ik_llama.cpp has
  // them with two, beside the legacy one.
  if (tensors.has(block + "attn_k_b.weight") || tensors.has(block + "attn_v_b.weight")) {
    weights.k_b =
        tensors.plain(block + "attn_k_b.weight", {nope, lora, heads}, {nope, lora * heads});
    weights.v_b =
        tensors.plain(block + "attn_v_b.weight", {lora, value, heads}, {lora, value * heads});
  } else {
    weights.kv_b = tensors.plain(block + "attn_kv_b.weight", {lora, heads * (nope + value)});
  }
  weights.kv_b_adapters =
      tensors.adapters_of(block + "attn_kv_b.weight", lora, nope + value, heads);
  weights.k_b_adapters = tensors.adapters_of(block + "attn_k_b.weight", nope, lora, heads);
  weights.v_b_adapters = tensors.adapters_of(block + "attn_v_b.weight", lora, value, heads);
  weights.output = tensors.matrix(block + "attn_output.weight", {heads * value, hidden});
  return weights;
}

AttentionWeights read_grouped_attention(Tensors& tensors, const std::string& block,
                                        const Config& config) {
  const Gqa& gqa = config.gqa;
  const int64_t hidden = config.hidden, heads = gqa.heads;
  AttentionWeights weights;
  weights.q = tensors.matrix(block + "attn_q.weight", {hidden, heads * gqa.key_dim});
  weights.k = tensors.matrix(block + "attn_k.weight", {hidden, gqa.key_width()});
  weights.v = tensors.matrix(block + "attn_v.weight", {hidden, gqa.value_width()});
  weights.output = tensors.matrix(block + "attn_output.weight", {heads * gqa.value_dim, hidden});
  const auto bias = [&](const char* name, int64_t size) {
    return gqa.has_biases ? tensors.vector(block + name, size)
                          : tensors.vector_if_there(block + name, size);
  };
  weights.q_bias = bias("attn_q.bias", heads * gqa.key_dim);
  weights.k_bias = bias("attn_k.bias", gqa.key_width());
  weights.v_bias = bias("attn_v.bias", gqa.value_width());
  weights.output_bias = tensors.vector_if_there(block + "attn_output.bias", hidden);
  if (gqa.normalises_heads) {
    weights.q_norm = tensors.vector(block + "attn_q_norm.weight", gqa.key_dim);
    weights.k_norm = tensors.vector(block + "attn_k_norm.weight", gqa.key_dim);
  }
  if (gqa.has_sinks) weights.sinks = tensors.vector(block + "attn_sinks.weight", heads);
  return weights;
}

FeedForward read_feed_forward(Tensors& tensors, const std::string& block, const std::string& suffix,
                              int64_t hidden, int64_t width) {
  return {tensors.matrix(block + "ffn_gate" + suffix + ".weight", {hidden, width}),
          tensors.matrix(block + "ffn_up" + suffix + ".weight", {hidden, width}),
          tensors.matrix(block + "ffn_down" + suffix + ".weight", {width, hidden})};
}

ExpertWeights read_experts(Tensors& tensors, const std::string& block, const Config& config) {
  const Experts& experts = config.experts;
  const int64_t hidden = config.hidden, width = experts.feed_forward, count = experts.count;
  ExpertWeights weights;
  tensors.refuse_if_there(block + "ffn_gate.0.weight",
                          "experts that are tensors of their own, as the first files of Mixtral "
                          "have them, are not read; take a file that was made since");
  weights.router = tensors.matrix(block + "ffn_gate_inp.weight", {hidden, count});
  weights.selection_bias = Vector(count, 0.0f);
  if (tensors.has(block + "exp_probs_b.bias")) {
    weights.selection_bias = tensors.vector(block + "exp_probs_b.bias", count);
  }
  if (tensors.has(block + "ffn_gate_up_exps.weight")) {
    const MatrixStack both =
        tensors.stack(block + "ffn_gate_up_exps.weight", hidden, 2 * width, count);
    weights.gate = {both.all, 2 * width, 0, width, both.apart, both.adapters};
    weights.up = {both.all, 2 * width, width, width, both.apart, both.adapters};
    for (LowRank& adapter : weights.up.adapters) adapter = adapter.from_row(width);
    // An adapter may have been trained on them one by one.
    const auto add = [&](const char* name, MatrixStack& half) {
      const auto own = tensors.adapters_of(block + name, hidden, width, count);
      if (!own.empty()) half.adapters = own;
    };
    if (both.adapters.empty()) add("ffn_gate_exps.weight", weights.gate);
    if (both.adapters.empty()) add("ffn_up_exps.weight", weights.up);
  } else {
    weights.gate = tensors.stack(block + "ffn_gate_exps.weight", hidden, width, count);
    weights.up = tensors.stack(block + "ffn_up_exps.weight", hidden, width, count);
  }
  weights.down = tensors.stack(block + "ffn_down_exps.weight", width, hidden, count);
  if (experts.has_biases) {
    weights.router_bias = tensors.vector(block + "ffn_gate_inp.bias", count);
    weights.gate_bias = tensors.vectors(block + "ffn_gate_exps.bias", width, count);
    weights.up_bias = tensors.vectors(block + "ffn_up_exps.bias", width, count);
    weights.down_bias = tensors.vectors(block + "ffn_down_exps.bias", hidden, count);
  }
  if (experts.shared > 0) {
    weights.shared = read_feed_forward(tensors, block, "_shexp", hidden, width * experts.shared);
  } else {
    tensors.refuse_if_there(block + "ffn_gate_shexp.weight", "expert_shared_count is 0 or missing");
  }
  return weights;
}

LayerWeights read_layer(Tensors& tensors, const Config& config, int layer) {
  const std::string block = "blk." + std::to_string(layer) + ".";
  LayerWeights weights;
  weights.attention = config.is_latent() ? read_latent_attention(tensors, block, config)
                                         : read_grouped_attention(tensors, block, config);
  weights.attention.norm = tensors.vector(block + "attn_norm.weight", config.hidden);
  const char* const norm =
      config.architecture == "gpt-oss" ? "post_attention_norm.weight" : "ffn_norm.weight";
  weights.feed_forward_norm = tensors.vector(block + norm, config.hidden);
  if (config.is_dense(layer)) {
    weights.dense = read_feed_forward(tensors, block, "", config.hidden, config.feed_forward);
  } else {
    weights.experts = read_experts(tensors, block, config);
  }
  return weights;
}

PredictionWeights read_prediction(Tensors& tensors, const Weights& model) {
  const Config& config = model.config;
  const int64_t hidden = config.hidden, vocabulary = config.vocab_size;
  const std::string part = base::concat("blk.", config.layers, ".nextn.");
  PredictionWeights weights;
  weights.embedding_norm = tensors.vector(part + "enorm.weight", hidden);
  weights.state_norm = tensors.vector(part + "hnorm.weight", hidden);
  weights.join = tensors.plain(part + "eh_proj.weight", {2 * hidden, hidden});
  weights.layer = read_layer(tensors, config, config.layers);
  const auto own = [&](const char* name, const Matrix& other) {
    return tensors.has(part + name) ? tensors.plain(part + name, {hidden, vocabulary}) : other;
  };
  weights.embedding = own("embed_tokens.weight", model.token_embedding);
  weights.output = own("shared_head_head.weight", model.output);
  weights.output_norm = tensors.vector_if_there(part + "shared_head_norm.weight", hidden);
  if (weights.output_norm.empty()) weights.output_norm = model.output_norm;
  return weights;
}

}  // namespace

Result<Weights> load_weights(std::shared_ptr<const gguf::File> file,
                             std::shared_ptr<const Adapter> adapter) {
  auto config = read_config(*file);
  if (!config.ok()) return config.error();
  Weights weights;
  weights.file = file;
  weights.config = std::move(*config);
  if (adapter != nullptr) {
    auto status = adapter->check_base(weights.config, file->path());
    if (!status.ok()) return status.error();
    weights.adapter = adapter->in_order_of(weights.config);
  }
  Tensors tensors(*file, weights.adapter.get());
  const int64_t hidden = weights.config.hidden, vocabulary = weights.config.vocab_size;
  weights.token_embedding = tensors.plain("token_embd.weight", {hidden, vocabulary});
  weights.output_norm = tensors.vector("output_norm.weight", hidden);
  weights.rope_factors =
      tensors.vector_if_there("rope_freqs.weight", weights.config.rope_dim() / 2);
  for (const float factor : weights.rope_factors) {
    if (!(factor > 0)) tensors.refuse(file->path() + ": tensor rope_freqs.weight is not positive");
  }
  weights.output = tensors.has("output.weight")
                       ? tensors.plain("output.weight", {hidden, vocabulary})
                       : weights.token_embedding;
  const auto of_output = tensors.adapters_of("output.weight", hidden, vocabulary, 1);
  if (!of_output.empty()) weights.output.adapter = of_output.front();
  for (int layer = 0; layer < weights.config.layers && tensors.ok(); ++layer) {
    weights.layers.push_back(read_layer(tensors, weights.config, layer));
  }
  // Most files count the layer and have left its tensors out.
  if (tensors.has(base::concat("blk.", weights.config.layers, ".nextn.eh_proj.weight"))) {
    weights.prediction = read_prediction(tensors, weights);
  }
  tensors.refuse_unused_adapters();
  tensors.refuse_unread(weights.config);
  if (!tensors.ok()) return tensors.error();
  return weights;
}

namespace {

// to[row · stride] += Σ_k b[k][row] · a[k][…], the places of a row `step` apart.
void add_product(const LowRank& adapter, int64_t rows, int64_t columns, float* to, int64_t stride,
                 int64_t step) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      double sum = 0;
      for (int k = 0; k < adapter.rank; ++k) {
        sum += static_cast<double>(adapter.b[k * adapter.stride + row]) *
               adapter.a[k * columns + column];
      }
      to[row * stride + column * step] += static_cast<float>(sum);
    }
  }
}

// Absorption has no product of its own to add to, so the adapter's is added to the weights.
void add_adapters(const Mla& mla, const AttentionWeights& attention, LatentProjections& to) {
  const int64_t lora = mla.kv_lora_rank, nope = mla.nope_dim, value = mla.value_dim;
  for (int64_t head = 0; head < mla.heads; ++head) {
    float* const key = to.key.data() + head * lora * nope;
    float* const values = to.value.data() + head * value * lora;
    if (!attention.kv_b_adapters.empty()) {
      const LowRank& both = attention.kv_b_adapters[head];
      add_product(both, nope, lora, key, 1, nope);
      add_product(both.from_row(nope), value, lora, values, lora, 1);
    }
    if (!attention.k_b_adapters.empty()) {
      add_product(attention.k_b_adapters[head], lora, nope, key, nope, 1);
    }
    if (!attention.v_b_adapters.empty()) {
      add_product(attention.v_b_adapters[head], value, lora, values, lora, 1);
    }
  }
}

LatentProjections read_projections(const Mla& mla, const AttentionWeights& attention) {
  const int64_t heads = mla.heads, lora = mla.kv_lora_rank, nope = mla.nope_dim,
                value = mla.value_dim;
  LatentProjections result;
  result.key.resize(heads * lora * nope);
  result.value.resize(heads * value * lora);
  const auto read = [](const Matrix& matrix, int64_t row, float* out) {
    gguf::dequantize_row(matrix.type, matrix.row(row), {out, size_t(matrix.columns)});
  };
  if (attention.kv_b.empty()) {
    for (int64_t row = 0; row < heads * lora; ++row) {
      read(attention.k_b, row, &result.key[row * nope]);
    }
    for (int64_t row = 0; row < heads * value; ++row) {
      read(attention.v_b, row, &result.value[row * lora]);
    }
    return result;
  }
  Vector key_row(lora);
  for (int64_t head = 0; head < heads; ++head) {
    const int64_t first = head * (nope + value);
    for (int64_t n = 0; n < nope; ++n) {
      read(attention.kv_b, first + n, key_row.data());
      for (int64_t l = 0; l < lora; ++l) {
        result.key[(head * lora + l) * nope + n] = key_row[l];
      }
    }
    for (int64_t v = 0; v < value; ++v) {
      read(attention.kv_b, first + nope + v, &result.value[(head * value + v) * lora]);
    }
  }
  return result;
}

}  // namespace

LatentProjections latent_projections(const Mla& mla, const AttentionWeights& attention) {
  LatentProjections result = read_projections(mla, attention);
  add_adapters(mla, attention, result);
  return result;
}

}  // namespace engine::model
