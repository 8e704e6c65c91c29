// Text that moved is taken from where it was, by keystrokes alone, and for as long as nobody has
// had the time to compute it.
#include <algorithm>
#include <chrono>
#include <numeric>

#include "tests/engine/session/harness.h"
#include "tests/engine/session/logged_folder.h"
#include "tests/support/catch.h"

namespace {

using engine::backend::BatchToken;
using engine::backend::BlockId;
using support::answer;
using support::expected_tokens;
using support::joined;
using support::Priority;
using support::Request;
using support::text_of;
using support::Token;
using support::Toy;
using support::ToyBackend;

// A text before and after an edit above its body.
struct Edit {
  std::vector<Token> head = text_of(1, 40), body = text_of(2, 150);
  std::vector<Token> before = joined(joined(head, body), text_of(3, 6));
  std::vector<Token> inserted = text_of(4, 9);
  std::vector<Token> after = joined(joined(joined(head, inserted), body), text_of(5, 7));
  int moved_from = 40, moved_to = 49;
};

constexpr int generated = 12;

Request request_of(const std::vector<Token>& prompt, Priority priority = Priority::keystroke) {
  return {.prompt = prompt, .max_tokens = generated, .priority = priority};
}

// Runs `tokens` at positions from `first` on; the greedy choice behind the last.
Token run(ToyBackend& backend, std::span<const BlockId> table, std::span<const Token> tokens,
          int first) {
  std::vector<BatchToken> batch;
  for (const Token token : tokens) batch.push_back({token, first++, 0, false});
  batch.back().wants_logits = true;
  std::vector<float> logits(static_cast<size_t>(backend.config().vocab_size));
  REQUIRE(backend.run({batch, {&table, 1}}, logits, [] { return true; }).ok());
  logits.resize(support::toy_vocabulary().size());
  return static_cast<Token>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

// What must be generated behind the edited text with the body's cells as they were before.
std::vector<Token> expected_with_shift(const Edit& edit) {
  ToyBackend backend({});
  std::vector<BlockId> blocks(20);
  std::iota(blocks.begin(), blocks.end(), 0);
  const auto old_table = std::span(blocks).first(10), table = std::span(blocks).last(10);
  run(backend, old_table, edit.before, 0);
  const std::span<const Token> text(edit.after);
  const auto behind = static_cast<size_t>(edit.moved_to) + edit.body.size();
  run(backend, table, text.first(static_cast<size_t>(edit.moved_to)), 0);
  REQUIRE(backend.copy_cells({old_table, edit.moved_from}, {table, edit.moved_to},
                             static_cast<int>(edit.body.size())));
  Token next = run(backend, table, text.subspan(behind), static_cast<int>(behind));
  std::vector<Token> tokens;
  for (int i = 0; i < generated; ++i) {
    if (support::toy_vocabulary().is_end_of_generation(next)) break;
    tokens.push_back(next);
    next = run(backend, table, {&next, 1}, static_cast<int>(edit.after.size()) + i);
  }
  return tokens;
}

// Asks until nothing of the answer is an approximation any more.
support::Answer when_refreshed(Toy& toy, const Request& request) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  support::Answer last;
  do last = answer(*toy.engine, request);
  while (last.outcome.shifted_tokens > 0 && std::chrono::steady_clock::now() < end);
  return last;
}

}  // namespace

TEST_CASE("a keystroke takes the cells of text that moved, in batches of any size") {
  const Edit edit;
  for (const int chunk : {5, 32, 512}) {
    INFO("pieces of " << chunk);
    Toy toy({}, chunk);
    answer(*toy.engine, request_of(edit.before));
    const auto found = answer(*toy.engine, request_of(edit.after));
    CHECK(found.tokens() == expected_with_shift(edit));
    CHECK(found.outcome.shifted_tokens == 150);
    CHECK(found.outcome.cached_tokens == 40);
    CHECK(toy.backend->violations.empty());
  }
}

TEST_CASE("several pieces of text that moved are taken, and what is between is computed at once") {
  const std::vector<Token> first = text_of(1, 50), second = text_of(2, 60);
  Toy toy({}, 512);
  answer(*toy.engine, request_of(joined(first, second)));
  auto text = joined(joined(text_of(3, 5), second), joined(text_of(4, 7), first));
  text = joined(text, text_of(5, 3));
  size_t first_batch = 0;  // tokens; what comes after the answer must not write here any more
  toy.backend->on_layer = [&](const auto& batch) {
    if (first_batch == 0) first_batch = batch.tokens.size();
  };
  const auto found = answer(*toy.engine, request_of(text));
  CHECK(found.outcome.shifted_tokens == 110);
  CHECK(first_batch == 15);
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("whoever is not in a hurry gets exact tokens") {
  const Edit edit;
  for (const Priority priority : {Priority::interactive, Priority::background}) {
    Toy toy;
    answer(*toy.engine, request_of(edit.before));
    const auto found = answer(*toy.engine, request_of(edit.after, priority));
    CHECK(found.outcome.shifted_tokens == 0);
    CHECK(found.tokens() == expected_tokens(request_of(edit.after)));
  }
}

TEST_CASE("nobody else finds what is an approximation, in memory or on disk") {
  const Edit edit;
  const Request exact = request_of(edit.after, Priority::interactive);
  Toy toy;
  answer(*toy.engine, request_of(edit.before));
  CHECK(answer(*toy.engine, request_of(edit.after)).outcome.shifted_tokens == 150);
  CHECK(answer(*toy.engine, exact).tokens() == expected_tokens(exact));

  support::LoggedFolder folder;
  const auto new_process = [&] {
    return Toy({}, {folder.path("prefixes"), 1 << 20, folder.log()}, {});
  };
  {
    const Toy first = new_process();
    answer(*first.engine, request_of(edit.before));
    CHECK(answer(*first.engine, request_of(edit.after)).outcome.shifted_tokens == 150);
  }
  const Toy second = new_process();
  CHECK(answer(*second.engine, exact).tokens() == expected_tokens(exact));
  CHECK(folder.logged().empty());
}

TEST_CASE("an approximation is computed when there is nothing else to do") {
  const Edit edit;
  Toy toy;
  answer(*toy.engine, request_of(edit.before));
  CHECK(answer(*toy.engine, request_of(edit.after)).outcome.shifted_tokens == 150);
  const auto found = when_refreshed(toy, request_of(edit.after));
  CHECK(found.outcome.shifted_tokens == 0);
  CHECK(found.tokens() == expected_tokens(request_of(edit.after)));
  CHECK(found.outcome.cached_tokens >= 199);
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("short pieces are computed") {
  const std::vector<Token> piece = text_of(1, 31);
  Toy toy;
  answer(*toy.engine, request_of(joined(text_of(2, 10), joined(piece, text_of(3, 10)))));
  const Request request = request_of(joined(text_of(4, 3), joined(piece, text_of(5, 10))));
  const auto found = answer(*toy.engine, request);
  CHECK(found.outcome.shifted_tokens == 0);
  CHECK(found.tokens() == expected_tokens(request));
}

TEST_CASE("a prompt that is computed for later is computed exactly") {
  const Edit edit;
  Toy toy;
  answer(*toy.engine, request_of(edit.before));
  answer(*toy.engine, {.prompt = edit.after, .max_tokens = 0, .priority = Priority::keystroke});
  const auto found = answer(*toy.engine, request_of(edit.after));
  CHECK(found.outcome.shifted_tokens == 0);
  CHECK(found.tokens() == expected_tokens(request_of(edit.after)));
}

TEST_CASE("where there is no room for copies the text is computed") {
  const Edit edit;
  Toy toy({.blocks = 8});  // 196 and 206 tokens do not fit beside each other
  answer(*toy.engine, request_of(edit.before));
  const auto found = answer(*toy.engine, request_of(edit.after));
  CHECK(found.outcome.error.empty());
  CHECK(found.outcome.shifted_tokens == 0);
  CHECK(found.tokens() == expected_tokens(request_of(edit.after)));
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("with multi-token prediction, copied tokens count as taken in") {
  const Edit edit;
  Toy toy({.predicts = true}, 512, support::Drafts::always);
  answer(*toy.engine, request_of(edit.before));
  const auto found = answer(*toy.engine, request_of(edit.after));
  CHECK(found.outcome.shifted_tokens == 150);
  CHECK(found.tokens() == expected_with_shift(edit));
  CHECK(toy.backend->violations.empty());
}
