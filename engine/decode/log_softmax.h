// Logits to log-probabilities, without overflow: x − max − ln Σ exp(x − max), summed in double.
#pragma once

#include <span>

namespace engine::decode {

// In place. A logit of minus infinity stays so. False, and the values are of no use, when a logit
// is not a number or plus infinity, or when all are minus infinity: a broken model or nothing left.
[[nodiscard]] bool log_softmax(std::span<float> logits);

// ln Σ exp(x); minus infinity for none.
double log_sum_exp(std::span<const float> values);

}  // namespace engine::decode
