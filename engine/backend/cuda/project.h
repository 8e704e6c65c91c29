// y = weights · x (+ bias), for up to three matrices over one input in one launch: q and kv_a; q, k
// and v; an output with its residual; the logits. The specification is reference/matmul.cpp.
#pragma once

#include "engine/backend/cuda/dot_bytes.h"
#include "engine/backend/cuda/launch.h"

namespace engine::backend::cuda {

enum class Store : int32_t { replace, add };

struct Projection {
  DeviceMatrix matrix;
  View<const float> bias;  // [rows] or empty
  View<float> output;
  int32_t output_stride = 0;  // from one token to the next
  int32_t output_group = 1;   // of its interleaving
  Store store = Store::replace;
  // Heads: rows h · head_rows … take the input at h · head_input and write at h · head_output, or,
  // with output_in_heads, to row h · head_rows … of one interleaved output.
  int32_t head_rows = 0;  // 0: one input for all rows
  int32_t head_input = 0;
  int32_t head_output = 0;
  int32_t output_in_heads = 0;  // 0 or 1
  int32_t first_bundle = 0;     // set by prepare()
  uint32_t per_head = 0;        // 2^31 / groups of rows in a head, upwards; set by prepare()
};

inline constexpr int max_projections = 3;

struct ProjectArguments {
  Projection projections[max_projections];
  int32_t count = 0;
  Input input;
  View<const int32_t> input_rows;  // [tokens]: the row of each token; empty: their own
  float epsilon = 0;
  int32_t tokens = 0;
  int32_t bytes = 0;    // 1: the input may be rounded to bytes (dot_bytes.h) where it suits
  int32_t bundles = 0;  // set by prepare()
};

// Fills in what follows from the rest: `bytes` then says whether the input is rounded.
void prepare(ProjectArguments& arguments);

// Any number of tokens; batches of up to 16 read the weights once.
void project(Stream& stream, ProjectArguments arguments);

}  // namespace engine::backend::cuda
