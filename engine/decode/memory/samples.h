// Steps of a fit, gathered once and visited many times: what was known of each candidate for a
// token and which of them it was. Most features are zero and not kept.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/decode/memory/candidates.h"

namespace engine::decode::memory {

class Samples {
 public:
  // `wanted`: which of the candidates' features are those of the right one.
  void add(const Candidates& candidates, size_t wanted);
  size_t size() const { return steps_.size(); }

  // The features of step `index`; candidates.tokens stays as it is. Returns `wanted`.
  size_t restore(size_t index, Candidates& candidates) const;

 private:
  struct Step {
    size_t first_value;  // of its context; its candidates' follow
    size_t first_row;    // of its context; its candidates follow
    uint16_t candidates, wanted;
  };

  void add_row(const float* features, size_t count);
  void restore_row(size_t row, size_t& value, float* features, size_t count) const;

  std::vector<Step> steps_;
  std::vector<uint8_t> counts_;    // [row]: how many of its features are not zero
  std::vector<uint8_t> features_;  // [value]: which
  std::vector<float> values_;
};

}  // namespace engine::decode::memory
