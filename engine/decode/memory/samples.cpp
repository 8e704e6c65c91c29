#include "engine/decode/memory/samples.h"

#include <algorithm>

namespace engine::decode::memory {

static_assert(candidate_features < 256 && context_features < 256);

void Samples::add_row(const float* features, size_t count) {
  counts_.push_back(0);
  for (size_t f = 0; f < count; ++f) {
    if (features[f] == 0) continue;
    ++counts_.back();
    features_.push_back(static_cast<uint8_t>(f));
    values_.push_back(features[f]);
  }
}

void Samples::restore_row(size_t row, size_t& value, float* features, size_t count) const {
  std::fill_n(features, count, 0.0F);
  for (const size_t end = value + counts_[row]; value < end; ++value) {
    features[features_[value]] = values_[value];
  }
}

void Samples::add(const Candidates& candidates, size_t wanted) {
  steps_.push_back({values_.size(), counts_.size(),
                    static_cast<uint16_t>(candidates.features.size()),
                    static_cast<uint16_t>(wanted)});
  add_row(candidates.context.data(), context_features);
  for (const CandidateFeatures& each : candidates.features) {
    add_row(each.data(), candidate_features);
  }
}

size_t Samples::restore(size_t index, Candidates& candidates) const {
  const Step& step = steps_[index];
  size_t value = step.first_value;
  restore_row(step.first_row, value, candidates.context.data(), context_features);
  candidates.features.resize(step.candidates);
  for (size_t i = 0; i < step.candidates; ++i) {
    restore_row(step.first_row + 1 + i, value, candidates.features[i].data(), candidate_features);
  }
  return step.wanted;
}

}  // namespace engine::decode::memory
