#include "engine/decode/sampling.h"

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "tests/support/catch.h"

namespace {

using engine::decode::Sampler;
using engine::decode::Sampling;
using engine::decode::Token;

std::vector<float> logs(const std::vector<double>& probabilities) {
  std::vector<float> values;
  for (const double p : probabilities) values.push_back(static_cast<float>(std::log(p)));
  return values;
}

// Draws often; how often each token came, as a share.
std::map<Token, double> shares(const std::vector<double>& probabilities, Sampling sampling) {
  constexpr int draws = 20000;
  Sampler sampler(sampling);
  const std::vector<float> values = logs(probabilities);
  std::map<Token, double> counts;
  for (int i = 0; i < draws; ++i) counts[sampler.draw(values)] += 1.0 / draws;
  return counts;
}

// The shares must be exactly of these tokens, each within 1.5 percentage points (over 4 standard
// deviations of 20,000 draws).
void check_shares(const std::vector<double>& probabilities, Sampling sampling,
                  const std::map<Token, double>& expected) {
  const auto found = shares(probabilities, sampling);
  REQUIRE(found.size() == expected.size());
  for (const auto& [token, share] : expected) {
    INFO("token " << token);
    REQUIRE(found.contains(token));
    CHECK(std::abs(found.at(token) - share) < 0.015);
  }
}

}  // namespace

TEST_CASE("greedy takes the most probable token, the first of equals") {
  Sampler sampler({});
  CHECK(sampler.draw(logs({0.1, 0.4, 0.4, 0.1})) == 1);
  CHECK(sampler.draw(logs({0.1, 0.2, 0.3, 0.4})) == 3);
}

TEST_CASE("temperature 1 draws with the probabilities as they are") {
  check_shares({0.5, 0.3, 0.15, 0.05}, {.temperature = 1, .seed = 1},
               {{0, 0.5}, {1, 0.3}, {2, 0.15}, {3, 0.05}});
}

TEST_CASE("temperature 0.5 squares the probabilities, temperature 2 takes their roots") {
  // 0.8 : 0.2 is 4 : 1; squared 16 : 1, its root 2 : 1.
  check_shares({0.8, 0.2}, {.temperature = 0.5F, .seed = 2}, {{0, 16.0 / 17}, {1, 1.0 / 17}});
  check_shares({0.8, 0.2}, {.temperature = 2, .seed = 3}, {{0, 2.0 / 3}, {1, 1.0 / 3}});
}

TEST_CASE("top-p keeps the fewest tokens that reach it") {
  // In order: 0.5, 0.75, 0.95, 1.
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .top_p = 0.74F, .seed = 4},
               {{2, 0.5 / 0.75}, {3, 0.25 / 0.75}});
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .top_p = 0.76F, .seed = 5},
               {{2, 0.5 / 0.95}, {3, 0.25 / 0.95}, {0, 0.2 / 0.95}});
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .top_p = 0.01F, .seed = 6}, {{2, 1}});
}

TEST_CASE("min-p keeps what is at least a part of the most probable token") {
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .min_p = 0.39F, .seed = 7},
               {{2, 0.5 / 0.95}, {3, 0.25 / 0.95}, {0, 0.2 / 0.95}});
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .min_p = 0.41F, .seed = 8},
               {{2, 0.5 / 0.75}, {3, 0.25 / 0.75}});
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .min_p = 1, .seed = 9}, {{2, 1}});
}

TEST_CASE("top-k keeps so many, and of several rules the strictest holds") {
  check_shares({0.2, 0.05, 0.5, 0.25}, {.temperature = 1, .top_k = 2, .seed = 10},
               {{2, 0.5 / 0.75}, {3, 0.25 / 0.75}});
  check_shares({0.2, 0.05, 0.5, 0.25},
               {.temperature = 1, .top_k = 3, .top_p = 0.6F, .min_p = 0.1F, .seed = 11},
               {{2, 0.5 / 0.75}, {3, 0.25 / 0.75}});
}

TEST_CASE("what is cut off is cut off before temperature spreads the rest") {
  // At temperature 4 the last token would be within min-p; before it, it is not.
  check_shares({0.9, 0.09, 0.01}, {.temperature = 4, .min_p = 0.05F, .seed = 12},
               {{0, 0.640}, {1, 0.360}});
}

TEST_CASE("impossible tokens are never drawn") {
  const float never = -std::numeric_limits<float>::infinity();
  std::vector<float> values{never, std::log(0.5F), never, std::log(0.5F)};
  for (const Sampling& sampling : {Sampling{.temperature = 100, .seed = 1},
                                   Sampling{.temperature = 100, .top_p = 0.99F, .seed = 1}}) {
    Sampler sampler(sampling);
    for (int i = 0; i < 1000; ++i) CHECK(sampler.draw(values) % 2 == 1);
  }
}

TEST_CASE("a seed gives the same tokens, another seed others") {
  const std::vector<float> values = logs(std::vector<double>(100, 0.01));
  const auto draw = [&](uint64_t seed) {
    Sampler sampler({.temperature = 1, .top_p = 0.9F, .seed = seed});
    std::vector<Token> tokens;
    for (int i = 0; i < 50; ++i) tokens.push_back(sampler.draw(values));
    return tokens;
  };
  CHECK(draw(7) == draw(7));
  CHECK(draw(7) != draw(8));
}

TEST_CASE("the generator gives the published numbers on every platform") {
  // xoshiro256++ seeded with 0 by splitmix64, computed with Python's integers.
  engine::decode::Random random(0);
  CHECK(random.next() == 0x53175d61490b23dfULL);
  CHECK(random.next() == 0x61da6f3dc380d507ULL);
  CHECK(random.next() == 0x5c0fdf91ec9a7bfcULL);
}

TEST_CASE("settings out of range are refused by name") {
  const auto refusal = [](const Sampling& sampling) {
    const auto status = engine::decode::check_sampling(sampling);
    return status ? std::string() : status.message();
  };
  CHECK(refusal({}).empty());
  CHECK(refusal({.temperature = -1}).find("temperature") != std::string::npos);
  CHECK(refusal({.temperature = NAN}).find("temperature") != std::string::npos);
  CHECK(refusal({.top_k = -1}).find("top_k") != std::string::npos);
  CHECK(refusal({.top_p = 0}).find("top_p") != std::string::npos);
  CHECK(refusal({.min_p = 1.5F}).find("min_p") != std::string::npos);
}
