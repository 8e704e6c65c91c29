// Between the projections and attention: rotary positions, the norms of latents and heads, and the
// new slots of the cache. The specifications are rope.cpp and reference.cpp.
#pragma once

#include "engine/backend/cuda/attention.h"

namespace engine::backend::cuda {

// Which values turn together, and by how much: [positions][dim / 2] cosines and sines in turn.
struct Rotation {
  View<const float> table;
  int32_t dim = 0;
  int32_t halves = 0;  // 1: pairs are i and i + dim / 2; 0: 2i and 2i + 1
};

// With latent attention: writes [norm(latent) | turned k_pe] to the cache, and each head's turned
// q_pe behind the place of its absorbed query.
struct LatentArguments {
  Tokens tokens;
  LayerCache cache;
  Rotation rotation;
  View<const float> latents;  // [tokens][lora + rope], in order
  View<const float> norm;     // [lora]
  float epsilon = 0;
  int32_t lora = 0;
  View<const float> projected;  // [tokens][heads][head_stride]: nope, then rope, in order
  int32_t heads = 0, nope = 0, head_stride = 0;
  View<float> queries;  // [tokens][heads][lora + rope]
};
void rotate_latent(Stream& stream, const LatentArguments& arguments);

// With grouped queries: norms and turns each head of queries (in place) and keys, and writes keys
// and values to the cache.
struct GroupedArguments {
  Tokens tokens;
  LayerCache cache;
  Rotation rotation;
  View<float> queries;               // [tokens][heads][key_dim], in order
  View<float> keys;                  // [tokens][kv_heads][key_dim]
  View<const float> values;          // [tokens][kv_heads · value_dim]
  View<const float> q_norm, k_norm;  // [key_dim] or empty
  float epsilon = 0;
  int32_t heads = 0, kv_heads = 0, key_dim = 0, value_width = 0;
};
void rotate_grouped(Stream& stream, const GroupedArguments& arguments);

}  // namespace engine::backend::cuda
