// Who does the work of an operation: a whole launched grid, or all blocks of the persistent kernel
// (phased_step.h) in one of its phases. An operation is written once, over workers, and both use
// it.
#pragma once

#include "engine/backend/cuda/view.h"

namespace engine::backend::cuda {

struct Workers {
  int block, blocks;
  int first = 0;  // the warp that takes the first piece; those before it have other work

  // Neighbouring numbers lie in different blocks, so that little work still meets all processors.
  DEVICE int warp() const {
    const int number = warp_index() * blocks + block - first;
    return number < 0 ? number + warps() : number;
  }
  DEVICE int warps() const { return warp_count() * blocks; }
  // Whether this block may have a part of so many pieces for warps.
  DEVICE bool has_some_of(int pieces) const { return first > 0 || block < pieces; }
  // The same, whose first `taken` warps are busy.
  DEVICE Workers behind(int taken) const { return {block, blocks, taken % warps()}; }
};

// Those of a launched grid whose x direction shares the work.
DEVICE Workers launched_workers() { return {block_x(), grid_x()}; }

inline constexpr int line_bytes = 128;

// Asks for the lines of a piece of weights, each by another thread of those who share the work.
DEVICE void prefetch(const View<const uint8_t>& bytes, size_t first, size_t count, int thread,
                     int threads) {
  for (size_t at = size_t(thread) * line_bytes; at < count; at += size_t(threads) * line_bytes) {
    bytes.check(first + at, 1);
    prefetch_line(bytes.data + first + at);
  }
}

}  // namespace engine::backend::cuda
