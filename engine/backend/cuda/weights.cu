#include "engine/backend/cuda/weights.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "engine/backend/cuda/repack.h"
#include "engine/base/check.h"
#include "engine/gguf/half.h"

namespace engine::backend::cuda {
namespace {

using gguf::WeightType;
using model::Matrix;

// What is merged with an adapter keeps what that adds in more bits than blocks have.
WeightType type_on_device(const Matrix& matrix, Precision precision) {
  if (matrix.adapter.empty()) return matrix.type;
  const bool floats = precision == Precision::exact || matrix.type == WeightType::f32;
  return floats ? WeightType::f32 : WeightType::f16;
}

// First all tensors are named, so that their sum can be asked for at once; then they are filled.
class Plan {
 public:
  explicit Plan(Precision precision) : precision_(precision) {}

  void matrix(const Matrix& from, DeviceMatrix& to) {
    if (from.empty()) return;
    const WeightType type = type_on_device(from, precision_);
    to = device_matrix(type, from.rows, from.columns);
    const size_t bytes = size_t(from.rows) * to.layout.bytes;
    // gate and up may be halves of one tensor, and output the embedding
    const auto [known, is_new] = places_.try_emplace({from.data, from.adapter.a}, end_);
    to.data = {nullptr, bytes};
    matrices_.push_back({from, type, &to, known->second, is_new});
    if (is_new) take(bytes);
  }

  void stack(const model::MatrixStack& from, DeviceStack& to) {
    matrix(from.all, to.all);
    to.stride = static_cast<int32_t>(from.stride);
    to.first_row = static_cast<int32_t>(from.first_row);
    to.rows = static_cast<int32_t>(from.rows);
  }

  // The first `count` matrices, which may lie apart in the file, are one on the device.
  void gather(const model::MatrixStack& from, int64_t count, DeviceStack& stack) {
    stack.stride = stack.rows = static_cast<int32_t>(from.rows);
    DeviceMatrix& to = stack.all;
    const WeightType type = type_on_device(from.at(0), precision_);
    to = device_matrix(type, count * from.rows, from.all.columns);
    const size_t each = size_t(from.rows) * to.layout.bytes;
    to.data = {nullptr, size_t(count) * each};
    for (int64_t index = 0; index < count; ++index) {
      matrices_.push_back(
          {from.at(index), type, index == 0 ? &to : nullptr, end_ + size_t(index) * each, true});
    }
    take(size_t(count) * each);
  }

  // Values that are computed when the model is loaded, as float32 or rounded to half.
  void computed(model::Vector values, int64_t rows, int64_t columns, DeviceMatrix& to) {
    const bool halves = precision_ == Precision::fast;
    Matrix view{halves ? WeightType::f16 : WeightType::f32, rows, columns,
                size_t(columns) * (halves ? 2 : 4), nullptr};
    auto bytes = std::make_unique<std::byte[]>(values.size() * (halves ? 2 : 4));
    for (size_t i = 0; i < values.size() && halves; ++i) {
      const uint16_t half = gguf::float_to_half(values[i]);
      std::memcpy(bytes.get() + i * 2, &half, 2);
    }
    if (!halves) std::memcpy(bytes.get(), values.data(), values.size() * 4);
    view.data = bytes.get();
    computed_.push_back(std::move(bytes));
    matrix(view, to);
  }

  void vector(const model::Vector& from, View<const float>& to) {
    if (from.empty()) return;
    to.size = from.size();
    vectors_.push_back({from, &to, end_});
    take(from.size() * sizeof(float));
  }
  // The first `count` experts' of a stack.
  void biases(const model::Vector& from, int64_t count, DeviceStack& stack) {
    if (from.empty()) return;
    vector({from.begin(), from.begin() + count * stack.rows}, stack.bias);
  }
  // In the order in which a product reads its input.
  void norm(const model::Vector& from, View<const float>& to) {
    if (from.empty()) return;
    const int columns = static_cast<int>(from.size());
    model::Vector values(row_floats(columns), 0.0f);
    const int group = group_of(units_of(columns));
    for (int i = 0; i < columns; ++i) values[interleaved(i, group)] = from[i];
    vector(values, to);
  }

  size_t bytes() const { return end_; }

  base::Status fill(uint8_t* memory, Stream& stream);

 private:
  struct PendingMatrix {
    Matrix from;
    WeightType type;   // on the device
    DeviceMatrix* to;  // null: a later piece of the one before
    size_t at;
    bool is_new;
  };
  struct PendingVector {
    model::Vector values;
    View<const float>* to;
    size_t at;
  };

  void take(size_t bytes) { end_ += (bytes + 255) / 256 * 256; }

  const Precision precision_;
  std::vector<PendingMatrix> matrices_;
  std::vector<PendingVector> vectors_;
  std::vector<std::unique_ptr<std::byte[]>> computed_;
  std::map<std::pair<const std::byte*, const float*>, size_t> places_;  // by data and adapter
  size_t end_ = 0;
};

// Two pieces of page-locked memory: one is filled while the other is on its way.
class Staging {
 public:
  static base::Result<Staging> create(Stream& stream) {
    auto memory = Buffer<std::byte>::allocate(2 * half_bytes, "uploading weights", Where::host);
    if (!memory.ok()) return memory.error();
    Staging staging;
    staging.stream_ = &stream;
    staging.memory_ = std::move(*memory);
    return base::Result<Staging>(std::move(staging));
  }
  // `bytes` ≤ half_bytes of memory to fill, then send.
  std::byte* next() {
    half_ ^= 1;
    if (used_[half_]) stream_->wait_for_mark(half_);
    return memory_.data() + half_ * half_bytes;
  }
  void send(uint8_t* to, size_t bytes) {
    stream_->copy(to, memory_.data() + half_ * half_bytes, bytes);
    stream_->set_mark(half_);
    used_[half_] = true;
  }

  static constexpr size_t half_bytes = 32 << 20;

 private:
  Stream* stream_ = nullptr;
  Buffer<std::byte> memory_;
  int half_ = 1;
  bool used_[2] = {};
};

void send_matrix(const Matrix& matrix, WeightType type, uint8_t* to, Staging& staging) {
  const size_t row_bytes = row_layout(type, static_cast<int>(matrix.columns)).bytes;
  const auto at_once = static_cast<int64_t>(Staging::half_bytes / row_bytes);
  INVARIANT(at_once > 0);
  for (int64_t row = 0; row < matrix.rows; row += at_once) {
    const int64_t count = std::min(at_once, matrix.rows - row);
    repack(matrix.slice(row, count), type, staging.next());
    staging.send(to + row * row_bytes, count * row_bytes);
  }
}

base::Status Plan::fill(uint8_t* memory, Stream& stream) {
  auto staging = Staging::create(stream);
  if (!staging.ok()) return staging.error();
  for (const PendingMatrix& pending : matrices_) {
    if (pending.to != nullptr) pending.to->data.data = memory + pending.at;
    if (pending.is_new) send_matrix(pending.from, pending.type, memory + pending.at, *staging);
  }
  for (const PendingVector& pending : vectors_) {
    pending.to->data = reinterpret_cast<const float*>(memory + pending.at);
    const size_t bytes = pending.values.size() * sizeof(float);
    INVARIANT(bytes <= Staging::half_bytes);
    std::memcpy(staging->next(), pending.values.data(), bytes);
    staging->send(memory + pending.at, bytes);
  }
  return stream.finish();
}

void plan_latent(const model::Mla& mla, const model::AttentionWeights& from, Plan& plan,
                 DeviceLayer& to) {
  plan.matrix(from.q_a, to.q_a);
  plan.norm(from.q_a_norm, to.q_a_norm);
  plan.matrix(from.q_b, to.q_b);
  plan.matrix(from.kv_a, to.kv_a);
  plan.vector(from.kv_a_norm, to.kv_a_norm);
  const bool adapted =
      !from.kv_b_adapters.empty() || !from.k_b_adapters.empty() || !from.v_b_adapters.empty();
  if (!from.k_b.empty() && !from.v_b.empty() && !adapted) {
    plan.matrix(from.k_b, to.key);
    plan.matrix(from.v_b, to.value);
    return;
  }
  model::LatentProjections both = model::latent_projections(mla, from);
  plan.computed(std::move(both.key), int64_t{mla.heads} * mla.kv_lora_rank, mla.nope_dim, to.key);
  plan.computed(std::move(both.value), int64_t{mla.heads} * mla.value_dim, mla.kv_lora_rank,
                to.value);
}

void plan_attention(const model::Config& config, const model::AttentionWeights& attention,
                    Plan& plan, DeviceLayer& to) {
  plan.norm(attention.norm, to.norm);
  plan.matrix(attention.q, to.q);
  if (config.is_latent()) plan_latent(config.mla, attention, plan, to);
  plan.matrix(attention.k, to.k);
  plan.matrix(attention.v, to.v);
  plan.vector(attention.q_bias, to.q_bias);
  plan.vector(attention.k_bias, to.k_bias);
  plan.vector(attention.v_bias, to.v_bias);
  plan.vector(attention.output_bias, to.output_bias);
  plan.vector(attention.q_norm, to.q_norm);
  plan.vector(attention.k_norm, to.k_norm);
  plan.vector(attention.sinks, to.sinks);
  plan.matrix(attention.output, to.output);
}

void plan_layer(const model::Config& config, const model::LayerWeights& from, Plan& plan,
                DeviceLayer& to) {
  plan_attention(config, from.attention, plan, to);
  plan.norm(from.feed_forward_norm, to.feed_forward_norm);
  const bool dense = !from.dense.gate.empty();
  const model::FeedForward& shared = dense ? from.dense : from.experts.shared;
  plan.matrix(shared.gate, to.shared_gate);
  plan.matrix(shared.up, to.shared_up);
  plan.matrix(shared.down, to.shared_down);
  if (dense) return;
  plan.matrix(from.experts.router, to.router);
  plan.vector(from.experts.router_bias, to.router_bias);
  plan.vector(from.experts.selection_bias, to.selection_bias);
}

struct StackOfLayer {
  const model::MatrixStack& matrices;
  const model::Vector& biases;  // [experts][rows] or empty
  DeviceStack& stack;
};
std::array<StackOfLayer, 3> stacks_of(const model::ExpertWeights& from, DeviceLayer& to) {
  return {{{from.gate, from.gate_bias, to.gate},
           {from.up, from.up_bias, to.up},
           {from.down, from.down_bias, to.down}}};
}

void plan_experts(const model::ExpertWeights& from, int all, int count, Plan& plan,
                  DeviceLayer& to) {
  for (const StackOfLayer& of : stacks_of(from, to)) {
    if (count == all && of.matrices.apart.empty() && of.matrices.adapters.empty()) {
      plan.stack(of.matrices, of.stack);
    } else {
      plan.gather(of.matrices, count, of.stack);
    }
    plan.biases(of.biases, count, of.stack);
  }
}

void plan_prediction(const model::PredictionWeights& from, Plan& plan, DevicePrediction& to) {
  plan.norm(from.embedding_norm, to.embedding_norm);
  plan.norm(from.state_norm, to.state_norm);
  plan.norm(from.output_norm, to.output_norm);
  plan.matrix(from.join, to.join);
  plan.matrix(from.embedding, to.embedding);
  plan.matrix(from.output, to.output);
}

// Bytes of one routed expert of each layer.
size_t bytes_of_experts(const model::Weights& weights, Precision precision) {
  size_t bytes = 0;
  for (int i = 0; i < weights.layer_count(); ++i) {
    const model::LayerWeights& layer = weights.layer(i);
    if (!layer.dense.gate.empty()) continue;
    DeviceLayer unused;
    for (const StackOfLayer& of : stacks_of(layer.experts, unused)) {
      const auto columns = static_cast<int>(of.matrices.all.columns);
      const size_t of_row = row_layout(type_on_device(of.matrices.at(0), precision), columns).bytes;
      bytes += of.matrices.rows * (of_row + (of.biases.empty() ? 0 : sizeof(float)));
    }
  }
  return bytes;
}

void send_bias(std::span<const float> bias, uint8_t* to, Staging& staging) {
  std::memcpy(staging.next(), bias.data(), bias.size_bytes());
  staging.send(to, bias.size_bytes());
}

}  // namespace

base::Result<std::unique_ptr<DeviceWeights>> DeviceWeights::upload(const model::Weights& weights,
                                                                   Precision precision, size_t room,
                                                                   int experts, Stream& stream) {
  auto device = std::make_unique<DeviceWeights>();
  Plan plan(precision);
  plan.matrix(weights.token_embedding, device->token_embedding);
  plan.matrix(weights.output, device->output);
  plan.norm(weights.output_norm, device->output_norm);
  const int layers = weights.layer_count();
  device->layers.resize(layers);
  for (int i = 0; i < layers; ++i) {
    plan_layer(weights.config, weights.layer(i), plan, device->layers[i]);
    device->layers[i].windowed = weights.config.is_windowed(i);
  }
  if (weights.prediction) plan_prediction(*weights.prediction, plan, device->prediction);
  const int all = weights.config.experts.count;
  device->experts = std::min(all, experts);
  if (const size_t each = bytes_of_experts(weights, precision); each > 0 && plan.bytes() < room) {
    device->experts =
        static_cast<int>(std::min<size_t>(device->experts, (room - plan.bytes()) / each));
  }
  // Without room for one of each layer, the error of the allocation says what all of them take.
  if (device->experts == 0) device->experts = all;
  for (int i = 0; i < layers; ++i) {
    if (!weights.layer(i).dense.gate.empty()) continue;
    plan_experts(weights.layer(i).experts, all, device->experts, plan, device->layers[i]);
  }
  auto memory = Buffer<uint8_t>::allocate(plan.bytes(), "the model's weights");
  if (!memory.ok()) return memory.error();
  device->memory_ = std::move(*memory);
  if (auto status = plan.fill(device->memory_.data(), stream); !status.ok()) return status.error();
  return base::Result<std::unique_ptr<DeviceWeights>>(std::move(device));
}

base::Status DeviceWeights::replace(const model::Weights& weights,
                                    std::span<const Placement::Move> moves, Stream& stream) {
  if (moves.empty()) return base::Done{};
  auto staging = Staging::create(stream);
  if (!staging.ok()) return staging.error();
  for (const Placement::Move& move : moves) {
    for (const auto& [matrices, biases, stack] :
         stacks_of(weights.layer(move.layer).experts, layers[move.layer])) {
      const auto in_memory = [&](const void* there) {
        return memory_.data() + (static_cast<const uint8_t*>(there) - memory_.data());
      };
      send_matrix(matrices.at(move.expert), static_cast<WeightType>(stack.all.type),
                  in_memory(stack.all.data.data) + stack.all.row_at(move.place * stack.stride),
                  *staging);
      if (biases.empty()) continue;
      const size_t rows = stack.rows;
      send_bias(std::span(biases).subspan(move.expert * rows, rows),
                in_memory(stack.bias.data + move.place * rows), *staging);
    }
  }
  return stream.finish();
}

}  // namespace engine::backend::cuda
