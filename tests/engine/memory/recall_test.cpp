#include "engine/decode/memory/recall.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/decode/memory/scorer.h"
#include "tests/engine/memory/fixture.h"
#include "tests/support/catch.h"

namespace engine::decode::memory {
namespace {

constexpr float impossible = -std::numeric_limits<float>::infinity();

std::shared_ptr<const Buffer> random_buffer(std::mt19937& random) {
  if (random() % 4 == 0) return nullptr;
  std::vector<Token> tokens(random() % 50);
  for (Token& token : tokens) token = static_cast<Token>(random() % 20);
  return std::make_shared<const Buffer>(tokens);
}

std::shared_ptr<const Buffers> random_buffers(std::mt19937& random) {
  if (random() % 5 == 0) return nullptr;
  auto buffers = std::make_shared<Buffers>();
  buffers->before = random_buffer(random);
  buffers->after = random_buffer(random);
  for (size_t i = random() % 3; i > 0; --i) {
    buffers->others.push_back(std::make_shared<const Buffer>(std::vector<Token>{1, 2, 3}));
  }
  buffers->language_id = random() % 3 == 0 ? "cobol" : "python";
  return buffers;
}

// A distribution over what is possible; zeros stand for no model.
std::vector<float> random_row(std::mt19937& random, Model model) {
  std::vector<float> row(toy().size(), 0);
  const size_t kept = random() % toy().size();
  const uint32_t odds = random() % 20;
  double sum = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (i != kept && random() % 20 < odds) row[i] = impossible;
    if (model == Model::present && row[i] != impossible) {
      row[i] = -static_cast<float>(random() % 300) / 10;
    }
    sum += std::exp(row[i]);
  }
  if (model == Model::present) {
    for (float& x : row) x -= static_cast<float>(std::log(sum));
  }
  return row;
}

double sum_of(const std::vector<float>& row) {
  double sum = 0;
  for (const float x : row) sum += std::exp(static_cast<double>(x));
  return sum;
}

void check_mix(Recall& recall, const std::vector<float>& row, Model model) {
  std::vector<float> mixed = row;
  recall.mix(mixed, model);
  CHECK(sum_of(mixed) == Approx(1).epsilon(1e-4));
  for (size_t i = 0; i < row.size(); ++i) {
    CHECK(!std::isnan(mixed[i]));
    if (row[i] == impossible) CHECK(mixed[i] == impossible);
  }
}

}  // namespace

TEST_CASE("what comes out of the mix is a distribution over what was possible") {
  std::mt19937 random(1);
  const TemporaryPath empty_path("empty"), path("random");
  const auto empty = write_and_open(empty_path.str(), {}, {});
  std::vector<Text> texts;
  for (int i = 0; i < 30; ++i) {
    for (Text& text : random_texts(random, 20)) texts.push_back(std::move(text));
  }
  const auto corpus = write_and_open(path.str(), texts, {.max_order = 5});
  for (int round = 0; round < 1000; ++round) {
    const std::vector<Token> prompt(random() % 10, static_cast<Token>(random() % 20));
    const Corpus* const choices[] = {corpus.get(), empty.get(), nullptr};
    Recall recall(choices[random() % 3], random_buffers(random), prompt);
    for (int step = 0; step < 4; ++step) {
      const Model model = random() % 2 == 0 ? Model::absent : Model::present;
      check_mix(recall, random_row(random, model), model);
      recall.advance(static_cast<Token>(random() % toy().size()));
    }
  }
}

TEST_CASE("without a memory the model's distribution stays as it is") {
  std::mt19937 random(2);
  Recall recall(nullptr, random_buffers(random), {});
  const auto row = random_row(random, Model::present);
  auto mixed = row;
  recall.mix(mixed, Model::present);
  CHECK(mixed == row);
}

TEST_CASE("without model and memory everything possible is alike") {
  Recall recall(nullptr, nullptr, {});
  std::vector<float> row{0, impossible, 0, 0, 0};
  recall.mix(row, Model::absent);
  CHECK(std::exp(row[0]) == Approx(0.25));
  CHECK(row[1] == impossible);
}

TEST_CASE("a copy goes on by itself") {
  std::mt19937 random(3);
  const TemporaryPath path("copy");
  const auto corpus = write_and_open(path.str(), random_texts(random, 8), {.max_order = 3});
  auto buffers = std::make_shared<Buffers>();
  buffers->before = std::make_shared<const Buffer>(std::vector<Token>{1, 2, 3, 1, 2, 4, 1, 2});
  Recall one(corpus.get(), buffers, {});
  Recall other = one;
  one.advance(3);
  other.advance(4);
  std::vector<float> after_three(toy().size(), 0), after_four(toy().size(), 0);
  one.mix(after_three, Model::absent);
  other.mix(after_four, Model::absent);
  CHECK(after_three != after_four);

  Recall again(corpus.get(), buffers, {});
  again.advance(4);
  std::vector<float> expected(toy().size(), 0);
  again.mix(expected, Model::absent);
  CHECK(after_four == expected);
}

// All weights are zero in one set, which makes its candidates alike; in the others they are not.
TEST_CASE("the weights are those for a model or none, and for n-grams or none") {
  const TemporaryPath path("sets");
  const std::vector<Text> texts{{0, 0, {1, 2, 3}}, {0, 1, {1, 2, 3}}};
  auto buffers = std::make_shared<Buffers>();
  buffers->before = std::make_shared<const Buffer>(std::vector<Token>{1, 2, 3, 4, 1, 2, 3, 1, 2});
  for (const bool set_has_ngrams : {false, true}) {
    for (const Model set_model : {Model::absent, Model::present}) {
      std::vector<float> weights = initial_weights();
      const size_t zero = weight_set(set_model == Model::present, set_has_ngrams);
      std::fill_n(weights.begin() + static_cast<ptrdiff_t>(zero * weight_count), weight_count, 0);
      REQUIRE(write_memory(path.str(), pointers(texts), weights, toy(), {}, quiet).ok());
      const auto corpus = Corpus::open(path.str(), toy());
      REQUIRE(corpus.ok());
      for (const bool has_ngrams : {false, true}) {
        for (const Model model : {Model::absent, Model::present}) {
          buffers->language_id = has_ngrams ? "python" : "cobol";
          Recall recall(corpus->get(), buffers, {});
          std::vector<float> row(toy().size(), -std::log(static_cast<float>(toy().size())));
          recall.mix(row, model);
          CHECK((row[3] == row[1]) == (has_ngrams == set_has_ngrams && model == set_model));
        }
      }
    }
  }
}

TEST_CASE("the likeliest token is the one that the mix makes so") {
  std::mt19937 random(3);
  const TemporaryPath path("likeliest");
  const auto corpus = write_and_open(path.str(), random_texts(random, 20), {.max_order = 5});
  int known = 0;
  for (int round = 0; round < 500; ++round) {
    const std::vector<Token> prompt(random() % 10, static_cast<Token>(random() % 20));
    Recall recall(corpus.get(), random_buffers(random), prompt);
    std::vector<float> row(toy().size(), 0);
    recall.mix(row, Model::absent);
    const auto best = std::max_element(row.begin(), row.end());
    const auto likeliest = recall.likeliest();
    if (!likeliest) continue;  // nothing to go by, or something that nobody has seen
    ++known;
    CHECK(row[static_cast<size_t>(likeliest->token)] == *best);
    CHECK(likeliest->probability == Approx(std::exp(*best)));
  }
  CHECK(known > 100);
  CHECK_FALSE(Recall(nullptr, nullptr, {}).likeliest());
}

}  // namespace engine::decode::memory
