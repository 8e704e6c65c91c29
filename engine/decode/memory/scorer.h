// Scores candidates for the next token: a linear layer and one hidden layer of rectified units over
// the evidence for each candidate, and a softmax over all of them.
//
//   hidden[j] = rectified(bias[j] + Σ_f input[f] · first[f][j])
//   score     = Σ_j hidden[j] · second[j] + Σ_f input[f] · direct[f]
//
// The inputs are what all candidates share (the context) and what is known of one of them
// (candidates.h). "Rectified" leaks a hundredth, so that no unit dies while the weights are fitted.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "engine/decode/memory/candidates.h"

namespace engine::decode::memory {

inline constexpr size_t hidden_units = 64;
inline constexpr size_t input_count = context_features + candidate_features;
// The weights in one array: first [input][hidden], bias [hidden], second [hidden], direct [input].
inline constexpr size_t first_weights = 0;
inline constexpr size_t bias_weights = first_weights + input_count * hidden_units;
inline constexpr size_t second_weights = bias_weights + hidden_units;
inline constexpr size_t direct_weights = second_weights + hidden_units;
inline constexpr size_t weight_count = direct_weights + input_count;

using Hidden = std::array<float, hidden_units>;

// What the context contributes to every candidate.
struct SharedPart {
  Hidden hidden;
  float direct;
};
SharedPart shared_part(std::span<const float> weights, const ContextFeatures& context);

// The score of one candidate; `hidden` receives the units' outputs.
float score(std::span<const float> weights, const SharedPart& shared,
            const CandidateFeatures& candidate, Hidden& hidden);

}  // namespace engine::decode::memory
