#include <cmath>

#include "engine/backend/reference/operations.h"
#include "tests/support/catch.h"

namespace reference = engine::backend::reference;
using engine::model::RopePairs;

TEST_CASE("a rotation turns consecutive pairs") {
  std::vector<float> v{1, 0, 0, 2};
  reference::rope(RopePairs::consecutive, std::vector<double>{0.5, 0.25}, 4, v);
  CHECK(v[0] == Approx(std::cos(2.0)));
  CHECK(v[1] == Approx(std::sin(2.0)));
  CHECK(v[2] == Approx(-2 * std::sin(1.0)));
  CHECK(v[3] == Approx(2 * std::cos(1.0)));
}

TEST_CASE("or values half a head apart") {
  std::vector<float> v{1, 0, 0, 2};
  reference::rope(RopePairs::halves, std::vector<double>{0.5, 0.25}, 4, v);
  CHECK(v[0] == Approx(std::cos(2.0)));
  CHECK(v[2] == Approx(std::sin(2.0)));
  CHECK(v[1] == Approx(-2 * std::sin(1.0)));
  CHECK(v[3] == Approx(2 * std::cos(1.0)));
}

TEST_CASE("each pair's own factor slows it, before any scaling") {
  engine::model::Rope rope;
  rope.scaling = engine::model::RopeScaling::linear;
  rope.factor = 2;
  const auto frequencies = reference::rope_frequencies(rope, 4, {1, 8});
  CHECK(frequencies[0] == Approx(0.5));
  CHECK(frequencies[1] == Approx(0.01 / 8 / 2));
}

TEST_CASE("YaRN keeps quick pairs, slows slow ones and ramps between") {
  engine::model::Rope rope;
  rope.scaling = engine::model::RopeScaling::yarn;
  rope.factor = 40;
  rope.original_context = 4096;
  const auto frequencies = reference::rope_frequencies(rope, 64, {});
  REQUIRE(frequencies.size() == 32);
  const auto plain = [](int pair) { return std::pow(10000.0, -pair / 32.0); };
  // DeepSeek's ramp runs from pair 10 (32 turns in 4,096 positions) to pair 23 (one turn).
  for (const int pair : {0, 5, 10}) CHECK(frequencies[pair] == Approx(plain(pair)));
  for (const int pair : {23, 31}) CHECK(frequencies[pair] == Approx(plain(pair) / 40));
  const double mixed = plain(15) * (8.0 / 13) + plain(15) / 40 * (5.0 / 13);
  CHECK(frequencies[15] == Approx(mixed));
}

TEST_CASE("linear scaling slows every pair") {
  engine::model::Rope rope;
  rope.scaling = engine::model::RopeScaling::linear;
  rope.factor = 4;
  const auto frequencies = reference::rope_frequencies(rope, 4, {});
  CHECK(frequencies[0] == Approx(0.25));
  CHECK(frequencies[1] == Approx(0.0025));
}
