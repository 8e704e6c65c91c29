// The tokens of a request are the same whatever else the engine does, has done or has forgotten.
#include <utility>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using support::answer;
using support::EndReason;
using support::expected_tokens;
using support::joined;
using support::Pending;
using support::Priority;
using support::Request;
using support::text_of;
using support::Token;
using support::Toy;

void check_answer(Toy& toy, const Request& request) {
  const auto found = answer(*toy.engine, request);
  CHECK(found.outcome.error.empty());
  CHECK(found.tokens() == expected_tokens(request));
  CHECK(toy.backend->violations.empty());
}

}  // namespace

TEST_CASE("a prompt of any length around the block size is computed right, in one piece or many") {
  for (const size_t length : {1, 2, 31, 32, 33, 63, 64, 65, 100}) {
    for (const int chunk : {1, 7, 32, 512}) {
      INFO(length << " tokens in pieces of " << chunk);
      Toy toy({}, chunk);
      check_answer(toy, {.prompt = text_of(length, length), .max_tokens = 40});
    }
  }
}

TEST_CASE("a repeated prompt comes out of the cache and gives the same") {
  Toy toy;
  for (const size_t length : {1, 20, 32, 33, 64, 90}) {
    const Request request{.prompt = text_of(1, length), .max_tokens = 10};
    check_answer(toy, request);
    const auto before = toy.backend->tokens_computed;
    const auto second = answer(*toy.engine, request);
    INFO(length << " tokens");
    CHECK(second.tokens() == expected_tokens(request));
    CHECK(second.outcome.cached_tokens == static_cast<int>(length) - 1);
    CHECK(toy.backend->tokens_computed - before ==
          1 + std::max(0, second.outcome.generated_tokens - 1));
  }
}

TEST_CASE("what one partition has computed is not found from another") {
  Toy toy;
  Request request{.prompt = text_of(1, 90), .max_tokens = 10};
  check_answer(toy, request);
  for (const uint64_t partition : {7, 8}) {
    request.partition = partition;
    for (const int cached : {0, 89}) {
      const auto found = answer(*toy.engine, request);
      CHECK(found.tokens() == expected_tokens(request));
      CHECK(found.outcome.cached_tokens == cached);
    }
  }
}

TEST_CASE("a prompt that extends the last one computes only its new tokens") {
  Toy toy;
  std::vector<Token> text = text_of(2, 75);
  answer(*toy.engine, {.prompt = text, .max_tokens = 8});
  for (int key = 0; key < 50; ++key) {
    text.push_back(static_cast<Token>('a' + key % 26));
    const auto before = toy.backend->tokens_computed;
    const Request request{.prompt = text, .max_tokens = 1, .priority = Priority::keystroke};
    const auto found = answer(*toy.engine, request);
    CHECK(found.tokens() == expected_tokens(request));
    CHECK(found.outcome.cached_tokens == static_cast<int>(text.size()) - 1);
    CHECK(toy.backend->tokens_computed - before == 1);
  }
}

TEST_CASE("what was generated is in the cache when it is accepted") {
  Toy toy;
  const std::vector<Token> prompt = support::long_winded(50, 30);
  const auto first = answer(*toy.engine, {.prompt = prompt, .max_tokens = 30});
  REQUIRE(first.pieces.size() == 30);
  const Request next{.prompt = joined(prompt, first.tokens()), .max_tokens = 5};
  const auto second = answer(*toy.engine, next);
  CHECK(second.tokens() == expected_tokens(next));
  CHECK(second.outcome.cached_tokens == 79);  // the last token was never computed
}

TEST_CASE("deleting back and typing something else gives the right tokens") {
  Toy toy;
  std::vector<Token> text = text_of(4, 70);
  for (const size_t kept : {60, 69, 33, 32, 31, 64, 1, 50}) {
    text.resize(kept);
    text = joined(text, text_of(kept, 70 - kept));
    check_answer(toy, {.prompt = text, .max_tokens = 6});
  }
}

TEST_CASE("requests that share batches give what each gives alone") {
  Toy toy({.blocks = 256}, 48);
  std::vector<Request> requests;
  for (uint64_t i = 0; i < 12; ++i) {
    requests.push_back({.prompt = text_of(i % 5, 20 + 11 * i), .max_tokens = 15});
    if (i % 2) requests.back().sampling = {.temperature = 1, .top_p = 0.9F, .seed = i};
  }
  std::vector<std::unique_ptr<Pending>> pending;
  for (const Request& request : requests) {
    pending.push_back(std::make_unique<Pending>(*toy.engine, request));
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    INFO("request " << i);
    CHECK(pending[i]->wait().tokens() == expected_tokens(requests[i]));
  }
  CHECK(toy.backend->most_sequences > 2);
  CHECK(toy.backend->largest_batch <= 48);
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("many samples of one prompt compute its blocks once") {
  Toy toy({.blocks = 256}, 64);
  const std::vector<Token> prompt = text_of(5, 64 * 3 + 1);
  // The engine is busy while they arrive, so that all are there when the first is planned.
  std::vector<std::unique_ptr<Pending>> pending;
  std::vector<Request> requests;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    requests.push_back({.prompt = prompt,
                        .max_tokens = 4,
                        .sampling = {.temperature = 1, .seed = seed},
                        .priority = Priority::background});
  }
  bool submitted = false;
  toy.backend->on_layer = [&](const auto&) {
    if (std::exchange(submitted, true)) return;
    for (const Request& request : requests) {
      pending.push_back(std::make_unique<Pending>(*toy.engine, request));
    }
  };
  answer(*toy.engine, {.prompt = text_of(6, 10), .max_tokens = 1});
  int64_t generated = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    CHECK(pending[i]->wait().tokens() == expected_tokens(requests[i]));
    generated += 4;
  }
  // 10 of the first request, the shared 192 once, and what each computes for itself.
  CHECK(toy.backend->tokens_computed <= 10 + 192 + generated);
}

TEST_CASE("after everything has been evicted the tokens are the same") {
  Toy toy({.blocks = 6});
  const Request first{.prompt = text_of(7, 100), .max_tokens = 20};
  for (uint64_t round = 0; round < 5; ++round) {
    check_answer(toy, first);
    check_answer(toy, {.prompt = text_of(100 + round, 150), .max_tokens = 20});
  }
}

TEST_CASE("a cancelled generation can be asked for again") {
  Toy toy;
  const Request request{.prompt = text_of(8, 120), .max_tokens = 30};
  for (int layer = 1; layer < 12; ++layer) {
    std::stop_source stop;
    int left = layer;
    toy.backend->on_layer = [&](const auto&) {
      if (--left == 0) stop.request_stop();
    };
    std::vector<Token> tokens;
    const auto outcome = toy.engine->generate(request, stop.get_token(), [&](const auto& piece) {
      tokens.push_back(piece.token);
      return true;
    });
    toy.backend->on_layer = nullptr;
    CHECK(outcome.reason == EndReason::stopped);
    const std::vector<Token> expected = expected_tokens(request);
    CHECK(std::equal(tokens.begin(), tokens.end(), expected.begin()));
    check_answer(toy, request);
  }
}

TEST_CASE("requests that together need more blocks than there are all come to their end") {
  // Each needs 5 of the 8 blocks at its end; they grow together.
  Toy toy({.blocks = 8}, 64);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 4; ++i) {
    requests.push_back({.prompt = text_of(20 + i, 40), .max_tokens = 100});
    if (i % 2) requests.back().sampling = {.temperature = 0.8F, .seed = i};
    pending.push_back(std::make_unique<Pending>(*toy.engine, requests.back()));
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    CHECK(pending[i]->wait().outcome.error.empty());
    CHECK(pending[i]->wait().tokens() == expected_tokens(requests[i]));
  }
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("a seed gives the same text again, another seed another") {
  Toy toy;
  Request request{.prompt = text_of(9, 30),
                  .max_tokens = 20,
                  .sampling = {.temperature = 1, .min_p = 0.1F, .seed = 1}};
  const auto first = answer(*toy.engine, request).tokens();
  CHECK(first == expected_tokens(request));
  CHECK(answer(*toy.engine, request).tokens() == first);
  request.sampling.seed = 2;
  CHECK(answer(*toy.engine, request).tokens() != first);
}

TEST_CASE("log-probabilities are those of the model, whatever the sampling cuts off") {
  Toy toy;
  const std::vector<Token> prompt = text_of(10, 45);
  const auto found =
      answer(*toy.engine,
             {.prompt = prompt, .max_tokens = 10, .sampling = {.temperature = 0.5F, .top_k = 3}});
  std::vector<Token> text = prompt;
  for (const auto& piece : found.pieces) {
    const auto expected = support::expected_log_probabilities(text);
    CHECK(piece.log_probability == expected[static_cast<size_t>(piece.token)]);
    text.push_back(piece.token);
  }
}

TEST_CASE("the score of a continuation is the sum of its log-probabilities") {
  Toy toy({.blocks = 256}, 32);
  for (const size_t length : {1, 31, 32, 33, 70}) {
    const std::vector<Token> prompt = text_of(30 + length, length);
    std::vector<std::vector<Token>> continuations{{}};
    for (const size_t count : {1, 2, 5, 40, 2}) {
      continuations.push_back(text_of(count + continuations.size(), count));
    }
    const auto scores =
        toy.engine->score(prompt, continuations, Priority::interactive, std::stop_token());
    REQUIRE(scores.ok());
    REQUIRE(scores->size() == continuations.size());
    for (size_t i = 0; i < continuations.size(); ++i) {
      INFO(length << " tokens, continuation of " << continuations[i].size());
      CHECK((*scores)[i] == Approx(support::expected_score(prompt, continuations[i])).margin(1e-4));
    }
  }
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("the score of what was generated is what the pieces said") {
  Toy toy;
  const std::vector<Token> prompt = text_of(11, 77);
  const auto found = answer(*toy.engine, {.prompt = prompt, .max_tokens = 12});
  double sum = 0;
  for (const auto& piece : found.pieces) sum += static_cast<double>(piece.log_probability);
  const std::vector<std::vector<Token>> continuations{found.tokens()};
  const auto scores = toy.engine->score(prompt, continuations, Priority::keystroke, {});
  REQUIRE(scores.ok());
  CHECK((*scores)[0] == Approx(sum).margin(1e-4));
}

TEST_CASE("scores share their prompt, in one batch, and survive a pool that is too small for all") {
  const std::vector<Token> prompt = text_of(12, 50);
  std::vector<std::vector<Token>> continuations;
  for (uint64_t i = 0; i < 12; ++i) continuations.push_back(text_of(40 + i, 5));
  {
    Toy toy({.blocks = 64}, 64);
    REQUIRE(toy.engine->score(prompt, continuations, Priority::interactive, {}).ok());
    CHECK(toy.backend->tokens_computed == 50 + 12 * 4);
    CHECK(toy.backend->most_sequences == 12);
  }
  Toy toy({.blocks = 4}, 64);
  const auto scores = toy.engine->score(prompt, continuations, Priority::interactive, {});
  REQUIRE(scores.ok());
  for (size_t i = 0; i < continuations.size(); ++i) {
    CHECK((*scores)[i] == Approx(support::expected_score(prompt, continuations[i])).margin(1e-4));
  }
  CHECK(toy.backend->violations.empty());
}
