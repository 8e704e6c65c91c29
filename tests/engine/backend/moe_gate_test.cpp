// Values computed by hand.
#include <cmath>

#include "engine/backend/reference/operations.h"
#include "tests/support/catch.h"

namespace {

using engine::backend::reference::Choice;
using engine::backend::reference::moe_gate;
namespace model = engine::model;

// Logits whose softmax, or sigmoid, is the given probabilities.
std::vector<float> logits_of(model::Gate gate, const std::vector<double>& probabilities) {
  std::vector<float> logits;
  for (const double p : probabilities) {
    logits.push_back(
        static_cast<float>(gate == model::Gate::softmax ? std::log(p) : std::log(p / (1 - p))));
  }
  return logits;
}

void check_choices(const model::Experts& experts, const std::vector<double>& probabilities,
                   const std::vector<float>& bias, const std::vector<Choice>& expected) {
  const auto choices = moe_gate(experts, logits_of(experts.gate, probabilities), bias);
  REQUIRE(choices.size() == expected.size());
  for (size_t i = 0; i < choices.size(); ++i) {
    CHECK(choices[i].expert == expected[i].expert);
    CHECK(choices[i].weight == Approx(expected[i].weight).epsilon(1e-5));
  }
}

const std::vector<float> no_bias(4, 0.0f);

}  // namespace

TEST_CASE("V2-Lite takes the best experts with their probabilities") {
  const model::Experts experts{.count = 4, .used = 2};
  check_choices(experts, {0.1, 0.4, 0.2, 0.3}, no_bias, {{1, 0.4f}, {3, 0.3f}});
}

TEST_CASE("V2 scores a group by its best expert") {
  const model::Experts experts{
      .count = 4, .used = 2, .groups = 2, .groups_used = 1, .weight_scale = 16};
  // The sums are 0.41 and 0.59; the best are 0.4 and 0.3.
  check_choices(experts, {0.4, 0.01, 0.3, 0.29}, no_bias, {{0, 6.4f}, {1, 0.16f}});
}

TEST_CASE("V3 scores a group by the sum of its two best experts") {
  model::Experts experts{.count = 6, .used = 2, .groups = 2, .groups_used = 1};
  experts.gate = model::Gate::sigmoid;
  experts.group_score = model::GroupScore::two_best;
  experts.normalise_weights = true;
  experts.weight_scale = 2.5f;
  // 0.6 + 0.05 against 0.4 + 0.35, the thirds not counted.
  check_choices(experts, {0.6, 0.05, 0.04, 0.4, 0.35, 0.01}, std::vector<float>(6, 0.0f),
                {{3, 2.5f * 0.4f / 0.75f}, {4, 2.5f * 0.35f / 0.75f}});
}

TEST_CASE("the bias selects, the probability weighs") {
  model::Experts experts{.count = 4, .used = 2};
  experts.gate = model::Gate::sigmoid;
  experts.normalise_weights = true;
  check_choices(experts, {0.6, 0.05, 0.4, 0.35}, {0, 0.5f, 0, 0},
                {{0, 0.6f / 0.65f}, {1, 0.05f / 0.65f}});
  // It also decides between groups.
  experts.groups = 2;
  experts.groups_used = 1;
  experts.group_score = model::GroupScore::two_best;
  check_choices(experts, {0.6, 0.05, 0.4, 0.35}, {0, 0, 0, -0.2f},
                {{0, 0.6f / 0.65f}, {1, 0.05f / 0.65f}});
}

TEST_CASE("negative biased scores do not let excluded groups in") {
  model::Experts experts{.count = 4, .used = 2, .groups = 2, .groups_used = 1};
  experts.gate = model::Gate::sigmoid;
  experts.group_score = model::GroupScore::two_best;
  check_choices(experts, {0.3, 0.2, 0.1, 0.1}, {-1, -1, -1, -1}, {{0, 0.3f}, {1, 0.2f}});
}

TEST_CASE("the lower index wins a tie") {
  const model::Experts experts{.count = 4, .used = 2};
  check_choices(experts, {0.25, 0.25, 0.25, 0.25}, no_bias, {{0, 0.25f}, {1, 0.25f}});
}
