// The memory of products by tiles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cpu/tile_kernels.h"

namespace engine::backend::cpu {

// Memory that starts on a cache line and is kept from one use to the next.
template <typename T>
class AlignedBuffer {
 public:
  // At least `size` values, undefined.
  T* sized(size_t size) {
    if (size > size_) lines_.resize((size * sizeof(T) + sizeof(Line) - 1) / sizeof(Line));
    if (size > size_) size_ = size;
    return data();
  }
  T* data() { return reinterpret_cast<T*>(lines_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(lines_.data()); }

 private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> lines_;
  size_t size_ = 0;
};

// A thread's own memory for products.
struct TileScratch {
  AlignedBuffer<uint16_t> weights;  // of two pairs of groups
  AlignedBuffer<float> widened;     // a piece of halves
  AlignedBuffer<uint16_t> gathered;
  AlignedBuffer<TileSums> sums;
  std::vector<const uint16_t*> tiles;
  alignas(64) uint8_t levels[chunk_columns];
  float scales[chunk_columns / part_columns], minimums[chunk_columns / part_columns];
};

// The kernels and every thread's memory.
struct Tiles {
  const TileKernels& kernels;
  std::vector<TileScratch> scratch;              // [thread]
  ColumnOrder activations = ColumnOrder::plain;  // of rows whose width allows it

  ColumnOrder order_of(int width) const {
    return width % woven_columns == 0 ? activations : ColumnOrder::plain;
  }
};

// Tokens in tiles of 16: [tile] → [step][pair][token][2].
struct TokenTiles {
  std::span<const uint16_t* const> tiles;
  ColumnOrder order;

  size_t size() const { return tiles.size(); }
  TokenTiles some(size_t first, size_t most) const {
    return {tiles.subspan(first, std::min(most, size() - first)), order};
  }
};

// Null without kernels.
inline std::unique_ptr<Tiles> make_tiles(const TileKernels* kernels, int threads,
                                         ColumnOrder activations) {
  if (kernels == nullptr) return nullptr;
  return std::make_unique<Tiles>(Tiles{*kernels, std::vector<TileScratch>(threads), activations});
}

}  // namespace engine::backend::cpu
