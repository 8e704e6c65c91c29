// Which unit of fragments.h or float_fragments.h the products of gemm.h are made with.
#pragma once

#include "engine/backend/cuda/float_fragments.h"
#include "engine/backend/cuda/fragments.h"
#include "engine/backend/cuda/gemm.h"

namespace engine::backend::cuda {

using GemmKernel = void (*)(GemmArguments);

// Whether only AnyUnit will do.
inline bool needs_any_unit(const GemmArguments& a) {
  const DeviceMatrix& m = a.weights.all;
  if (a.pairs && a.up.all.type != m.type) return true;
  return m.format == Format::f32 || (m.format == Format::f16 && m.type != type_f16);
}

// Kernels::of<Unit>() is the kernel for that unit.
template <typename Kernels>
GemmKernel kernel_of(const GemmArguments& a) {
  if (needs_any_unit(a)) return Kernels::template of<AnyUnit>();
  const DeviceMatrix& m = a.weights.all;
  const bool four = has_four_bits(m.type);
  switch (m.format) {
    case Format::q8_0:
      return Kernels::template of<FragmentUnit<Format::q8_0, false>>();
    case Format::q4:
      return four ? Kernels::template of<FragmentUnit<Format::q4, true>>()
                  : Kernels::template of<FragmentUnit<Format::q4, false>>();
    case Format::k:
      return four ? Kernels::template of<FragmentUnit<Format::k, true>>()
                  : Kernels::template of<FragmentUnit<Format::k, false>>();
    case Format::q6_k:
      return Kernels::template of<FragmentUnit<Format::q6_k, false>>();
    case Format::other:
      return Kernels::template of<FragmentUnit<Format::other, false>>();
    default:
      return Kernels::template of<HalfUnit>();
  }
}

}  // namespace engine::backend::cuda
