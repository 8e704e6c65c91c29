// A model's lines are come across the likeliest first, each once.
#include "lsp/features/branches.h"

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "tests/support/catch.h"

using namespace lsp::features;

namespace branches_test {
namespace {

using Token = engine::tokenizer::Token;

// What follows a line's beginning, of letters as tokens; a line ends where nothing does.
using Language = std::map<std::string, std::map<char, double>>;

const Language language = {{"", {{'a', 0.6}, {'b', 0.3}, {'c', 0.1}}},
                           {"a", {{'x', 0.9}, {'y', 0.1}}},
                           {"b", {{'x', 0.5}, {'y', 0.4}, {'z', 0.1}}},
                           {"c", {{'x', 1}}}};

// The likeliest token each time, but first none of `not_next`.
std::vector<ScoredPiece> line_in(const Branch& from) {
  std::vector<ScoredPiece> line = from.given;
  std::string text;
  for (const ScoredPiece& piece : line) text += piece.bytes;
  while (language.contains(text)) {
    std::pair<char, double> best{'?', 0};
    for (const auto& [letter, probability] : language.at(text)) {
      const auto& forbidden = from.not_next;
      const bool is_forbidden =
          line.size() == from.given.size() &&
          std::find(forbidden.begin(), forbidden.end(), Token(letter)) != forbidden.end();
      if (!is_forbidden && probability > best.second) best = {letter, probability};
    }
    line.push_back({.bytes = std::string(1, best.first),
                    .log_probability = std::log(best.second),
                    .token = Token(best.first)});
    text += best.first;
  }
  return line;
}

}  // namespace

TEST_CASE("every line is come across once, and its branch knows how likely its lines are") {
  Branches branches;
  std::set<std::string> lines;
  double probability = 0;
  for (std::optional<Branch> branch = Branch(); branch; branch = branches.take()) {
    if (branch->left < 1e-6) continue;
    const auto line = line_in(*branch);
    std::string text;
    double log_probability = 0;
    for (const ScoredPiece& piece : line) {
      text += piece.bytes;
      log_probability += piece.log_probability;
    }
    CHECK(lines.insert(text).second);
    CHECK(std::exp(branch->log_probability()) * branch->left >=
          Approx(std::exp(log_probability)).epsilon(1e-6));
    probability += std::exp(log_probability);
    branches.found(*branch, line);
  }
  CHECK(lines == std::set<std::string>{"ax", "ay", "bx", "by", "bz", "cx"});
  CHECK(probability == Approx(1));
}

TEST_CASE("what is likelier comes first, and of what is alike what differs earlier") {
  Branches branches;
  branches.found({}, line_in({}));  // "ax"
  const auto other = branches.take();
  REQUIRE(other);
  CHECK(other->given.empty());  // 0.4 of all, and all of the line is another
  CHECK(other->left == Approx(0.4));
  CHECK(other->not_next == std::vector<Token>{'a'});
  branches.found(*other, line_in(*other));  // "bx"
  const auto third = branches.take();
  REQUIRE(third);
  CHECK(third->not_next == std::vector<Token>{'a', 'b'});  // "c", 0.1 of all
  CHECK(third->left == Approx(0.1));
  const auto fourth = branches.take();
  REQUIRE(fourth);
  CHECK(fourth->given.size() == 1);
  CHECK(fourth->given[0].bytes == "b");  // 0.3, half of it left, and half of the line is another
  CHECK(fourth->worth == Approx(0.3 * 0.5 / 2));
}

}  // namespace branches_test
