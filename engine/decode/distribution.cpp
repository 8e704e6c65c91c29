// A vocabulary of logits takes as long as a good part of a small model's step, if each exponential
// is a call of the library's. So it is plain arithmetic over rows of fixed length, of which the
// compiler makes vectors (engine/CMakeLists.txt asks it to).
#include "engine/decode/distribution.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/base/avx2.h"

namespace engine::decode {
namespace {

constexpr size_t row_length = 64;
using Row = std::array<float, row_length>;
constexpr float nothing = -std::numeric_limits<float>::infinity();

// e^x for x ≤ 0, to 3e-7 of itself; below -87 it stays what it is there. The Taylor series on
// either side of the nearest power of two.
[[gnu::always_inline]] inline float exp_of(float x) {
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

// Adds exp(x − largest) of a row to eight sums. In double, so that a large vocabulary's tail is not
// lost; eight values at a time add up as floats, which are no worse than their powers.
[[gnu::always_inline]] inline void add_powers(const float* row, float largest, double* sums) {
  float powers[row_length];
  for (size_t i = 0; i < row_length; ++i) powers[i] = exp_of(row[i] - largest);
  for (size_t half = row_length / 2; half >= 8; half /= 2) {
    for (size_t i = 0; i < half; ++i) powers[i] += powers[i + half];
  }
  for (size_t i = 0; i < 8; ++i) sums[i] += static_cast<double>(powers[i]);
}

[[gnu::always_inline]] inline void raise(float* highest, const float* row) {
  for (size_t i = 0; i < row_length; ++i) highest[i] = row[i] > highest[i] ? row[i] : highest[i];
}

// Calls use(row) for all values, the last row filled up with minus infinity.
template <typename Use>
[[gnu::always_inline]] inline void for_each_row(std::span<const float> values, const Use& use) {
  const size_t whole = values.size() / row_length * row_length;
  for (size_t first = 0; first < whole; first += row_length) use(values.data() + first);
  if (whole == values.size()) return;
  Row last;
  last.fill(nothing);
  std::copy(values.begin() + static_cast<std::ptrdiff_t>(whole), values.end(), last.begin());
  use(last.data());
}

[[gnu::always_inline]] inline float largest_body(std::span<const float> values) {
  Row highest;
  highest.fill(nothing);
  for_each_row(values, [&](const float* row) { raise(highest.data(), row); });
  for (size_t half = row_length / 2; half >= 8; half /= 2) {
    for (size_t i = 0; i < half; ++i) {
      highest[i] = highest[i + half] > highest[i] ? highest[i + half] : highest[i];
    }
  }
  float most = nothing;
  for (size_t i = 0; i < 8; ++i) most = highest[i] > most ? highest[i] : most;
  return most;
}
LEMMA_AVX2 float largest_avx2(std::span<const float> values) { return largest_body(values); }

[[gnu::always_inline]] inline double log_sum_exp_body(std::span<const float> values) {
  const float most = largest_body(values);
  if (!std::isfinite(most)) return static_cast<double>(most);
  double sums[8] = {};
  for_each_row(values, [&](const float* row) { add_powers(row, most, sums); });
  double sum = 0;
  for (const double each : sums) sum += each;
  return static_cast<double>(most) + std::log(sum);
}
LEMMA_AVX2 double log_sum_exp_avx2(std::span<const float> values) {
  return log_sum_exp_body(values);
}

[[gnu::always_inline]] inline void subtract_body(std::span<float> values, double amount) {
  for (float& value : values) value = static_cast<float>(static_cast<double>(value) - amount);
}
LEMMA_AVX2 void subtract_avx2(std::span<float> values, double amount) {
  subtract_body(values, amount);
}

}  // namespace

float largest(std::span<const float> values) {
  return base::has_avx2() ? largest_avx2(values) : largest_body(values);
}

size_t first_largest(std::span<const float> values) {
  const float most = largest(values);
  size_t found = values.size();
  for_each_from(values, most, [&](size_t index) { found = std::min(found, index); });
  return found == values.size() ? 0 : found;
}

double log_sum_exp(std::span<const float> values) {
  return base::has_avx2() ? log_sum_exp_avx2(values) : log_sum_exp_body(values);
}

bool log_softmax(std::span<float> logits) {
  // A value that is not a number is passed over by the search for the largest but makes the sum
  // one.
  const double total = log_sum_exp(logits);
  if (!std::isfinite(total)) return false;
  base::has_avx2() ? subtract_avx2(logits, total) : subtract_body(logits, total);
  return true;
}

}  // namespace engine::decode
