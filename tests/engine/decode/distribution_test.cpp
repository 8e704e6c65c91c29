#include "engine/decode/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/catch.h"

namespace {

using engine::decode::first_largest;
using engine::decode::for_each_from;
using engine::decode::largest;
using engine::decode::log_sum_exp;

constexpr float never = -std::numeric_limits<float>::infinity();

std::vector<float> random_logits(size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::normal_distribution<float> distribution(0, 4);
  std::vector<float> values(size);
  for (float& value : values) value = distribution(random);
  return values;
}

}  // namespace

TEST_CASE("log-softmax is right for large, equal and impossible logits") {
  std::vector<float> values{1000, 1000, never, 1000 - std::log(2.0F)};
  REQUIRE(engine::decode::log_softmax(values));
  CHECK(values[0] == Approx(std::log(0.4)).margin(1e-4));
  CHECK(values[2] == never);
  CHECK(values[3] == Approx(std::log(0.2)).margin(1e-4));

  std::vector<float> damaged{1, NAN, 2};
  CHECK_FALSE(engine::decode::log_softmax(damaged));
  damaged = {1, std::numeric_limits<float>::infinity()};
  CHECK_FALSE(engine::decode::log_softmax(damaged));
  damaged = {never, never};
  CHECK_FALSE(engine::decode::log_softmax(damaged));
}

TEST_CASE("passes over a distribution see every value, whatever its length") {
  for (const size_t size : {1, 2, 63, 64, 65, 255, 256, 257, 1000, 16384}) {
    std::vector<float> values = random_logits(size);
    double sum = 0;
    for (const float value : values) sum += std::exp(static_cast<double>(value));
    CHECK(log_sum_exp(values) == Approx(std::log(sum)).epsilon(1e-6));
    for (const size_t place : {size_t{0}, size / 2, size - 1}) {
      std::vector<float> with_peak = values;
      with_peak[place] = 50;
      CHECK(largest(with_peak) == 50);
      CHECK(first_largest(with_peak) == place);
    }
    std::fill(values.begin(), values.end(), -3.0F);
    CHECK(first_largest(values) == 0);
    std::fill(values.begin(), values.end(), never);
    CHECK(largest(values) == never);
    CHECK(first_largest(values) == 0);
  }
  CHECK(largest({}) == never);
  CHECK(first_largest({}) == 0);
  CHECK(log_sum_exp({}) == static_cast<double>(never));
}

TEST_CASE("values from a least one on come in order, and the least may rise on the way") {
  const std::vector<float> values = random_logits(1000);
  std::vector<size_t> found, expected;
  for_each_from(values, 1.5F, [&](size_t index) { found.push_back(index); });
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 1.5F) expected.push_back(i);
  }
  CHECK(found == expected);

  float least = never;  // each greater than all before it
  found.clear();
  for_each_from(values, least, [&](size_t index) {
    found.push_back(index);
    least = values[index];
  });
  CHECK(std::is_sorted(found.begin(), found.end(),
                       [&](size_t a, size_t b) { return values[a] < values[b]; }));
  CHECK(values[found.back()] == largest(values));
}
