#include <cmath>

#include "engine/backend/cpu/float_kernels.h"
#include "engine/gguf/half.h"

namespace engine::backend::cpu {
namespace {

// Four lanes in plain C++, which a compiler for any processor can keep in one vector register.
struct Vector {
  struct Register {
    float lane[4];
  };
  static constexpr int width = 4;
  static constexpr int sums = 8;
  static constexpr int half_rows = 4;

  template <typename Operation>
  static Register each(const Operation& operation) {
    Register result;
    for (int i = 0; i < width; ++i) result.lane[i] = operation(i);
    return result;
  }

  static Register all(float value) {
    return each([&](int) { return value; });
  }
  static Register load(const float* from) {
    return each([&](int i) { return from[i]; });
  }
  static void store(float* to, const Register& value) { store_first(to, width, value); }
  static Register load_first(const float* from, int count) {
    return each([&](int i) { return i < count ? from[i] : 0.0f; });
  }
  static void store_first(float* to, int count, const Register& value) {
    for (int i = 0; i < count; ++i) to[i] = value.lane[i];
  }
  static Register load(const uint16_t* from) { return load_first(from, width); }
  static Register load_first(const uint16_t* from, int count) {
    return each([&](int i) { return i < count ? gguf::half_to_float(from[i]) : 0.0f; });
  }
  static void store_first(uint16_t* to, int count, const Register& value) {
    for (int i = 0; i < count; ++i) {
      const float x = value.lane[i];
      to[i] = gguf::float_to_half(x > greatest_half    ? greatest_half
                                  : x < -greatest_half ? -greatest_half
                                                       : x);
    }
  }
  static Register load_bfloat(const uint16_t* from, int count) {
    return each([&](int i) { return i < count ? gguf::bfloat_to_float(from[i]) : 0.0f; });
  }
  static Register add(const Register& a, const Register& b) {
    return each([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static Register maximum(const Register& a, const Register& b) {
    return each([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static Register multiply(const Register& a, const Register& b) {
    return each([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static Register divide(const Register& a, const Register& b) {
    return each([&](int i) { return a.lane[i] / b.lane[i]; });
  }
  static Register multiply_add(const Register& a, const Register& b, const Register& c) {
    return each([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
  }
  static float sum(const Register& value) {
    return (value.lane[0] + value.lane[2]) + (value.lane[1] + value.lane[3]);
  }
  static Register exp(const Register& x) {
    return each([&](int i) { return std::exp(std::fmin(std::fmax(x.lane[i], -87.0f), 88.0f)); });
  }
};

}  // namespace

extern const FloatKernels float_kernels_generic = float_kernels<Vector>();

}  // namespace engine::backend::cpu
