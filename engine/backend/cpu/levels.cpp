#include "engine/backend/cpu/levels.h"

#include <array>

#include "engine/base/check.h"

namespace engine::backend::cpu {
namespace {

using gguf::WeightType;

struct Entry {
  WeightType type;
  Unpack LevelKernels::*unpack;
  LevelRange range;
  MultiplyBytes FewTokens::*few_tokens = nullptr;
};
constexpr std::array entries = {
    Entry{WeightType::q4_0, &LevelKernels::q4_0, {Scales::of_blocks, 15}, &FewTokens::q4_0},
    Entry{WeightType::q4_1, &LevelKernels::q4_1, {Scales::of_blocks, 15}},
    Entry{WeightType::q5_0, &LevelKernels::q5_0, {Scales::of_blocks, 31}, &FewTokens::q5_0},
    Entry{WeightType::q5_1, &LevelKernels::q5_1, {Scales::of_blocks, 31}},
    Entry{WeightType::q8_0, &LevelKernels::q8_0, {Scales::of_blocks, 255}, &FewTokens::q8_0},
    Entry{WeightType::iq4_nl, &LevelKernels::iq4_nl, {Scales::of_blocks, 255}, &FewTokens::iq4_nl},
    Entry{WeightType::iq4_xs, &LevelKernels::iq4_xs, {Scales::of_blocks, 255}, &FewTokens::iq4_xs},
    Entry{WeightType::q2_k, &LevelKernels::q2_k, {Scales::of_parts, 3}},
    Entry{WeightType::q3_k, &LevelKernels::q3_k, {Scales::of_parts, 7}},
    Entry{WeightType::q4_k, &LevelKernels::q4_k, {Scales::of_blocks, 15}, &FewTokens::q4_k},
    Entry{WeightType::q5_k, &LevelKernels::q5_k, {Scales::of_blocks, 31}, &FewTokens::q5_k},
    Entry{WeightType::q6_k, &LevelKernels::q6_k, {Scales::of_parts, 63}, &FewTokens::q6_k},
    Entry{WeightType::mxfp4, &LevelKernels::mxfp4, {Scales::of_blocks, 24}, &FewTokens::mxfp4},
    Entry{WeightType::iq2_xxs, &LevelKernels::iq2_xxs, {Scales::of_blocks, 86}},
    Entry{WeightType::iq2_xs, &LevelKernels::iq2_xs, {Scales::of_parts, 86}},
    Entry{WeightType::iq2_s, &LevelKernels::iq2_s, {Scales::of_parts, 86}},
    Entry{WeightType::iq3_xxs, &LevelKernels::iq3_xxs, {Scales::of_blocks, 124}},
    Entry{WeightType::iq3_s, &LevelKernels::iq3_s, {Scales::of_blocks, 30}},
    Entry{WeightType::iq1_s, &LevelKernels::iq1_s, {Scales::of_blocks, 18}},
    Entry{WeightType::iq1_m, &LevelKernels::iq1_m, {Scales::of_parts, 18}},
};

const Entry* find(WeightType type) {
  for (const Entry& entry : entries) {
    if (entry.type == type) return &entry;
  }
  return nullptr;
}

void fill_gaps(LevelKernels& kernels, const LevelKernels& simpler) {
  for (const Entry& entry : entries) {
    if (kernels.*entry.unpack == nullptr) kernels.*entry.unpack = simpler.*entry.unpack;
  }
  if (kernels.multiply_row == nullptr) kernels.multiply_row = simpler.multiply_row;
  if (kernels.interleave == nullptr) kernels.interleave = simpler.interleave;
  if (kernels.multiply == nullptr) kernels.multiply = simpler.multiply;
}

}  // namespace

bool has_levels(WeightType type) { return find(type) != nullptr; }

LevelKernels level_kernels(Isa isa) {
  LevelKernels kernels{};
#if defined(__x86_64__)
  if (isa >= Isa::avx512) fill_gaps(kernels, level_kernels_avx512);
  if (isa != Isa::generic) fill_gaps(kernels, level_kernels_avx2);
  if (isa == Isa::avx2) kernels.few_tokens = few_tokens_avx2;
  if (isa >= Isa::avx512) {
    kernels.few_tokens = few_tokens_avx512;
    kernels.few_tokens.q8_0 = few_tokens_avx2.q8_0;
    kernels.few_tokens.iq4_nl = few_tokens_avx2.iq4_nl;
    kernels.few_tokens.iq4_xs = few_tokens_avx2.iq4_xs;
    kernels.few_tokens.mxfp4 = few_tokens_avx2.mxfp4;
  }
#endif
  fill_gaps(kernels, level_kernels_generic);
  return kernels;
}

Unpack unpack_of(const LevelKernels& kernels, WeightType type) {
  INVARIANT(has_levels(type));
  return kernels.*find(type)->unpack;
}

MultiplyBytes few_tokens_of(const LevelKernels& kernels, WeightType type) {
  INVARIANT(has_levels(type));
  const auto member = find(type)->few_tokens;
  return member == nullptr ? nullptr : kernels.few_tokens.*member;
}

LevelRange level_range(WeightType type) {
  INVARIANT(has_levels(type));
  return find(type)->range;
}

}  // namespace engine::backend::cpu
