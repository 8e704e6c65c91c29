// Device memory as kernels see it: a pointer and a size, so that the emulation can check every
// access. On a GPU nothing is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "engine/backend/cuda/dialect.h"

namespace engine::backend::cuda {

template <typename T>
struct View {
  T* data = nullptr;
  size_t size = 0;

  ANYWHERE T& operator[](size_t index) const {
    check(index, 1);
    return data[index];
  }
  ANYWHERE View from(size_t first) const {
    check(first, 0);
    return {data + first, size - first};
  }
  ANYWHERE bool empty() const { return data == nullptr; }
  template <typename U = T>
  requires(!std::is_const_v<U>) ANYWHERE operator View<const U>() const { return {data, size}; }

  ANYWHERE void check([[maybe_unused]] size_t index, [[maybe_unused]] size_t count) const {
#if defined(LEMMA_CUDA_EMULATION)
    if (index + count > size || index + count < index) out_of_bounds(index, count, size);
#endif
  }
};

struct alignas(16) Words4 {
  uint32_t x, y, z, w;
};
struct alignas(16) Float4 {
  float x, y, z, w;
};

// `index` counts bytes; it and the view's start are multiples of 16. What is read so is never
// written while kernels run, so that it may come through the read-only cache.
DEVICE Words4 load_weights(const View<const uint8_t>& bytes, size_t index) {
  bytes.check(index, 16);
  return load_constant16(bytes.data + index);
}

DEVICE uint32_t load_weights4(const View<const uint8_t>& bytes, size_t index) {
  bytes.check(index, 4);
  return load_constant4(bytes.data + index);
}

DEVICE uint16_t load_weights2(const View<const uint8_t>& bytes, size_t index) {
  bytes.check(index, 2);
  return load_constant2(bytes.data + index);
}

// `index` counts floats and is a multiple of 4.
DEVICE Float4 load_float4(const View<const float>& values, size_t index) {
  values.check(index, 4);
  check_aligned(values.data + index, 16);
  return *reinterpret_cast<const Float4*>(values.data + index);
}

DEVICE void store_float4(const View<float>& values, size_t index, const Float4& four) {
  values.check(index, 4);
  check_aligned(values.data + index, 16);
  *reinterpret_cast<Float4*>(values.data + index) = four;
}

// `index` counts words and is a multiple of 4.
DEVICE Words4 load_words4(const View<uint32_t>& words, size_t index) {
  words.check(index, 4);
  check_aligned(words.data + index, 16);
  return *reinterpret_cast<const Words4*>(words.data + index);
}

struct alignas(8) Int2 {
  int32_t x, y;
};
// `index` counts numbers and is even.
DEVICE Int2 load_int2(const View<int32_t>& values, size_t index) {
  values.check(index, 2);
  check_aligned(values.data + index, 8);
  return *reinterpret_cast<const Int2*>(values.data + index);
}

// Eight halves; `index` counts halves and is a multiple of 8.
DEVICE Words4 load_halves(const View<const uint16_t>& values, size_t index) {
  values.check(index, 8);
  check_aligned(values.data + index, 16);
  return *reinterpret_cast<const Words4*>(values.data + index);
}
DEVICE void store_halves(const View<uint16_t>& values, size_t index, const Words4& words) {
  values.check(index, 8);
  check_aligned(values.data + index, 16);
  *reinterpret_cast<Words4*>(values.data + index) = words;
}

// 16 bytes, which kernels may have written; `index` counts bytes and is a multiple of 16.
DEVICE Words4 load_bytes(const View<const uint8_t>& bytes, size_t index) {
  bytes.check(index, 16);
  check_aligned(bytes.data + index, 16);
  return *reinterpret_cast<const Words4*>(bytes.data + index);
}

struct alignas(8) Words2 {
  uint32_t x, y;
};
// `index` counts words and is even.
DEVICE void store_words2(const View<uint32_t>& words, size_t index, const Words2& two) {
  words.check(index, 2);
  check_aligned(words.data + index, 8);
  *reinterpret_cast<Words2*>(words.data + index) = two;
}
// Two halves in a word; `index` is even.
DEVICE void store_two_halves(const View<uint16_t>& values, size_t index, uint32_t two) {
  values.check(index, 2);
  check_aligned(values.data + index, 4);
  *reinterpret_cast<uint32_t*>(values.data + index) = two;
}
// Four halves, two in a word; `index` is a multiple of 4.
DEVICE void store_four_halves(const View<uint16_t>& values, size_t index, const Words2& words) {
  values.check(index, 4);
  check_aligned(values.data + index, 8);
  *reinterpret_cast<Words2*>(values.data + index) = words;
}

// The next `count` values of the block's shared memory, after the `used` bytes handed out before;
// aligned to 16 bytes. What a block asks for in all, its launch must have asked for.
template <typename T>
DEVICE View<T> shared(size_t count, size_t& used) {
  std::byte* const memory = shared_memory(used, count * sizeof(T));
  used += (count * sizeof(T) + 15) / 16 * 16;
  return {reinterpret_cast<T*>(memory), count};
}

}  // namespace engine::backend::cuda
