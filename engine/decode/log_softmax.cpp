// A vocabulary of logits takes as long as a good part of a small model's step, if each exponential
// is a call of the library's. So it is plain arithmetic over rows of fixed length, of which the
// compiler makes vectors (engine/CMakeLists.txt asks it to).
#include "engine/decode/log_softmax.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace engine::decode {
namespace {

constexpr size_t row_length = 64;
using Row = std::array<float, row_length>;
constexpr float nothing = -std::numeric_limits<float>::infinity();

// e^x for x ≤ 0, to 3e-7 of itself; below -87 it stays what it is there. The Taylor series on
// either side of the nearest power of two.
inline float exp_of(float x) {
  constexpr float rounder = 12582912;  // 1.5 · 2^23: what is added to it becomes a whole number
  constexpr float log2_e = 1.44269504F, ln_2_high = 0.693145752F, ln_2_low = 1.42860677e-6F;
  x = x < -87 ? -87 : x;
  const float shifted = x * log2_e + rounder;
  const float whole = shifted - rounder;
  const float rest = (x - whole * ln_2_high) - whole * ln_2_low;
  float power = 1.0F / 720;
  power = power * rest + 1.0F / 120;
  power = power * rest + 1.0F / 24;
  power = power * rest + 1.0F / 6;
  power = power * rest + 0.5F;
  power = power * rest + 1;
  power = power * rest + 1;
  const auto exponent = std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(rounder);
  return power * std::bit_cast<float>((exponent + 127) << 23);
}

// Σ exp(x − largest) of a row. In double, so that a large vocabulary's tail is not lost.
double sum_of_powers(const Row& row, float largest) {
  Row powers;
  for (size_t i = 0; i < row_length; ++i) powers[i] = exp_of(row[i] - largest);
  std::array<double, 8> sums{};
  for (size_t i = 0; i < row_length; i += sums.size()) {
    for (size_t j = 0; j < sums.size(); ++j) sums[j] += static_cast<double>(powers[i + j]);
  }
  double sum = 0;
  for (const double each : sums) sum += each;
  return sum;
}

void raise(Row& largest, const Row& row) {
  for (size_t i = 0; i < row_length; ++i) {
    largest[i] = row[i] > largest[i] ? row[i] : largest[i];
  }
}

// Calls use(row) for all values, the last row filled up with minus infinity.
template <typename Use>
void for_each_row(std::span<const float> values, const Use& use) {
  Row row;
  for (size_t first = 0; first < values.size(); first += row_length) {
    const size_t count = std::min(row_length, values.size() - first);
    if (count < row_length) row.fill(nothing);
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(first), count, row.begin());
    use(row);
  }
}

}  // namespace

double log_sum_exp(std::span<const float> values) {
  Row highest;
  highest.fill(nothing);
  for_each_row(values, [&](const Row& row) { raise(highest, row); });
  const float largest = *std::max_element(highest.begin(), highest.end());
  if (!std::isfinite(largest)) return static_cast<double>(largest);
  double sum = 0;
  for_each_row(values, [&](const Row& row) { sum += sum_of_powers(row, largest); });
  return static_cast<double>(largest) + std::log(sum);
}

bool log_softmax(std::span<float> logits) {
  // A value that is not a number is passed over by the search for the largest but makes the sum
  // one.
  const double total = log_sum_exp(logits);
  if (!std::isfinite(total)) return false;
  for (float& logit : logits) logit = static_cast<float>(static_cast<double>(logit) - total);
  return true;
}

}  // namespace engine::decode
