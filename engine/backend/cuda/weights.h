// A model's weights on the device: one allocation, filled once.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/launch.h"
#include "engine/backend/cuda/matrix.h"
#include "engine/backend/placement.h"
#include "engine/model/weights.h"

namespace engine::backend::cuda {

// exact: everything in float32 that the file does not have otherwise, for comparison with the
// reference. fast: what decoding reads often is half precision (the KV cache, the up-projections of
// latents that a file has only in the legacy layout, what is merged with an adapter), products of
// small batches round their input to bytes (dot_bytes.h), and large batches run on tensor cores.
enum class Precision { exact, fast };

// Names and shapes are those of model::LayerWeights; vectors that norm a product's input are
// interleaved (matrix.h), the others in order.
struct DeviceLayer {
  View<const float> norm, feed_forward_norm;
  DeviceMatrix q, output;
  // latent
  DeviceMatrix q_a, q_b, kv_a;
  View<const float> q_a_norm, kv_a_norm;
  DeviceMatrix key;    // [head · lora][nope]
  DeviceMatrix value;  // [head · value][lora]
  // grouped
  DeviceMatrix k, v;
  View<const float> q_bias, k_bias, v_bias, output_bias, q_norm, k_norm, sinks;
  bool windowed = false;  // model::Config::is_windowed
  // a dense layer has a shared expert and no others
  DeviceMatrix router;
  View<const float> router_bias, selection_bias;
  DeviceStack gate, up, down;
  DeviceMatrix shared_gate, shared_up, shared_down;
};

// Around the layer for multi-token prediction; names and shapes are model::PredictionWeights'.
struct DevicePrediction {
  View<const float> embedding_norm, state_norm, output_norm;
  DeviceMatrix join, embedding, output;
};

class DeviceWeights {
 public:
  // At most `experts` of each layer's routed experts, the first, and as many as fit into `room`
  // bytes. The error says how much memory the weights need and how much there is.
  static base::Result<std::unique_ptr<DeviceWeights>> upload(const model::Weights& weights,
                                                             Precision precision, size_t room,
                                                             int experts, Stream& stream);

  // Other experts in the places of their layers, where not all are here; they are there on return.
  base::Status replace(const model::Weights& weights, std::span<const Placement::Move> moves,
                       Stream& stream);

  DeviceMatrix token_embedding, output;
  View<const float> output_norm;
  std::vector<DeviceLayer> layers;  // with the one for prediction, which comes last
  DevicePrediction prediction;      // empty where the model has none
  int experts = 0;                  // of each layer that are here
  size_t bytes() const { return memory_.size(); }

 private:
  Buffer<uint8_t> memory_;
};

}  // namespace engine::backend::cuda
