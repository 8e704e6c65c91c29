// What a request may ask for, and how it ends.
#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"
#include "tests/support/toy_vocabulary.h"

namespace {

using support::answer;
using support::EndReason;
using support::expected_tokens;
using support::long_winded;
using support::Outcome;
using support::Piece;
using support::Priority;
using support::Request;
using support::text_of;
using support::Token;
using support::Toy;

// The request ends in an error that says `what`, and the next one works.
void check_refused(const Request& request, const std::string& what,
                   support::ToyOptions options = {}) {
  Toy toy(options);
  const auto found = answer(*toy.engine, request);
  CHECK(found.outcome.reason == EndReason::error);
  INFO(found.outcome.error);
  CHECK(found.outcome.error.find(what) != std::string::npos);
  CHECK(toy.backend->tokens_computed == 0);
  CHECK(answer(*toy.engine, {.prompt = {1}, .max_tokens = 1}).outcome.error.empty());
}

std::string bytes_of(const std::vector<Token>& tokens) {
  std::string bytes;
  for (const Token token : tokens) bytes += support::toy_vocabulary().bytes(token);
  return bytes;
}

}  // namespace

TEST_CASE("requests that cannot be done are refused, saying what to do") {
  check_refused({.prompt = {}}, "at least one token");
  check_refused({.prompt = {1, -1}}, "prompt token 1 is -1");
  check_refused({.prompt = {281}}, "outside the vocabulary of 281");
  check_refused({.prompt = {1}, .max_tokens = -1}, "max_tokens");
  check_refused({.prompt = {1}, .stop_texts = {"a", ""}}, "stop text is empty");
  check_refused({.prompt = {1}, .sampling = {.temperature = 1, .top_p = 2}}, "top_p");
  check_refused({.prompt = text_of(1, 100)}, "shorten the prompt", {.context = 100});
  check_refused({.prompt = text_of(1, 64)}, "the context holds 64", {.blocks = 2});
}

TEST_CASE("scores that cannot be computed are refused") {
  Toy toy({.context = 64});
  const auto check = [&](const std::vector<Token>& prompt,
                         const std::vector<std::vector<Token>>& continuations,
                         const std::string& what) {
    const auto scores = toy.engine->score(prompt, continuations, Priority::interactive, {});
    REQUIRE_FALSE(scores.ok());
    INFO(scores.message());
    CHECK(scores.message().find(what) != std::string::npos);
  };
  check({}, {{1}}, "at least one token");
  check({1}, {{1}, {281}}, "outside the vocabulary");
  check(text_of(1, 60), {{1}, text_of(2, 5)}, "shorten the prompt");
  std::stop_source stop;
  stop.request_stop();
  const std::vector<std::vector<Token>> continuations{{1}};
  const auto stopped =
      toy.engine->score(text_of(1, 10), continuations, Priority::interactive, stop.get_token());
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.message().find("stopped") != std::string::npos);
  CHECK(toy.engine->score(text_of(1, 59), {{text_of(2, 5)}}, Priority::interactive, {}).ok());
  CHECK(toy.engine->score(text_of(1, 59), {}, Priority::interactive, {})->empty());
}

TEST_CASE("generation ends at the limit, at the end of the context, and at an end token") {
  const std::vector<Token> prompt = long_winded(20, 50);
  {
    Toy toy;
    const auto found = answer(*toy.engine, {.prompt = prompt, .max_tokens = 17});
    CHECK(found.outcome.reason == EndReason::limit);
    CHECK(found.outcome.generated_tokens == 17);
    CHECK(found.outcome.prompt_tokens == 20);
    CHECK(found.pieces.size() == 17);
  }
  {
    Toy toy({.context = 40});
    const auto found = answer(*toy.engine, {.prompt = prompt, .max_tokens = 50});
    CHECK(found.outcome.reason == EndReason::limit);
    CHECK(found.outcome.generated_tokens == 20);
    CHECK(found.tokens() == expected_tokens({.prompt = prompt, .max_tokens = 20}));
  }
  Toy toy;
  const Request request{
      .prompt = prompt, .max_tokens = 1000, .sampling = {.temperature = 1, .seed = 3}};
  const auto found = answer(*toy.engine, request);
  CHECK(found.outcome.reason == EndReason::end_token);
  CHECK(found.outcome.generated_tokens == static_cast<int>(found.pieces.size()));
  for (const Piece& piece : found.pieces) {
    CHECK_FALSE(support::toy_vocabulary().is_end_of_generation(piece.token));
  }
}

TEST_CASE("with no tokens to generate the prompt is made ready in the cache") {
  Toy toy;
  const std::vector<Token> prompt = text_of(1, 80);
  const auto warm =
      answer(*toy.engine, {.prompt = prompt, .max_tokens = 0, .priority = Priority::background});
  CHECK(warm.outcome.reason == EndReason::limit);
  CHECK(warm.pieces.empty());
  CHECK(toy.backend->tokens_computed == 80);
  // Once more: there is nothing left to do.
  const auto again = answer(*toy.engine, {.prompt = prompt, .max_tokens = 0});
  CHECK(again.outcome.reason == EndReason::limit);
  CHECK(again.outcome.cached_tokens == 80);
  CHECK(toy.backend->tokens_computed == 80);
  const Request request{.prompt = support::joined(prompt, {5}), .max_tokens = 3};
  const auto found = answer(*toy.engine, request);
  CHECK(found.outcome.cached_tokens == 80);
  CHECK(found.tokens() == expected_tokens(request));
}

TEST_CASE("a callback that returns false ends the stream after that piece") {
  Toy toy;
  const Request request{.prompt = long_winded(20, 10), .max_tokens = 10};
  int pieces = 0;
  const Outcome outcome =
      toy.engine->generate(request, {}, [&](const Piece&) { return ++pieces < 4; });
  CHECK(outcome.reason == EndReason::stopped);
  CHECK(pieces == 4);
}

TEST_CASE("a stop text ends the stream before it, wherever the tokens cut it") {
  Toy toy;
  const std::vector<Token> prompt = long_winded(20, 30);
  const std::string whole = bytes_of(expected_tokens({.prompt = prompt, .max_tokens = 30}));
  for (size_t first = 0; first + 3 < whole.size(); ++first) {
    const std::string stop = whole.substr(first, 3);
    const auto found =
        answer(*toy.engine, {.prompt = prompt, .max_tokens = 30, .stop_texts = {"????", stop}});
    CHECK(found.outcome.reason == EndReason::stop_text);
    CHECK(found.text() == whole.substr(0, whole.find(stop)));
  }
  // One that never comes changes nothing.
  const auto found =
      answer(*toy.engine, {.prompt = prompt, .max_tokens = 30, .stop_texts = {whole + "?"}});
  CHECK(found.outcome.reason == EndReason::limit);
  CHECK(found.text() == whole);
}

TEST_CASE("healed text begins with what was typed, and goes on from there") {
  Toy toy;
  for (const std::string typed : {"p", "pri", "print", "retur", "x\xE6\x97\xA5", "\xE6\x97",
                                  "<|end|>", "e\xC3\xA9 = foo():\n    "}) {
    for (uint64_t seed = 0; seed < 10; ++seed) {
      const Request request{.prompt = text_of(seed, 40),
                            .typed = typed,
                            .max_tokens = 60,
                            .sampling = {.temperature = 1, .seed = seed}};
      const auto found = answer(*toy.engine, request);
      CHECK(found.outcome.error.empty());
      CHECK(found.text().substr(0, typed.size()) == typed);
      CHECK(found.text().size() > typed.size());
      CHECK(answer(*toy.engine, request).tokens() == found.tokens());
    }
  }
}

TEST_CASE("the log-probability of a healed token is among those that agree with what was typed") {
  Toy toy;
  const std::vector<Token> prompt = text_of(5, 25);
  const auto found = answer(*toy.engine, {.prompt = prompt, .typed = "q", .max_tokens = 1});
  REQUIRE(found.pieces.size() == 1);
  CHECK(found.pieces[0].bytes == "q");  // the only one
  CHECK(found.pieces[0].log_probability == Approx(0).margin(1e-6));
}

TEST_CASE("stop texts do not count inside what was typed") {
  Toy toy;
  const auto found =
      answer(*toy.engine,
             {.prompt = text_of(6, 25), .typed = "foo\n", .max_tokens = 6, .stop_texts = {"\n"}});
  CHECK(found.text().substr(0, 4) == "foo\n");
  CHECK(found.text().size() > 4);
}

TEST_CASE("an engine without a model and without a memory says so") {
  const auto engine = engine::session::make_engine(
      {.file = nullptr,
       .tokenizer = std::make_unique<const engine::tokenizer::Tokenizer>(support::toy_tokenizer()),
       .backend = std::make_unique<support::ToyBackend>(support::ToyOptions{}),
       .corpus = nullptr,
       .model = engine::decode::memory::Model::absent,
       .description = "nothing"});
  const auto found = answer(*engine, {.prompt = {1}, .max_tokens = 1});
  CHECK(found.outcome.reason == EndReason::error);
  CHECK(found.outcome.error.find("neither a model nor a memory") != std::string::npos);
}

TEST_CASE("where there is no memory a request fails, and the next one is answered") {
  Toy toy;
  bool full = true;
  toy.backend->on_layer = [&](const auto&) {
    if (full) throw std::bad_alloc();
  };
  const Request request{.prompt = text_of(1, 50), .max_tokens = 5};
  const auto failed = answer(*toy.engine, request);
  CHECK(failed.outcome.reason == EndReason::error);
  CHECK(failed.outcome.error.find("no memory") != std::string::npos);
  full = false;
  CHECK(answer(*toy.engine, request).tokens() == expected_tokens(request));
}
