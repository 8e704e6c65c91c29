// The emulated twins of the tensor cores' instructions, by the fragment layouts of the PTX ISA.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>

#include "cuda_emulation/fibers.h"

namespace engine::backend::cuda {

inline uint32_t pack_halves(float low, float high) {
  constexpr float most = 65504.0f;
  return float_to_half(std::clamp(low, -most, most)) |  // which leaves NaN as it is
         uint32_t{float_to_half(std::clamp(high, -most, most))} << 16;
}

inline int count_bits(uint32_t bits) { return std::popcount(bits); }

inline uint32_t warp_ballot(bool vote) {
  uint32_t mine = vote;
  const auto combine = [](void* const* lanes, const void*) {
    uint32_t all = 0;
    for (int lane = 0; lane < 32; ++lane) all |= *static_cast<uint32_t*>(lanes[lane]) << lane;
    for (int lane = 0; lane < 32; ++lane) *static_cast<uint32_t*>(lanes[lane]) = all;
  };
  cuda_emulation::warp_operation("warp_ballot", &mine, combine, nullptr);
  return mine;
}

struct TileProduct {
  float* d;
  const uint32_t* a;
  uint32_t b[2];
};

inline float half_of(uint32_t two, int index) {
  return half_to_float(static_cast<uint16_t>(two >> index * 16));
}

// Lane 4g + t holds a(g, 2t), a(g + 8, 2t), a(g, 2t + 8), a(g + 8, 2t + 8), each with its right
// neighbour; b(2t, g), b(2t + 8, g) with the one below; d(g, 2t), d(g + 8, 2t) with the right one.
inline void multiply_all_tiles(void* const* lanes, const void*) {
  float a[16][16], b[16][8];
  const auto lane_of = [&](int lane) -> TileProduct& {
    return *static_cast<TileProduct*>(lanes[lane]);
  };
  for (int lane = 0; lane < 32; ++lane) {
    const int g = lane / 4, t = lane % 4;
    for (int part = 0; part < 4; ++part) {
      for (int i = 0; i < 2; ++i) {
        a[g + part % 2 * 8][2 * t + part / 2 * 8 + i] = half_of(lane_of(lane).a[part], i);
      }
    }
    for (int part = 0; part < 2; ++part) {
      for (int i = 0; i < 2; ++i) b[2 * t + part * 8 + i][g] = half_of(lane_of(lane).b[part], i);
    }
  }
  for (int lane = 0; lane < 32; ++lane) {
    const int g = lane / 4, t = lane % 4;
    for (int part = 0; part < 4; ++part) {
      const int row = g + part / 2 * 8, column = 2 * t + part % 2;
      float sum = 0;
      for (int k = 0; k < 16; ++k) sum += a[row][k] * b[k][column];
      lane_of(lane).d[part] += sum;
    }
  }
}

inline void multiply_tiles(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  TileProduct mine{d, a, {b0, b1}};
  cuda_emulation::warp_operation("multiply_tiles", &mine, multiply_all_tiles, nullptr);
}

// Nothing is late here: the barrier that has to follow is what the emulation can check.
inline void start_copy(uint16_t* to, const uint16_t* from) { std::copy_n(from, 8, to); }
inline void wait_for_copies() {}

// The nearest float whose last bit says whether something was cut off, so that rounding it once
// more is as good as rounding `value` itself.
inline float rounded_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  if (static_cast<double>(nearest) == value || std::bit_cast<uint32_t>(nearest) & 1) return nearest;
  return std::nextafter(nearest, static_cast<double>(nearest) < value ? INFINITY : -INFINITY);
}

inline uint32_t scale_bytes(uint32_t bytes, int pair, uint32_t scale, uint32_t offset) {
  uint32_t result = 0;
  for (int i = 0; i < 2; ++i) {
    const double level = bytes >> (pair * 2 + i) * 8 & 0xff;
    const float value = rounded_to_odd(level * half_of(scale, i) + half_of(offset, i));
    result |= uint32_t{float_to_half(value)} << i * 16;
  }
  return result;
}

struct TileLoad {
  const uint16_t* row;
  uint32_t* to;
};

// Lane 4g + t receives, of each matrix, row g at columns 2t and 2t + 1; transposed, column g at
// rows 2t and 2t + 1.
template <bool transposed>
void load_all_tiles(void* const* lanes, const void*) {
  for (int lane = 0; lane < 32; ++lane) {
    const int g = lane / 4, t = lane % 4;
    for (int matrix = 0; matrix < 4; ++matrix) {
      const auto cell = [&](int row, int column) {
        return static_cast<const TileLoad*>(lanes[matrix * 8 + row])->row[column];
      };
      const uint32_t first = transposed ? cell(2 * t, g) : cell(g, 2 * t);
      const uint32_t second = transposed ? cell(2 * t + 1, g) : cell(g, 2 * t + 1);
      static_cast<TileLoad*>(lanes[lane])->to[matrix] = first | second << 16;
    }
  }
}

template <bool transposed>
void load_tiles_as(uint32_t (&to)[4], const uint16_t* row) {
  const cuda_emulation::Place& place = cuda_emulation::place();
  const auto at = reinterpret_cast<uintptr_t>(row),
             first = reinterpret_cast<uintptr_t>(place.shared);
  if (at < first || at + 16 > first + place.shared_bytes || at % 16 != 0) {
    cuda_emulation::violation("a tile's row outside of shared memory, or misaligned");
  }
  TileLoad mine{row, to};
  cuda_emulation::warp_operation("load_tiles", &mine, load_all_tiles<transposed>, nullptr);
}
inline void load_tiles(uint32_t (&to)[4], const uint16_t* row) { load_tiles_as<false>(to, row); }
inline void load_tiles_transposed(uint32_t (&to)[4], const uint16_t* row) {
  load_tiles_as<true>(to, row);
}

}  // namespace engine::backend::cuda
