// The feed-forward networks, in two launches: act = silu(gate · x) ⊙ (up · x), or another
// activation, then hidden += Σ weight · (down · act). A layer's routed and shared experts go
// together; a dense layer is one shared expert. Routed ones may have biases. The specifications are
// reference/feed_forward.cpp and experts.cpp.
#pragma once

#include "engine/backend/cuda/dot_bytes.h"
#include "engine/backend/cuda/launch.h"

namespace engine::backend::cuda {

// Matrices of one shape; expert e has the rows e · stride + first_row …
struct DeviceStack {
  DeviceMatrix all;
  int32_t stride = 0;
  int32_t first_row = 0;
  int32_t rows = 0;
  View<const float> bias;  // [experts][rows] or empty

  DEVICE size_t row_at(int expert, int row) const {
    return all.row_at(expert * stride + first_row + row);
  }
  DEVICE float bias_of(int expert, int row) const {
    return bias.empty() ? 0.0f : bias[size_t(expert) * rows + row];
  }
};

// model::Activation, whose definition is reference/feed_forward.cpp's.
DEVICE float activated(bool clamped, float gate, float up) {
  if (!clamped) return gate / (1.0f + exponential(-gate)) * up;
  constexpr float limit = 7, slope = 1.702f;
  gate = gate > limit ? limit : gate;
  up = up > limit ? limit : up < -limit ? -limit : up;
  return gate / (1.0f + exponential(-slope * gate)) * (up + 1.0f);
}

// What the experts of a layer have in common. Each token has `used` slots for its routed experts,
// and the shared network, if there is one, is cut into `shared_parts` of equal width.
struct ExpertSlots {
  View<const int32_t> chosen;  // [tokens][used]
  View<const float> weights;   // [tokens][used]
  View<float> act;             // [tokens][used][act_stride], interleaved
  View<float> shared_act;      // [tokens][shared_stride], interleaved
  int32_t act_stride = 0, act_group = 32;
  int32_t shared_stride = 0, shared_group = 32;
  int32_t used = 0;
  int32_t shared_parts = 0;
  int32_t hidden_rows = 0;  // of `down`
  int32_t tokens = 0;
  int32_t clamped = 0;  // 0 or 1: of routed experts, see activated()
};

// Whether products with a matrix, or with a pair of one gate and up, can take their input as bytes;
// what is not there can.
inline bool takes_bytes(const DeviceMatrix& m) { return m.units == 0 || has_byte_levels(m.format); }
inline bool takes_bytes(const DeviceMatrix& gate, const DeviceMatrix& up) {
  return gate.units == 0 || (has_byte_levels(gate.format) && gate.type == up.type);
}

struct GateUpArguments {
  ExpertSlots slots;
  DeviceStack gate, up;
  DeviceMatrix shared_gate, shared_up;
  Input input;
  float epsilon = 0;
  int32_t bytes = 0;                               // as in project.h
  int32_t routed = 1, shared = 1;                  // 0: left out
  int32_t routed_bundles = 0, shared_bundles = 0;  // of a slot, and of all; set by prepare()
};
void prepare(GateUpArguments& arguments);
void gate_up(Stream& stream, const GateUpArguments& arguments);

struct DownArguments {
  ExpertSlots slots;
  DeviceStack down;
  DeviceMatrix shared_down;
  View<float> hidden;  // [tokens][stride], interleaved
  int32_t hidden_stride = 0;
  int32_t hidden_group = 32;
  int32_t bytes = 0;  // as in project.h
  // Set by prepare(): of a row of bytes; of the rows of a block, and how many blocks they make.
  int32_t byte_row_units = 0, byte_row_bytes = 0;
  int32_t rows_in_block = 0, blocks = 0, lanes = 0;
};
void prepare(DownArguments& arguments);
// Of a block of so many warps.
size_t shared_bytes_of(const DownArguments& arguments, int warps);
void down(Stream& stream, const DownArguments& arguments);

}  // namespace engine::backend::cuda
