// Drafts change how long a generation takes, and nothing else.
#include "engine/session/speculation.h"

#include <utility>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using namespace support;
using engine::backend::exact_rows;
using engine::session::Drafting;
using engine::session::Guess;
using engine::session::Speculation;

constexpr int period = 24;

// A text that repeats itself, as its generation mostly will.
std::vector<Token> repetitive(uint64_t seed, size_t length) {
  const std::vector<Token> once = text_of(seed, period);
  std::vector<Token> text;
  while (text.size() < length) text.push_back(once[text.size() % period]);
  return text;
}

Request repetitive_request(uint64_t seed, int max_tokens) {
  return {.prompt = repetitive(seed, 50 + 7 * seed), .max_tokens = max_tokens};
}

const Outcome& check_exact(const Answer& found, const Request& request) {
  CHECK(found.outcome.error.empty());
  CHECK(found.tokens() == expected_tokens(request, period));
  CHECK(found.outcome.accepted_tokens <= found.outcome.drafted_tokens);
  return found.outcome;
}

// Steps of `tokens` take as many seconds as `seconds` says: a guess that the machine holds up is
// nothing to that.
template <typename Seconds>
Speculation taught(const Seconds& seconds) {
  Speculation speculation(Drafts::when_they_pay);
  for (int round = 0; round < 100; ++round) {
    speculation.step_took(1, 1000 * seconds(1));
    for (int tokens = 2; tokens <= exact_rows; ++tokens) {
      for (int i = 0; i < 4; ++i) speculation.step_took(tokens, 1000 * seconds(tokens));
    }
  }
  return speculation;
}

size_t drafts_of(Speculation& speculation, float probability, int most = 100, int tokens = 1) {
  Speculation::Load load{tokens, 1};
  return speculation.draft(load, most, [&] { return Guess{7, probability}; }).tokens.size();
}

}  // namespace

TEST_CASE("with drafts a text is the same, in fewer steps") {
  for (uint64_t seed = 0; seed < 6; ++seed) {
    Toy toy({.period = period}, 64, Drafts::always);
    const Request request = repetitive_request(seed, 60);
    const auto outcome = check_exact(answer(*toy.engine, request), request);
    CHECK(toy.backend->violations.empty());
    CHECK(outcome.accepted_tokens > 0);
    CHECK(outcome.drafted_tokens > outcome.accepted_tokens);
    const int steps = outcome.generated_tokens - outcome.accepted_tokens;
    CHECK(toy.backend->layers_run <= toy_layers * (steps + 1));
    // Again, with all of the prompt in the cache: the first step has drafts as well.
    CHECK(check_exact(answer(*toy.engine, request), request).accepted_tokens > 0);
  }
}

TEST_CASE("without drafts none are computed") {
  Toy toy({.period = period});
  const Request request = repetitive_request(1, 40);
  CHECK(check_exact(answer(*toy.engine, request), request).drafted_tokens == 0);
}

TEST_CASE("with drafts a seed draws the same tokens") {
  Toy toy({.period = period}, 64, Drafts::always);
  int accepted = 0;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    Request request = repetitive_request(seed % 3, 50);
    request.sampling = {.temperature = 1, .top_p = 0.95F, .seed = seed};
    accepted += check_exact(answer(*toy.engine, request), request).accepted_tokens;
  }
  CHECK(accepted > 0);
}

TEST_CASE("with drafts the limit, the context's end and stop texts hold to the token") {
  for (int most = 1; most < 40; most += 3) {
    Toy toy({.period = period}, 64, Drafts::always);
    const Request request = repetitive_request(2, most);
    check_exact(answer(*toy.engine, request), request);
    CHECK(toy.backend->violations.empty());
  }
  {
    Toy toy({.context = 80, .period = period}, 64, Drafts::always);
    Request request = repetitive_request(2, 1000);
    const auto found = answer(*toy.engine, request);
    request.max_tokens = 80 - static_cast<int>(request.prompt.size());
    check_exact(found, request);
  }
  Toy toy({.period = period}, 64, Drafts::always);
  Request request = repetitive_request(2, 40);
  const std::string whole = answer(*toy.engine, request).text();
  for (size_t first = 0; first + 3 < whole.size(); ++first) {
    request.stop_texts = {whole.substr(first, 3)};
    const auto found = answer(*toy.engine, request);
    CHECK(found.outcome.reason == EndReason::stop_text);
    CHECK(found.text() == whole.substr(0, whole.find(request.stop_texts[0])));
  }
}

TEST_CASE("drafts of several generations share the batch, which stays exact") {
  Toy toy({.blocks = 256, .period = period}, 48, Drafts::always);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 10; ++i) {
    requests.push_back(repetitive_request(i % 4, 40));
    if (i % 3 == 2) requests.back().sampling = {.temperature = 1, .seed = i};
    requests.back().priority = static_cast<Priority>(i % 3);
  }
  size_t largest_drafted = 0;
  toy.backend->on_layer = [&](const auto& batch) {
    // More rows than sequences want logits where there are drafts alone.
    size_t wanted = 0;
    for (const auto& token : batch.tokens) wanted += token.wants_logits;
    if (wanted > batch.block_tables.size()) {
      largest_drafted = std::max(largest_drafted, batch.tokens.size());
    }
  };
  for (const Request& request : requests) {
    pending.push_back(std::make_unique<Pending>(*toy.engine, request));
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    INFO("request " << i);
    check_exact(pending[i]->wait(), requests[i]);
  }
  CHECK(toy.backend->violations.empty());
  CHECK(largest_drafted > 1);
  CHECK(largest_drafted <= static_cast<size_t>(exact_rows));
}

TEST_CASE("drafts take no block that anybody needs") {
  // Each needs 5 of the 8 blocks at its end; they grow together.
  Toy toy({.blocks = 8, .period = period}, 64, Drafts::always);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 4; ++i) {
    requests.push_back({.prompt = repetitive(i, 40), .max_tokens = 100});
    pending.push_back(std::make_unique<Pending>(*toy.engine, requests.back()));
  }
  for (size_t i = 0; i < requests.size(); ++i) check_exact(pending[i]->wait(), requests[i]);
  // One that fills the pool to its last position.
  Toy small({.blocks = 3, .period = period}, 64, Drafts::always);
  const Request last{.prompt = repetitive(1, 40), .max_tokens = 56};
  check_exact(answer(*small.engine, last), last);
  CHECK(toy.backend->violations.empty());
  CHECK(small.backend->violations.empty());
}

TEST_CASE("a step with drafts that is stopped leaves nothing wrong behind") {
  Toy toy({.period = period}, 64, Drafts::always);
  const Request request = repetitive_request(3, 40);
  for (int layer = 1; layer < 40; ++layer) {
    std::stop_source stop;
    int left = layer;
    toy.backend->on_layer = [&](const auto&) {
      if (--left == 0) stop.request_stop();
    };
    toy.engine->generate(request, stop.get_token(), {});
    toy.backend->on_layer = nullptr;
    check_exact(answer(*toy.engine, request), request);
  }
}

TEST_CASE("a model that predicts further tokens itself takes half the steps, and says the same") {
  for (uint64_t seed = 0; seed < 6; ++seed) {
    const Request request{.prompt = text_of(seed, 20 + 17 * seed), .max_tokens = 60};
    Toy plain({}, 32, Drafts::always);
    const auto expected = answer(*plain.engine, request);
    Toy toy({.predicts = true}, 32, Drafts::always);
    const auto found = answer(*toy.engine, request);
    CHECK(found.tokens() == expected.tokens());
    CHECK(found.tokens() == expected_tokens(request));
    CHECK(toy.backend->violations.empty());
    CHECK(toy.backend->states_missing == 0);
    // Every second token, but for the first and the last.
    CHECK(2 * found.outcome.accepted_tokens + 3 >= found.outcome.generated_tokens);
    CHECK(expected.outcome.accepted_tokens < 10);
    // Again: the state of the last token in the cache is not known.
    CHECK(answer(*toy.engine, request).tokens() == expected.tokens());
    CHECK(toy.backend->violations.empty());
    CHECK(toy.backend->states_missing <= 1);
  }
}

TEST_CASE("what a model predicts takes in every token, whoever shares blocks or loses them") {
  Toy toy({.blocks = 12, .predicts = true}, 48, Drafts::always);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 8; ++i) {
    requests.push_back({.prompt = joined(text_of(1, 40), text_of(i, 30)), .max_tokens = 60});
    if (i % 3 == 2) requests.back().sampling = {.temperature = 1, .seed = i};
    requests.back().priority = static_cast<Priority>(i % 3);
    pending.push_back(std::make_unique<Pending>(*toy.engine, requests.back()));
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    INFO("request " << i);
    const Answer& found = pending[i]->wait();
    CHECK(found.outcome.error.empty());
    CHECK(found.tokens() == expected_tokens(requests[i]));
  }
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("a model that predicts nothing useful is asked no more") {
  Speculation speculation = taught([](int tokens) { return 1.0 * tokens; });
  CHECK(speculation.wants_guess());
  for (int i = 0; i < 3; ++i) {
    speculation.guess_took(100);
    drafts_of(speculation, 0.5F);
  }
  CHECK_FALSE(speculation.wants_guess());
}

TEST_CASE("nothing is drafted before a step was measured, nor where rows cost as much as steps") {
  Speculation fresh(Drafts::when_they_pay);
  CHECK(drafts_of(fresh, 0.99F) == 0);
  Speculation dear = taught([](int tokens) { return 1.0 * tokens; });
  CHECK(drafts_of(dear, 0.95F) == 0);
  Speculation off(Drafts::never);
  off.step_took(1, 1);
  CHECK(drafts_of(off, 1) == 0);
}

TEST_CASE("the surer the guesses and the cheaper the rows, the more drafts") {
  Speculation cheap = taught([](int tokens) { return 1 + 0.01 * (tokens - 1); });
  Speculation middling = taught([](int tokens) { return 1 + 0.3 * (tokens - 1); });
  CHECK(drafts_of(cheap, 0.99F) == static_cast<size_t>(exact_rows - 1));
  CHECK(drafts_of(cheap, 0.99F, 3) == 3);
  CHECK(drafts_of(cheap, 0.99F, 100, 10) == static_cast<size_t>(exact_rows - 10));
  CHECK(drafts_of(cheap, 0.99F, 100, exact_rows + 1) == 0);
  const size_t sure = drafts_of(middling, 0.9F), unsure = drafts_of(middling, 0.4F);
  CHECK(sure > unsure);
  CHECK(unsure > 0);
  CHECK(drafts_of(middling, 0.1F) == 0);
}

TEST_CASE("where a kernel takes rows by fours, drafts come by fours") {
  Speculation speculation = taught([](int tokens) { return (tokens + 3) / 4 + 0.001 * tokens; });
  CHECK(drafts_of(speculation, 0.7F) == 3);
}

TEST_CASE("drafts that break their promise are given up, and tried again later") {
  Speculation speculation = taught([](int tokens) { return 1 + 0.3 * (tokens - 1); });
  const auto step = [&] {
    Speculation::Load load{1, 1};
    const Drafting drafting = speculation.draft(load, 100, [] { return Guess{7, 0.9F}; });
    if (!drafting.tokens.empty()) speculation.checked(drafting, 0);
    speculation.step_took(1, 1000);
    return !drafting.tokens.empty();
  };
  int tried_first = 0, tried_later = 0;
  for (int i = 0; i < 300; ++i) tried_first += step();
  for (int i = 0; i < 1000; ++i) tried_later += step();
  CHECK(tried_first > 0);
  CHECK(tried_later > 0);
  CHECK(tried_later < 200);
}

TEST_CASE("a step that was held up once is no reason to give up drafts") {
  Speculation speculation = taught([](int tokens) { return 1 + 0.1 * (tokens - 1); });
  const size_t before = drafts_of(speculation, 0.8F);
  speculation.step_took(static_cast<int>(before) + 1, 1e6);
  CHECK(drafts_of(speculation, 0.8F) > 0);
}
