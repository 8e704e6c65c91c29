#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

// The pair (a real number) that turns `rotations` times within the original context.
double pair_with_rotations(const model::Rope& rope, int rope_dim, double rotations) {
  const double wavelength = rope.original_context / (rotations * 2 * std::numbers::pi);
  return rope_dim * std::log(wavelength) / (2 * std::log(rope.base));
}

}  // namespace

// YaRN, arXiv:2309.00071 section 3.2: pairs that turn often keep their frequency, pairs that turn
// less than once within the original context are interpolated, a linear ramp lies between.
std::vector<double> rope_frequencies(const model::Rope& rope, int rope_dim, const Vector& factors) {
  const bool yarn = rope.scaling == model::RopeScaling::yarn;
  double low = 0, high = 0;
  if (yarn) {
    low = std::max(0.0, std::floor(pair_with_rotations(rope, rope_dim, rope.beta_fast)));
    high = std::min(rope_dim - 1.0, std::ceil(pair_with_rotations(rope, rope_dim, rope.beta_slow)));
  }
  std::vector<double> frequencies(rope_dim / 2);
  for (size_t pair = 0; pair < frequencies.size(); ++pair) {
    const double plain = std::pow(rope.base, -2.0 * static_cast<double>(pair) / rope_dim);
    const double original = factors.empty() ? plain : plain / factors[pair];
    const double ramp = (static_cast<double>(pair) - low) / std::max(0.001, high - low);
    const double interpolated = yarn ? std::clamp(ramp, 0.0, 1.0) : 1.0;
    frequencies[pair] = original * (1 - interpolated) + original / rope.factor * interpolated;
  }
  return frequencies;
}

void rope(model::RopePairs pairs, std::span<const double> frequencies, int position,
          std::span<float> v) {
  INVARIANT(v.size() == 2 * frequencies.size());
  const bool consecutive = pairs == model::RopePairs::consecutive;
  for (size_t pair = 0; pair < frequencies.size(); ++pair) {
    float& first = v[consecutive ? 2 * pair : pair];
    float& second = v[consecutive ? 2 * pair + 1 : pair + frequencies.size()];
    const double angle = position * frequencies[pair];
    const double cosine = std::cos(angle), sine = std::sin(angle);
    const double a = first, b = second;
    first = static_cast<float>(a * cosine - b * sine);
    second = static_cast<float>(a * sine + b * cosine);
  }
}

}  // namespace engine::backend::reference
