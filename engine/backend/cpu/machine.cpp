#include "engine/backend/cpu/machine.h"

#include <utility>

namespace engine::backend::cpu {
namespace {

Q8Kernels q8_kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::avx512) return q8_kernels_avx512;
  if (isa == Isa::avx2) return q8_kernels_avx2;
#endif
  return q8_kernels_generic;
}

FloatKernels float_kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::avx512) return float_kernels_avx512;
  if (isa == Isa::avx2) return float_kernels_avx2;
#endif
  return float_kernels_generic;
}

const TileKernels* tile_kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::amx) return &tile_kernels_amx;
#endif
  return nullptr;
}

// The gates are a good part of what takes activations, and others mostly have their type.
ColumnOrder activation_order(const model::Weights& weights) {
  const model::LayerWeights& last = weights.layers.back();
  const model::Matrix& gate = last.dense.gate.empty() ? last.experts.gate.all : last.dense.gate;
  return gate.type == gguf::WeightType::q4_k ? ColumnOrder::woven : ColumnOrder::plain;
}

}  // namespace

OwnMachine::OwnMachine(const model::Weights& weights, Isa isa,
                       std::shared_ptr<base::ThreadPool> pool)
    : q8(q8_kernels(isa)),
      levels(level_kernels(isa)),
      floats(float_kernels(isa)),
      threads(std::move(pool)),
      tiles(make_tiles(tile_kernels(isa), threads->threads(), activation_order(weights))),
      machine{q8, levels, floats, *threads, tiles.get(), tiles.get()} {}

}  // namespace engine::backend::cpu
