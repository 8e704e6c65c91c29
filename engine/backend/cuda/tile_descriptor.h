// How a matrix in shared memory is described to a warp group's tensor cores. PTX ISA, "Matrix
// Descriptor Format" of wgmma: bits 0–13 hold the start, 16–29 the leading and 32–45 the stride
// dimension's byte offset, each without its last four bits and of 18 at most; 49–51 the base offset
// and 62–63 the swizzling, both 0 without it.
//
// Without swizzling, and with neighbouring k side by side ("K-major"), the matrix consists of core
// matrices of eight rows of 16 bytes, 128 bytes in a row. The leading offset leads from a core
// matrix to that of the next eight k, the stride offset to that of the next eight columns. (The
// canonical layout ((8,m),(T,2k)):((1T,SBO),(1,LBO)) of the PTX ISA, its example of tf32 without
// swizzling, and CUTLASS's make_gmma_desc say the same; other pages swap the two.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::backend::cuda {

ANYWHERE uint64_t encode_tiles(uint32_t start, uint32_t leading_bytes, uint32_t stride_bytes) {
  const auto encode = [](uint32_t bytes) { return uint64_t{(bytes & 0x3ffff) >> 4}; };
  return encode(start) | encode(leading_bytes) << 16 | encode(stride_bytes) << 32;
}

// What to add to a descriptor for a matrix so many bytes further on.
ANYWHERE constexpr uint64_t described(size_t bytes) { return bytes >> 4; }

}  // namespace engine::backend::cuda
