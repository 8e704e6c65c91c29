// The float kernels, written once over a vector type and compiled in each float_*.cpp with its own:
// V::width lanes of V::Register, loaded from and stored to floats, or uint16_t, which are values in
// half precision. V is in an unnamed namespace there, so that no instantiation is
// shared between instruction sets.
#pragma once

#include "engine/backend/cpu/float_products.h"

namespace engine::backend::cpu {

// The Taylor series of e^x from the seventh term down; for |x| ≤ ln 2 / 2 its error is below 2^-23.
inline constexpr int exp_terms = 7;
inline constexpr float exp_series[exp_terms] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6,
                                                0.5f,       1.0f,       1.0f};

// Calls step(first, count) for whole vectors, then once for what is left.
template <typename V, typename Step>
inline void for_each_vector(int size, const Step& step) {
  int i = 0;
  for (; i + V::width <= size; i += V::width) step(i, V::width);
  if (i < size) step(i, size - i);
}

template <typename V>
Softmax softmax(float* x, int size, float scale) {
  auto greatest = V::all(x[0]);
  int whole = 0;
  for (; whole + V::width <= size; whole += V::width) {
    greatest = V::maximum(greatest, V::load(x + whole));
  }
  float lanes[V::width];
  V::store(lanes, greatest);
  float most = x[0];
  for (int i = 0; i < V::width; ++i) most = lanes[i] > most ? lanes[i] : most;
  for (int i = whole; i < size; ++i) most = x[i] > most ? x[i] : most;
  const auto factor = V::all(scale), offset = V::all(-scale * most);
  auto sums = V::all(0);
  for_each_vector<V>(size, [&](int i, int count) {
    const auto power = V::exp(V::multiply_add(V::load_first(x + i, count), factor, offset));
    V::store_first(x + i, count, power);
    sums = V::add(sums, V::load_first(x + i, count));
  });
  const float sum = V::sum(sums);
  const auto inverse = V::all(1 / sum);
  for_each_vector<V>(size, [&](int i, int count) {
    V::store_first(x + i, count, V::multiply(V::load_first(x + i, count), inverse));
  });
  return {most, sum};
}

template <typename V>
void swiglu(float* gate, const float* up, int size) {
  const auto one = V::all(1), minus = V::all(-1);
  for_each_vector<V>(size, [&](int i, int count) {
    const auto g = V::load_first(gate + i, count);
    const auto sigmoid = V::divide(one, V::add(one, V::exp(V::multiply(g, minus))));
    const auto product = V::multiply(V::multiply(g, sigmoid), V::load_first(up + i, count));
    V::store_first(gate + i, count, product);
  });
}

template <typename V>
inline auto at_most(typename V::Register value, float bound) {
  const auto minus = V::all(-1);
  return V::multiply(minus, V::maximum(V::multiply(minus, value), V::all(-bound)));
}

template <typename V>
void clamped_swiglu(float* gate, const float* up, int size) {
  constexpr float bound = 7, slope = 1.702F;
  const auto one = V::all(1), minus_slope = V::all(-slope);
  for_each_vector<V>(size, [&](int i, int count) {
    const auto g = at_most<V>(V::load_first(gate + i, count), bound);
    const auto u = V::maximum(at_most<V>(V::load_first(up + i, count), bound), V::all(-bound));
    const auto sigmoid = V::divide(one, V::add(one, V::exp(V::multiply(g, minus_slope))));
    V::store_first(gate + i, count, V::multiply(V::multiply(g, sigmoid), V::add(u, one)));
  });
}

template <typename V>
void rms_norm(const float* x, const float* weight, int width, float epsilon, float* y) {
  auto squares = V::all(0);
  for_each_vector<V>(width, [&](int i, int count) {
    const auto value = V::load_first(x + i, count);
    squares = V::multiply_add(value, value, squares);
  });
  const float mean = V::sum(squares) / static_cast<float>(width);
  const auto scale = V::all(1 / __builtin_sqrtf(mean + epsilon));
  for_each_vector<V>(width, [&](int i, int count) {
    const auto value = V::multiply(V::load_first(x + i, count), scale);
    V::store_first(y + i, count, V::multiply(value, V::load_first(weight + i, count)));
  });
}

template <typename V>
void from_half(const uint16_t* halves, int size, float* values) {
  for_each_vector<V>(size, [&](int i, int count) {
    V::store_first(values + i, count, V::load_first(halves + i, count));
  });
}

template <typename V>
void to_half(const float* values, int size, uint16_t* halves) {
  for_each_vector<V>(size, [&](int i, int count) {
    V::store_first(halves + i, count, V::load_first(values + i, count));
  });
}

template <typename V>
void from_bfloat(const uint16_t* bfloats, int size, float* values) {
  for_each_vector<V>(size, [&](int i, int count) {
    V::store_first(values + i, count, V::load_bfloat(bfloats + i, count));
  });
}

template <typename V>
constexpr FloatKernels float_kernels() {
  return {multiply_rows<V, float>,
          multiply_rows<V, uint16_t>,
          add_weighted_rows<V, float>,
          add_weighted_rows<V, uint16_t>,
          softmax<V>,
          swiglu<V>,
          clamped_swiglu<V>,
          rms_norm<V>,
          from_half<V>,
          from_bfloat<V>,
          to_half<V>};
}

}  // namespace engine::backend::cpu
