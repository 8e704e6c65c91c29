// The like of fragments.h for the formats that are no levels with a scale.
#pragma once

#include "engine/backend/cuda/unpack.h"

namespace engine::backend::cuda {

// Halves are read where they are needed: they are many, and need no unpacking.
class HalfUnit {
 public:
  static constexpr float raised = 1;
  static constexpr int narrow_blocks = 4, wide_blocks = 3, group_blocks = 2;

  DEVICE void fetch(const DeviceMatrix&, size_t row, int index) { at_ = row + size_t(index) * 64; }
  DEVICE void prepare(const DeviceMatrix&, int, bool there) { there_ = there; }
  DEVICE void eight(const DeviceMatrix& m, int run, int part, uint32_t (&to)[4]) const {
    Words4 words{0, 0, 0, 0};
    if (there_) words = load_weights(m.data, at_ + run * 32 + part * 16);
    to[0] = words.x, to[1] = words.y, to[2] = words.z, to[3] = words.w;
  }

 private:
  size_t at_;
  bool there_;
};

// A unit of any format: for float32 and bfloat16, and where gate and up differ.
class AnyUnit {
 public:
  static constexpr float raised = 1;
  static constexpr int narrow_blocks = 4, wide_blocks = 3;

  DEVICE void fetch(const DeviceMatrix&, size_t row, int index) { row_ = row, index_ = index; }
  DEVICE void prepare(const DeviceMatrix&, int, bool there) { there_ = there; }
  DEVICE void eight(const DeviceMatrix& m, int run, int part, uint32_t (&to)[4]) const {
#define LEMMA_CASE(name) \
  case Format::name:     \
    return eight_of<Format::name>(m, run, part, to)
    switch (m.format) {
      LEMMA_CASE(f32);
      LEMMA_CASE(f16);
      LEMMA_CASE(q8_0);
      LEMMA_CASE(q4);
      LEMMA_CASE(k);
      LEMMA_CASE(q6_k);
      LEMMA_CASE(other);
    }
#undef LEMMA_CASE
  }

 private:
  template <Format format>
  DEVICE void eight_of(const DeviceMatrix& m, int run, int part, uint32_t (&to)[4]) const {
    Unit<format> unit;
    load_unit<format>(m, row_, index_, unit);
    float q[16];
    levels_of_run(unit, m.type, run, q);
    const auto value = [&](int i) {
      return there_ ? multiply_add(unit.scale[run], q[part * 8 + i], unit.offset[run]) : 0.0f;
    };
#pragma unroll
    for (int i = 0; i < 4; ++i) to[i] = pack_halves(value(2 * i), value(2 * i + 1));
  }

  size_t row_;
  int index_;
  bool there_;
};

}  // namespace engine::backend::cuda
