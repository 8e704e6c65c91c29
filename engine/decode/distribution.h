// Passes over a value for each token of a vocabulary. They are many in a step of a small model, and
// so made of rows of fixed length, of which the compiler makes vectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace engine::decode {

// Logits to log-probabilities, without overflow: x − max − ln Σ exp(x − max), summed in double. In
// place. A logit of minus infinity stays so. False, and the values are of no use, when a logit is
// not a number or plus infinity, or when all are minus infinity: a broken model or nothing left.
[[nodiscard]] bool log_softmax(std::span<float> logits);

// ln Σ exp(x); minus infinity for none.
double log_sum_exp(std::span<const float> values);

// Minus infinity for none. Values that are not numbers are passed over.
float largest(std::span<const float> values);
// The first index of it; 0 for none.
size_t first_largest(std::span<const float> values);

// Calls use(index) for each value of at least `least`, in order. use() may raise `least`.
template <typename Use>
void for_each_from(std::span<const float> values, const float& least, const Use& use) {
  constexpr size_t step = 256;
  for (size_t first = 0; first < values.size(); first += step) {
    const auto some = values.subspan(first, std::min(step, values.size() - first));
    if (!(largest(some) >= least)) continue;
    for (size_t i = 0; i < some.size(); ++i) {
      if (some[i] >= least) use(first + i);
    }
  }
}

}  // namespace engine::decode
