// The instructions of a warp group, four warps of 128 threads, of Hopper's tensor cores; their
// emulated twins are in tests/support/cuda_emulation/groups.h. Included by dialect_nvcc.h alone.
// They exist in code for sm_90a only (has_group_products).
//
// Products run asynchronously. By the PTX ISA (wgmma.fence, wgmma.wait_group, "Async Proxy"):
// fence_group_registers() lies between what writes registers that a product reads or adds to and
// the product, but products in a row may add to the same sums; and neither these registers nor the
// sums are touched before the wait. What the matrix in shared memory was written with comes before
// publish_to_tensor_cores() of the same thread, and that before a barrier.
#pragma once

#include "engine/backend/cuda/tile_descriptor.h"

namespace engine::backend::cuda {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
inline constexpr bool has_group_products = true;
#define LEMMA_GROUP_ASM(...) asm volatile(__VA_ARGS__)
#else
inline constexpr bool has_group_products = false;
#define LEMMA_GROUP_ASM(...) static_assert(true)
#endif

DEVICE void publish_to_tensor_cores() {
  LEMMA_GROUP_ASM("fence.proxy.async.shared::cta;" ::: "memory");
}
DEVICE void fence_group_registers() { LEMMA_GROUP_ASM("wgmma.fence.sync.aligned;" ::: "memory"); }
DEVICE void commit_group_products() {
  LEMMA_GROUP_ASM("wgmma.commit_group.sync.aligned;" ::: "memory");
}
// Until at most `pending` groups are under way.
template <int pending>
DEVICE void wait_for_group_products() {
  LEMMA_GROUP_ASM("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
}
// The compiler keeps what is done with these registers on its side of this point.
template <int count>
DEVICE void settle(uint32_t (&values)[count]) {
#pragma unroll
  for (int i = 0; i < count; ++i) asm volatile("" : "+r"(values[i])::"memory");
}
template <int count>
DEVICE void settle(float (&values)[count]) {
#pragma unroll
  for (int i = 0; i < count; ++i) asm volatile("" : "+f"(values[i])::"memory");
}

DEVICE uint64_t describe_tiles(const uint16_t* start, int leading_bytes, int stride_bytes) {
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(start));
  return encode_tiles(address, leading_bytes, stride_bytes);
}

// Operands: sums, a, descriptor of b; then "add to the sums" (scale-d), no signs changed (1, 1), b
// not transposed (0).
#define LEMMA_EIGHT(d, i)                                                                     \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), \
      "+f"(d[i + 6]), "+f"(d[i + 7])
#define LEMMA_32(d) LEMMA_EIGHT(d, 0), LEMMA_EIGHT(d, 8), LEMMA_EIGHT(d, 16), LEMMA_EIGHT(d, 24)
#define LEMMA_64(d) \
  LEMMA_32(d), LEMMA_EIGHT(d, 32), LEMMA_EIGHT(d, 40), LEMMA_EIGHT(d, 48), LEMMA_EIGHT(d, 56)

// d += a · b for 64×16, 16×columns; warp w of the group has rows 16w … of a and d, in fragments
// like those of multiply_tiles(): PTX ISA, "matrix fragments for wgmma.mma_async.m64nNk16".
template <int columns>
DEVICE void multiply_group_tiles(float (&d)[columns / 2], const uint32_t (&a)[4], uint64_t b) {
  static_assert(columns == 16 || columns == 64 || columns == 128);
  if constexpr (columns == 16) {
    LEMMA_GROUP_ASM(
        "wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16 {%0,%1,%2,%3,%4,%5,%6,%7}, "
        "{%8,%9,%10,%11}, %12, 1, 1, 1, 0;"
        : LEMMA_EIGHT(d, 0)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)
        : "memory");
  } else if constexpr (columns == 64) {
    LEMMA_GROUP_ASM(
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {"
        "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,"
        "%24,%25,%26,%27,%28,%29,%30,%31}, {%32,%33,%34,%35}, %36, 1, 1, 1, 0;"
        : LEMMA_32(d)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)
        : "memory");
  } else {
    LEMMA_GROUP_ASM(
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 {"
        "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,"
        "%24,%25,%26,%27,%28,%29,%30,%31,%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,"
        "%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63}, "
        "{%64,%65,%66,%67}, %68, 1, 1, 1, 0;"
        : LEMMA_64(d)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)
        : "memory");
  }
}
#undef LEMMA_64
#undef LEMMA_32
#undef LEMMA_EIGHT
#undef LEMMA_GROUP_ASM

}  // namespace engine::backend::cuda
