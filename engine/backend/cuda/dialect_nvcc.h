// dialect.h on a GPU. Every function has its twin in tests/support/cuda_emulation/dialect.h, which
// says what it does; `lemma-gpu-twins` compares the two on a GPU.
//
// Products and sums are fused only where multiply_add says so (nvcc runs with -fmad=false): a row's
// bits then do not depend on which variant of a kernel computed it.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#define DEVICE __device__ __forceinline__
#define ANYWHERE __host__ __device__ __forceinline__
#define KERNEL(threads) __global__ void __launch_bounds__(threads)
// At least so many blocks of it fit onto a processor.
#define KERNEL_CROWDED(threads, blocks) __global__ void __launch_bounds__(threads, blocks)
#define PARAMETER(type) const __grid_constant__ type

namespace engine::backend::cuda {

inline constexpr unsigned all_lanes = 0xffffffffu;

DEVICE int thread_index() { return static_cast<int>(threadIdx.x); }
DEVICE int thread_count() { return static_cast<int>(blockDim.x); }
DEVICE int lane_index() { return thread_index() % 32; }
DEVICE int warp_index() { return thread_index() / 32; }
DEVICE int warp_count() { return thread_count() / 32; }
DEVICE int block_x() { return static_cast<int>(blockIdx.x); }
DEVICE int block_y() { return static_cast<int>(blockIdx.y); }
DEVICE int block_z() { return static_cast<int>(blockIdx.z); }
DEVICE int grid_x() { return static_cast<int>(gridDim.x); }

DEVICE std::byte* shared_memory(size_t first, size_t) {
  extern __shared__ uint4 block_memory[];
  return reinterpret_cast<std::byte*>(block_memory) + first;
}

DEVICE void check_aligned(const void*, size_t) {}

struct Words4;
template <typename T = Words4>
DEVICE T load_constant16(const uint8_t* from) {
  const uint4 words = __ldg(reinterpret_cast<const uint4*>(from));
  return {words.x, words.y, words.z, words.w};
}
DEVICE uint32_t load_constant4(const uint8_t* from) {
  return __ldg(reinterpret_cast<const uint32_t*>(from));
}
DEVICE uint16_t load_constant2(const uint8_t* from) {
  return __ldg(reinterpret_cast<const uint16_t*>(from));
}

DEVICE void block_barrier() { __syncthreads(); }

// From Hopper on a kernel may start while the one before it still runs, to have its blocks in
// place; it must not read or write what that one does before this returns.
DEVICE void wait_for_previous_kernel() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// A line of device memory on its way to the L2 cache, which nobody waits for.
DEVICE void prefetch_line(const uint8_t* address) {
  asm volatile("prefetch.global.L2 [%0];" ::"l"(address));
}

// All blocks of a cooperative grid arrive before one goes on, and what they wrote is seen. The
// count of arrivals starts the kernel as 0, as `expected` does in each thread.
DEVICE void grid_barrier(uint32_t* arrivals, uint32_t& expected) {
  expected += gridDim.x;
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    atomicAdd(arrivals, 1);
    uint32_t there;
    do {
      asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(there) : "l"(arrivals) : "memory");
    } while (there < expected);
    __threadfence();
  }
  __syncthreads();
}

DEVICE int add_atomically(int* to, int value) { return atomicAdd(to, value); }
DEVICE void publish_to_other_blocks() { __threadfence(); }

// The byte becomes the low bits of the float 2^23 + byte, which leaves it exact.
DEVICE float byte_to_float(uint32_t bytes, int index) {
  return __uint_as_float(__byte_perm(bytes, 0x4b000000u, 0x7440u | index)) - 8388608.0f;
}

// sum + Σ of four products: bytes of `levels` without a sign, of `values` with one.
DEVICE int dot4(uint32_t levels, uint32_t values, int sum) {
  int result;
  asm("dp4a.u32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(levels), "r"(values), "r"(sum));
  return result;
}
// Of a power of two: a shift is less than a division.
DEVICE int exponent_of(int power) { return 31 - __clz(power); }

DEVICE float half_to_float(uint16_t half) { return __half2float(__ushort_as_half(half)); }
DEVICE uint16_t float_to_half(float value) { return __half_as_ushort(__float2half_rn(value)); }
DEVICE float bits_to_float(uint32_t bits) { return __uint_as_float(bits); }
DEVICE uint32_t float_to_bits(float value) { return __float_as_uint(value); }

// Saturating: activations past half's range stay finite. What is no number stays none.
DEVICE uint32_t pack_halves(float low, float high) {
  const __half2 most = __float2half2_rn(65504.0f);
  const __half2 both = __hmax2_nan(__hmin2_nan(__floats2half2_rn(low, high), most), __hneg2(most));
  return *reinterpret_cast<const uint32_t*>(&both);
}

// The low byte of each, the first lowest.
DEVICE uint32_t low_bytes(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return __byte_perm(__byte_perm(a, b, 0x0040), __byte_perm(c, d, 0x0040), 0x5410);
}
// Byte `index` of the eight of two words, in the low bits; the others say nothing.
DEVICE uint32_t byte_of(uint32_t low, uint32_t high, unsigned index) {
  return __byte_perm(low, high, index);
}
DEVICE int count_bits(uint32_t bits) { return __popc(bits); }

DEVICE float multiply_add(float a, float b, float c) { return fmaf(a, b, c); }
DEVICE float exponential(float x) { return expf(x); }
DEVICE float square_root(float x) { return sqrtf(x); }
DEVICE float absolute(float x) { return fabsf(x); }

}  // namespace engine::backend::cuda

#include "engine/backend/cuda/e4m3_nvcc.h"
#include "engine/backend/cuda/tiles_nvcc.h"
#include "engine/backend/cuda/warp_nvcc.h"

#include "engine/backend/cuda/groups_nvcc.h"
