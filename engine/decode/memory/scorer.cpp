#include "engine/decode/memory/scorer.h"

namespace engine::decode::memory {

SharedPart shared_part(std::span<const float> weights, const ContextFeatures& context) {
  SharedPart shared{};
  for (size_t j = 0; j < hidden_units; ++j) shared.hidden[j] = weights[bias_weights + j];
  for (size_t f = 0; f < context_features; ++f) {
    if (context[f] == 0) continue;
    const float* row = weights.data() + first_weights + f * hidden_units;
    for (size_t j = 0; j < hidden_units; ++j) shared.hidden[j] += context[f] * row[j];
    shared.direct += context[f] * weights[direct_weights + f];
  }
  return shared;
}

float score(std::span<const float> weights, const SharedPart& shared,
            const CandidateFeatures& candidate, Hidden& hidden) {
  hidden = shared.hidden;
  float result = shared.direct;
  for (size_t f = 0; f < candidate_features; ++f) {
    if (candidate[f] == 0) continue;  // most are
    const size_t input = context_features + f;
    const float* row = weights.data() + first_weights + input * hidden_units;
    for (size_t j = 0; j < hidden_units; ++j) hidden[j] += candidate[f] * row[j];
    result += candidate[f] * weights[direct_weights + input];
  }
  for (size_t j = 0; j < hidden_units; ++j) {
    hidden[j] = hidden[j] > 0 ? hidden[j] : 0.01f * hidden[j];
    result += hidden[j] * weights[second_weights + j];
  }
  return result;
}

}  // namespace engine::decode::memory
