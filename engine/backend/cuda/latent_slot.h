// Where things are in a slot of a cache of latents as fp8: the latent's codes (e4m3, see e4m3.h),
// k_pe as halves, and a scale, a half, for each 128 codes. A latent's value is code · scale.
//
// What is read at once is 16 bytes, so that each part and each slot starts at a multiple of 16:
// 512 + 64 values take 656 bytes (as halves 1152), of which the scales are 8 and 8 are padding.
//
// e4m3 is a floating-point type: its relative error, 2⁻⁴ at most, is the same wherever the group's
// greatest value lies, down to 2⁻¹⁵ of it. So groups need not be small; they are for latents with a
// few values far beyond the others. Four of them have their scales in what alignment costs anyway.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::backend::cuda {

inline constexpr int codes_of_scale = 128;

struct LatentSlot {
  int32_t codes = 0;      // kv_lora_rank
  int32_t rope_at = 0;    // bytes from the slot's start
  int32_t scales_at = 0;  // likewise
  int32_t bytes = 0;
};

constexpr LatentSlot latent_slot(int lora, int rope) {
  const auto padded = [](int bytes) { return (bytes + 15) / 16 * 16; };
  LatentSlot slot;
  slot.codes = lora;
  slot.rope_at = padded(lora);
  slot.scales_at = slot.rope_at + padded(2 * rope);
  slot.bytes = slot.scales_at + padded((lora + codes_of_scale - 1) / codes_of_scale * 2);
  return slot;
}

}  // namespace engine::backend::cuda
