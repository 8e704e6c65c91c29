// The emulated twins of a warp group's instructions (engine/backend/cuda/groups_nvcc.h), which run
// asynchronously there: here a product is carried out as late as it may be, when it is waited for.
// Until then its sums hold NaNs, and what it reads must stay as it was.
#pragma once

#include <cstdint>

#include "cuda_emulation/fibers.h"

namespace cuda_emulation {

void start_group_product(float* sums, const uint32_t* a, uint64_t b, int columns);
void fence_group();
void commit_group();
// Until at most `pending` committed groups of products are under way.
void wait_for_group(int pending);

}  // namespace cuda_emulation

#include "engine/backend/cuda/tile_descriptor.h"

namespace engine::backend::cuda {

inline constexpr bool has_group_products = true;

inline void publish_to_tensor_cores() { cuda_emulation::publish_shared(); }
inline void fence_group_registers() { cuda_emulation::fence_group(); }
inline void commit_group_products() { cuda_emulation::commit_group(); }
template <int pending>
void wait_for_group_products() {
  cuda_emulation::wait_for_group(pending);
}
template <int count>
void settle(uint32_t (&)[count]) {}
template <int count>
void settle(float (&)[count]) {}

inline uint64_t describe_tiles(const uint16_t* start, int leading_bytes, int stride_bytes) {
  const auto at = reinterpret_cast<const std::byte*>(start) - cuda_emulation::place().shared;
  if (at % 16 != 0 || leading_bytes % 16 != 0 || stride_bytes % 16 != 0) {
    cuda_emulation::violation("a matrix whose parts are not aligned to 16 bytes");
  }
  return encode_tiles(static_cast<uint32_t>(at), leading_bytes, stride_bytes);
}

template <int columns>
void multiply_group_tiles(float (&d)[columns / 2], const uint32_t (&a)[4], uint64_t b) {
  static_assert(columns >= 8 && columns <= 256 && columns % 8 == 0);
  cuda_emulation::start_group_product(d, a, b, columns);
}

}  // namespace engine::backend::cuda
