// The tensor cores' instructions; their emulated twins are in tests/support/cuda_emulation/tiles.h.
// Included by dialect_nvcc.h alone.
#pragma once

namespace engine::backend::cuda {

// d += a · b for 16×16, 16×8: PTX ISA, "matrix fragments for mma.m16n8k16".
DEVICE void multiply_tiles(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else  // Turing has only the half of it
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, "
      "{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, "
      "{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[2]), "r"(a[3]), "r"(b1));
#endif
}

// Four 8×8 matrices from shared memory; lane l brings the address of row l % 8 of matrix l / 8.
DEVICE void load_tiles(uint32_t (&to)[4], const uint16_t* row) {
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}
DEVICE void load_tiles_transposed(uint32_t (&to)[4], const uint16_t* row) {
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}

// Eight halves from the device's memory to shared memory, which may arrive as late as at the return
// of wait_for_copies().
DEVICE void start_copy(uint16_t* to, const uint16_t* from) {
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
#else
  *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(from);
#endif
}
// Those of this thread.
DEVICE void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

// scale · byte + offset for bytes 2 · pair and the next of `bytes`, each rounded once; all are two
// halves in a word. A byte becomes the low bits of the half 1024 + byte, which leaves it exact.
DEVICE uint32_t scale_bytes(uint32_t bytes, int pair, uint32_t scale, uint32_t offset) {
  const uint32_t raised = __byte_perm(bytes, 0x64646464u, pair == 0 ? 0x4140u : 0x4342u);
  const auto halves = [](uint32_t word) { return *reinterpret_cast<const __half2*>(&word); };
  const __half2 levels = __hsub2(halves(raised), halves(0x64006400u));
  const __half2 scaled = __hfma2(levels, halves(scale), halves(offset));
  return *reinterpret_cast<const uint32_t*>(&scaled);
}

}  // namespace engine::backend::cuda
