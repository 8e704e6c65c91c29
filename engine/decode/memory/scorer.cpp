#include "engine/decode/memory/scorer.h"

#include "engine/base/avx2.h"

namespace engine::decode::memory {
namespace {

// `weights` are [weight_count].
[[gnu::always_inline]] inline float score_body(const float* weights, const SharedPart& shared,
                                               const CandidateFeatures& candidate, Hidden& hidden) {
  Hidden sums = shared.hidden;
  float result = shared.direct;
  for (size_t f = 0; f < candidate_features; ++f) {
    const float feature = candidate.data()[f];
    if (feature == 0) continue;  // most are
    const float* row = weights + first_weights + (context_features + f) * hidden_units;
    for (size_t j = 0; j < hidden_units; ++j) sums.data()[j] += feature * row[j];
    result += feature * weights[direct_weights + context_features + f];
  }
  const float* second = weights + second_weights;
  constexpr size_t lanes = 8;
  float parts[lanes] = {};
  for (size_t j = 0; j < hidden_units; j += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      const float sum = sums.data()[j + lane];
      const float unit = sum > 0 ? sum : 0.01f * sum;
      hidden.data()[j + lane] = unit;
      parts[lane] += unit * second[j + lane];
    }
  }
  for (const float part : parts) result += part;
  return result;
}
LEMMA_AVX2 float score_avx2(const float* weights, const SharedPart& shared,
                            const CandidateFeatures& candidate, Hidden& hidden) {
  return score_body(weights, shared, candidate, hidden);
}

}  // namespace

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
  return base::has_avx2() ? score_avx2(weights.data(), shared, candidate, hidden)
                          : score_body(weights.data(), shared, candidate, hidden);
}

}  // namespace engine::decode::memory
