// What the products of float_products.h are cut into: tiles of sums that stay in registers.
#pragma once

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {

// Past it lies infinity.
inline constexpr float greatest_half = 65504;

// Rows of a or p in a tile. Widening a vector of halves takes two operations, which more rows
// share.
template <typename V, typename B>
inline constexpr int tile_rows = 4;
template <typename V>
inline constexpr int tile_rows<V, uint16_t> = V::half_rows;

// What else a tile of so many rows holds, up to `most`: rows of b, or vectors of c.
template <typename V>
constexpr int tile_columns(int rows, int most) {
  return V::sums / rows < most ? V::sums / rows : most;
}

// Calls strip<rows>(first) over `count` rows, as many as fit at a time.
template <typename V, typename B, typename Strip>
inline void for_each_strip(int count, const Strip& strip) {
  constexpr int most = tile_rows<V, B>;
  int i = 0;
  for (; i + most <= count; i += most) strip.template operator()<most>(i);
  if constexpr (most > 4) {
    for (; i + 4 <= count; i += 4) strip.template operator()<4>(i);
  }
  for (; i + 2 <= count; i += 2) strip.template operator()<2>(i);
  for (; i < count; ++i) strip.template operator()<1>(i);
}

// c[i][j] = V::sum(x[i][j]), side by side where V can.
template <typename V, int I, int J>
inline void store_sums(const typename V::Register (&x)[I][J], float* c, size_t stride) {
  if constexpr (I * J == V::sums && requires { V::sum_all; }) {
    typename V::Register ordered[V::sums];
#pragma GCC unroll 16
    for (int i = 0; i < V::sums; ++i) ordered[i / 4 + V::sums / 4 * (i % 4)] = x[i / J][i % J];
    alignas(64) float all[V::sums];
    V::store(all, V::sum_all(ordered));
    for (int i = 0; i < I; ++i) __builtin_memcpy(c + i * stride, all + i * J, J * sizeof(float));
  } else {
    for (int i = 0; i < I; ++i) {
      for (int j = 0; j < J; ++j) c[i * stride + j] = V::sum(x[i][j]);
    }
  }
}

}  // namespace engine::backend::cpu
