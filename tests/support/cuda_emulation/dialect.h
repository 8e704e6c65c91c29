// engine/backend/cuda/dialect.h in plain C++ over fibers.h. Each function has its twin in
// engine/backend/cuda/dialect_nvcc.h; both give the same bits, but for exponentials and the like.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "cuda_emulation/fibers.h"

#define DEVICE inline
#define ANYWHERE inline
#define KERNEL(threads) void
#define KERNEL_CROWDED(threads, blocks) void
#define PARAMETER(type) const type

namespace engine::backend::cuda {

struct Words4;
struct Half2 {
  uint16_t low, high;
};

inline int thread_index() { return cuda_emulation::place().thread; }
inline int thread_count() { return cuda_emulation::place().threads; }
inline int lane_index() { return thread_index() % 32; }
inline int warp_index() { return thread_index() / 32; }
inline int warp_count() { return thread_count() / 32; }
inline int block_x() { return cuda_emulation::place().block.x; }
inline int block_y() { return cuda_emulation::place().block.y; }
inline int block_z() { return cuda_emulation::place().block.z; }
inline int grid_x() { return cuda_emulation::place().grid.x; }

[[noreturn]] inline void out_of_bounds(size_t index, size_t count, size_t size) {
  cuda_emulation::violation("access to " + std::to_string(count) + " at " + std::to_string(index) +
                            " of " + std::to_string(size));
}

inline std::byte* shared_memory(size_t first, size_t bytes) {
  const cuda_emulation::Place& place = cuda_emulation::place();
  if (first % 16 != 0 || first + bytes > place.shared_bytes) {
    cuda_emulation::violation("shared memory up to byte " + std::to_string(first + bytes) +
                              ", the launch asked for " + std::to_string(place.shared_bytes));
  }
  return place.shared + first;
}

inline void check_aligned(const void* address, size_t bytes) {
  if (reinterpret_cast<uintptr_t>(address) % bytes != 0) {
    cuda_emulation::violation("a misaligned access of " + std::to_string(bytes) + " bytes");
  }
}

template <typename T>
T load_aligned(const void* from) {
  check_aligned(from, sizeof(T));
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T = Words4>
T load_constant16(const uint8_t* from) {
  return load_aligned<T>(from);
}
inline uint32_t load_constant4(const uint8_t* from) { return load_aligned<uint32_t>(from); }
inline uint16_t load_constant2(const uint8_t* from) { return load_aligned<uint16_t>(from); }

inline void block_barrier() { cuda_emulation::block_barrier(); }
inline void wait_for_previous_kernel() {}

inline void prefetch_line(const uint8_t*) {}
inline void grid_barrier(uint32_t*, uint32_t&) { cuda_emulation::grid_barrier(); }

inline int add_atomically(int* to, int value) { return std::atomic_ref(*to).fetch_add(value); }
inline void publish_to_other_blocks() {}

// Byte `index` of `bytes` as a float.
inline float byte_to_float(uint32_t bytes, int index) {
  return static_cast<float>(bytes >> 8 * index & 0xff);
}

inline uint32_t low_bytes(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return (a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16 | d << 24;
}
inline uint32_t byte_of(uint32_t low, uint32_t high, unsigned index) {
  return ((index < 4 ? low : high) >> index % 4 * 8 & 0xff) | 0x5a5a5a00;
}
inline int dot4(uint32_t levels, uint32_t values, int sum) {
  for (int i = 0; i < 32; i += 8) {
    sum += static_cast<int>(levels >> i & 0xff) * static_cast<int8_t>(values >> i & 0xff);
  }
  return sum;
}
inline int exponent_of(int power) { return std::countr_zero(static_cast<unsigned>(power)); }

inline float half_to_float(uint16_t half);
inline uint16_t float_to_half(float value);
inline float bits_to_float(uint32_t bits) { return std::bit_cast<float>(bits); }
inline uint32_t float_to_bits(float value) { return std::bit_cast<uint32_t>(value); }

inline float multiply_add(float a, float b, float c) { return a * b + c; }
inline float exponential(float x) { return std::exp(x); }
inline float square_root(float x) { return std::sqrt(x); }
inline float absolute(float x) { return std::fabs(x); }

}  // namespace engine::backend::cuda

#include <cuda_emulation/e4m3.h>
#include <cuda_emulation/groups.h>
#include <cuda_emulation/half.h>
#include <cuda_emulation/tiles.h>
#include <cuda_emulation/warp.h>
