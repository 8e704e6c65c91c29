#include "engine/decode/log_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace engine::decode {

double log_sum_exp(std::span<const float> values) {
  float largest = -std::numeric_limits<float>::infinity();
  for (const float value : values) largest = std::max(largest, value);
  if (!std::isfinite(largest)) return static_cast<double>(largest);
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(std::exp(value - largest));
  return static_cast<double>(largest) + std::log(sum);
}

bool log_softmax(std::span<float> logits) {
  // A value that is not a number is passed over by std::max but makes the sum one.
  const double total = log_sum_exp(logits);
  if (!std::isfinite(total)) return false;
  for (float& logit : logits) logit = static_cast<float>(static_cast<double>(logit) - total);
  return true;
}

}  // namespace engine::decode
