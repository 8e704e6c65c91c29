// A search finds likelier lines than taking the likeliest token each time, and an engine searches
// as if every path were computed by itself.
#include "engine/session/line_search.h"

#include <cmath>
#include <map>
#include <utility>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using namespace support;
using engine::session::LineSearch;
using engine::session::Option;
using engine::session::Path;
using engine::session::Search;

Token token_of(const std::string& text) {
  const auto tokens = toy_vocabulary().encode(text, engine::tokenizer::SpecialTokens::literal);
  REQUIRE(tokens.size() == 1);
  return tokens[0];
}

// What follows a line's beginning, in a language of a few words; all else is hardly possible.
using Language = std::map<std::string, std::map<std::string, double>>;

const std::string end_token = "<end>";  // of this language

std::vector<float> row_of(const Language& language, const Path& path) {
  std::string line;
  for (const Token token : path.tokens) line += toy_vocabulary().bytes(token);
  std::vector<float> row(toy_vocabulary().size(), std::log(1e-6F));
  for (const auto& [word, probability] : language.at(line)) {
    const Token token = word == end_token ? *toy_vocabulary().eos() : token_of(word);
    row[static_cast<size_t>(token)] = static_cast<float>(std::log(probability));
  }
  return row;
}

std::vector<Path> begin() {
  std::vector<Path> paths;
  paths.push_back({.healing = engine::decode::Healing(toy_vocabulary(), "")});
  return paths;
}

std::vector<Path> grown(const std::vector<Path>& paths, const std::vector<LineSearch::Way>& ways) {
  std::vector<Path> result;
  for (const LineSearch::Way& way : ways) {
    Path path = paths[way.path];
    const Option option = path.options[way.option];
    path.pieces.push_back(path.advance(option, toy_vocabulary().bytes(option.token)));
    result.push_back(std::move(path));
  }
  return result;
}

// Goes on until the line has ended or is given up. `row(path)`: [vocabulary].
template <typename Row>
std::vector<Token> found_tokens(LineSearch& search, const Row& row, std::vector<Path> paths) {
  while (search.active()) {
    for (Path& path : paths) path.options = search.options(path, row(path));
    const auto ways = search.choose(paths);
    if (ways.empty()) {
      LineSearch::Ended best = search.take_best();
      best.path.tokens.push_back(best.last.token);
      return best.path.tokens;
    }
    paths = grown(paths, ways);
  }
  return paths.front().tokens;
}

std::string found_line(const Language& language, Search options, int max_tokens = 8) {
  LineSearch search(options, toy_vocabulary(), max_tokens);
  std::string line;
  for (const Token token : found_tokens(
           search, [&](const Path& path) { return row_of(language, path); }, begin())) {
    line +=
        token == *toy_vocabulary().eos() ? end_token : std::string(toy_vocabulary().bytes(token));
  }
  return line;
}

// The answer to a request with a search, each path computed by itself.
std::vector<Token> expected_search(const Request& request, int period = 0) {
  LineSearch search(request.search, toy_vocabulary(), request.max_tokens);
  std::vector<Token> tokens = found_tokens(
      search,
      [&](const Path& path) {
        return expected_log_probabilities(joined(request.prompt, path.tokens), period);
      },
      begin());
  const auto ended = [&] {
    return toy_vocabulary().is_end_of_generation(tokens.back()) ||
           static_cast<int>(tokens.size()) == request.max_tokens;
  };
  while (!ended()) {
    const auto row = expected_log_probabilities(joined(request.prompt, tokens), period);
    const auto best = std::max_element(row.begin(), row.end());
    tokens.push_back(static_cast<Token>(best - row.begin()));
  }
  if (toy_vocabulary().is_end_of_generation(tokens.back())) tokens.pop_back();
  return tokens;
}

Request searching(uint64_t seed, size_t length, int width, int max_tokens = 10) {
  Request request{.prompt = text_of(seed, length), .max_tokens = max_tokens};
  request.search.width = width;
  request.search.slowest_step_ms = 1e9;  // whatever else the machine does
  return request;
}

}  // namespace

TEST_CASE("a line that begins with the second token is found where it is likelier as a whole") {
  Language language{{"", {{"a", 0.5}, {"b", 0.4}}}, {"b", {{"\n", 0.9}}}};
  for (const char letter : std::string("cdefghijkl")) {
    language["a"][std::string(1, letter)] = 0.09;
    language["a" + std::string(1, letter)] = {{"\n", 0.9}};
  }
  CHECK(found_line(language, {.width = 2}) == "b\n");
  // Neither line is likely enough, and the likelier first token is what is left.
  CHECK(found_line(language, {.width = 2, .least_probability = 0.45F}).substr(0, 1) == "a");
  CHECK(found_line(language, {.width = 2, .least_probability = 0.3F}) == "b\n");
}

TEST_CASE("ends of one line are added up, whatever ends it and whatever its tokens are") {
  const Language language{{"", {{"a", 0.35}, {"b", 0.3}, {"re", 0.3}}},
                          {"a", {{"\n", 0.99}}},
                          {"b", {{"\n", 0.6}, {end_token, 0.4}}},
                          {"re", {{"\n", 0.5}}}};
  CHECK(found_line(language, {.width = 4}) == "a\n");
  Language more = language;
  more[""] = {{"a", 0.35}, {"b", 0.4}};
  CHECK(found_line(more, {.width = 4}) == "b\n");  // 0.24 and 0.16
  const Language twice{{"", {{"a", 0.31}, {"re", 0.25}, {"r", 0.33}}},
                       {"a", {{"\n", 0.97}}},
                       {"r", {{"e", 0.98}}},
                       {"re", {{"\n", 0.9}}}};
  CHECK(found_line(twice, {.width = 4}) == "re\n");  // 0.22 and 0.29 to 0.30
}

TEST_CASE("a line ends with the tokens that may be generated") {
  const Language language{
      {"", {{"a", 0.6}, {"b", 0.4}}}, {"a", {{"a", 0.5}, {"b", 0.5}}}, {"b", {{"b", 1}}}};
  CHECK(found_line(language, {.width = 3}, 2) == "bb");
}

TEST_CASE("an engine searches as if each path were computed by itself") {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Toy toy;
    const Request request = searching(seed, 20 + 3 * seed, 2 + static_cast<int>(seed % 4));
    const Answer found = answer(*toy.engine, request);
    CHECK(found.outcome.error.empty());
    CHECK(found.tokens() == expected_search(request));
    CHECK(static_cast<size_t>(found.outcome.generated_tokens) == found.pieces.size());
    CHECK(found.outcome.cached_tokens == 0);
    // Again, with the prompt in the cache.
    const Answer again = answer(*toy.engine, request);
    CHECK(again.tokens() == found.tokens());
    CHECK(again.outcome.cached_tokens > 0);
    CHECK(again.outcome.cached_tokens < static_cast<int>(request.prompt.size()));
    for (size_t i = 0; i < found.pieces.size(); ++i) {
      CHECK(again.pieces[i].log_probability == found.pieces[i].log_probability);
    }
    CHECK(toy.backend->violations.empty());
  }
}

TEST_CASE("a search has drafts where one path is left, and finds the same") {
  int accepted = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    constexpr int period = 12;
    Toy toy({.period = period}, 64, Drafts::always);
    Request request = searching(seed, period, 3, 30);
    const std::vector<Token> once = request.prompt;
    for (int i = 0; i < 4; ++i) request.prompt = joined(request.prompt, once);
    const Answer found = answer(*toy.engine, request);
    CHECK(found.tokens() == expected_search(request, period));
    accepted += found.outcome.accepted_tokens;
    CHECK(toy.backend->violations.empty());
  }
  CHECK(accepted > 0);
}

TEST_CASE("what the first token may not be is no way on, at its probability among all others") {
  for (const int width : {1, 3}) {
    Toy toy;
    const Request request = searching(11, 40, width);
    const Answer usual = answer(*toy.engine, request);
    REQUIRE(usual.pieces.size() > 1);
    Request other = request;
    other.search.not_first = {usual.pieces[0].token, -1, 1 << 30};
    const Answer found = answer(*toy.engine, other);
    REQUIRE_FALSE(found.pieces.empty());
    CHECK(found.pieces[0].token != usual.pieces[0].token);
    CHECK(found.pieces[0].log_probability < usual.pieces[0].log_probability);
    const auto row = expected_log_probabilities(request.prompt);
    CHECK(found.pieces[0].log_probability ==
          Approx(row[static_cast<size_t>(found.pieces[0].token)]).margin(1e-4));
    // It may come later.
    Request later = request;
    later.search.not_first = {usual.pieces[1].token};
    if (usual.pieces[1].token != usual.pieces[0].token && width == 1) {
      CHECK(answer(*toy.engine, later).tokens() == usual.tokens());
    }
    CHECK(toy.backend->violations.empty());
  }
}

TEST_CASE("where steps are slow the likeliest token is taken each time") {
  Toy toy;
  Request request = searching(7, 40, 3);
  answer(*toy.engine, {.prompt = text_of(1, 10), .max_tokens = 10});  // steps are measured
  REQUIRE(expected_search(request) != expected_tokens(request));
  request.search.slowest_step_ms = 0;
  CHECK(answer(*toy.engine, request).tokens() == expected_tokens(request));
}

TEST_CASE("searches that share a small pool come to their end") {
  Toy toy({.blocks = 12}, 64);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 6; ++i) {
    requests.push_back(searching(i, 50 + 10 * i, 1 + static_cast<int>(i)));
    pending.push_back(std::make_unique<Pending>(*toy.engine, requests.back()));
  }
  pending[3]->stop();
  for (size_t i = 0; i < requests.size(); ++i) {
    const Answer& found = pending[i]->wait();
    CHECK(found.outcome.error.empty());
    if (i == 3) continue;
    CHECK(found.tokens() == (i == 0 ? expected_tokens(requests[i]) : expected_search(requests[i])));
  }
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("a search is refused where tokens are drawn, and beyond its limits") {
  Toy toy;
  for (const int width : {0, 17}) {
    const Answer refused = answer(*toy.engine, searching(1, 10, width));
    CHECK(refused.outcome.error.find("1 to 16 ways") != std::string::npos);
  }
  Request request = searching(1, 10, 2);
  request.sampling.temperature = 1;
  CHECK(answer(*toy.engine, request).outcome.error.find("temperature") != std::string::npos);
}
