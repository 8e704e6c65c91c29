// The smaller operations of a step; each kernel's specification is the file of the same name in
// backend/reference. Rows of activations are interleaved (matrix.h) unless it is said otherwise.
#pragma once

#include "engine/backend/cuda/dot.h"
#include "engine/backend/cuda/launch.h"

namespace engine::backend::cuda {

// hidden[t] = table[ids[t]]
struct EmbedArguments {
  DeviceMatrix table;
  View<const int32_t> ids;  // [tokens]
  View<float> hidden;       // [tokens][stride]
  int32_t stride = 0;
  int32_t group = 32;
  int32_t tokens = 0;
};
void embed(Stream& stream, const EmbedArguments& arguments);

// The values of norm(from[rows[t]]) at the places from `first` on of to[t].
struct NormaliseArguments {
  Input from;                // with a norm
  View<const int32_t> rows;  // [tokens]; −1: zeros instead; empty: the tokens' own
  int32_t columns = 0;
  float epsilon = 0;
  View<float> to;  // [tokens][to_stride]
  int32_t to_stride = 0;
  int32_t to_group = 32;
  int32_t first = 0;
  int32_t tokens = 0;
};
void normalise(Stream& stream, const NormaliseArguments& arguments);

// logits[t] = router · norm(rows[t]) + bias of many tokens, in float32 as ever: which experts are
// chosen must not hang on a rounding.
struct RouterArguments {
  Input rows;  // with a norm
  float epsilon = 0;
  DeviceMatrix router;     // of float32
  View<const float> bias;  // [experts] or empty
  View<float> logits;      // [tokens][experts], in order
  int32_t tokens = 0;
};
void route_many(Stream& stream, const RouterArguments& arguments);

// The experts of each token, ascending, and their weights.
struct GateArguments {
  View<const float> logits;  // [tokens][experts], in order
  View<const float> bias;    // [experts], for the selection alone
  View<int32_t> chosen;      // [tokens][used]
  View<float> weights;       // [tokens][used]
  int32_t tokens = 0;
  int32_t experts = 0;  // at most max_experts
  int32_t used = 0;
  int32_t groups = 1, groups_used = 1;
  int32_t sigmoid = 0, two_best = 0, normalise = 0;  // 0 or 1
  float scale = 1;
};
inline constexpr int max_experts = 4096;
size_t shared_bytes_of(const GateArguments& arguments);  // of a block
void moe_gate(Stream& stream, const GateArguments& arguments);

}  // namespace engine::backend::cuda
