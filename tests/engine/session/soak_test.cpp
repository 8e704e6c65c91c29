// A thousand random scripts: requests of all kinds come, are stopped and evict each other, from
// several threads; every one that ends by itself gives exactly the tokens it must.
//
// LEMMA_SOAK=N runs N scripts instead.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <span>
#include <thread>

#include "engine/base/format.h"
#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using namespace support;

struct Script {
  std::vector<std::vector<Token>> texts;  // prompts are beginnings of these, so that they overlap
  std::mt19937_64 random;

  explicit Script(uint64_t seed) : random(seed) {
    const std::vector<Token> trunk = text_of(seed * 7, 40);
    for (uint64_t i = 0; i < 3; ++i) texts.push_back(joined(trunk, text_of(seed * 7 + i, 60)));
  }

  uint64_t below(uint64_t limit) { return random() % limit; }

  Request request() {
    const auto& text = texts[below(texts.size())];
    Request made{.prompt = {text.begin(), text.begin() + static_cast<long>(1 + below(99))},
                 .max_tokens = static_cast<int>(below(12)),
                 .priority = static_cast<Priority>(below(3))};
    if (below(2)) made.sampling = {.temperature = 1, .top_p = 0.8F, .seed = below(4)};
    return made;
  }
};

// Empty, or what is wrong: the end must be of one kind or another, and the tokens exact where it
// came by itself.
std::string what_is_wrong(const Request& request, const Answer& answer) {
  const std::vector<Token> expected = expected_tokens(request);
  const std::vector<Token> found = answer.tokens();
  const auto [end, rest] =
      std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
  const bool stopped = answer.outcome.reason == EndReason::stopped;
  const bool ended =
      answer.outcome.reason == EndReason::limit || answer.outcome.reason == EndReason::end_token;
  if (end == found.end() && (stopped || (ended && rest == expected.end()))) return {};
  return engine::base::concat("prompt ", request.prompt.size(), ", limit ", request.max_tokens,
                              ", end reason ", static_cast<int>(answer.outcome.reason), " ",
                              answer.outcome.error, ": ", end - found.begin(), " tokens right of ",
                              found.size(), ", ", expected.size(), " expected");
}

// What went wrong; empty: nothing. (Catch's own checks are not for several threads.)
std::string run_script(std::span<const Toy> toys, uint64_t seed) {
  Script script(seed);
  const auto any_engine = [&]() -> Engine& { return *toys[script.below(toys.size())].engine; };
  struct Entry {
    Request request;
    std::unique_ptr<Pending> pending;
  };
  std::vector<Entry> entries;
  for (uint64_t i = 1 + script.below(6); i > 0; --i) {
    Request request = script.request();
    auto pending = std::make_unique<Pending>(any_engine(), request);
    entries.push_back({std::move(request), std::move(pending)});
    if (script.below(3) == 0) entries[script.below(entries.size())].pending->stop();
    if (script.below(4) == 0) entries[script.below(entries.size())].pending->wait();
  }
  if (script.below(4) == 0) {
    const Request request = script.request();
    const std::vector<std::vector<Token>> continuations{text_of(seed, 1 + script.below(5)),
                                                        text_of(seed + 1, 3)};
    const auto scores = any_engine().score(request.prompt, continuations, request.priority, {});
    if (!scores) return scores.message();
    for (size_t i = 0; i < continuations.size(); ++i) {
      if (std::abs((*scores)[i] - expected_score(request.prompt, continuations[i])) > 1e-3) {
        return "a score is wrong";
      }
    }
  }
  for (Entry& entry : entries) {
    const std::string wrong = what_is_wrong(entry.request, entry.pending->wait());
    if (!wrong.empty()) return wrong;
  }
  return {};
}

void check_scripts(uint64_t first, uint64_t count, std::span<const Toy> toys) {
  constexpr uint64_t threads = 3;
  std::vector<std::string> errors(threads);
  {
    std::vector<std::jthread> callers;
    for (uint64_t t = 0; t < threads; ++t) {
      callers.emplace_back([&, t] {
        for (uint64_t seed = first + t; seed < first + count && errors[t].empty();
             seed += threads) {
          errors[t] = run_script(toys, seed);
          if (!errors[t].empty()) errors[t] += " in script " + std::to_string(seed);
        }
      });
    }
  }
  for (const std::string& error : errors) CHECK(error == "");
  for (const Toy& toy : toys) CHECK(toy.backend->violations == std::vector<std::string>{});
}

void check_scripts(uint64_t first, uint64_t count, ToyOptions options, int prefill_tokens) {
  const Toy toy(options, prefill_tokens);
  check_scripts(first, count, {&toy, 1});
}

}  // namespace

TEST_CASE("random requests give exact tokens whatever happens around them") {
  const char* setting = std::getenv("LEMMA_SOAK");
  const uint64_t scripts = setting ? std::strtoull(setting, nullptr, 10) : 1000;
  // A roomy pool, and one that hardly holds one request: everything is evicted and preempted.
  check_scripts(0, scripts / 4, {.blocks = 128}, 32);
  check_scripts(scripts, scripts / 4, {.blocks = 4}, 64);
  check_scripts(2 * scripts, scripts / 4, {.blocks = 7}, 9);
  check_scripts(3 * scripts, scripts - scripts / 4 * 3, {.blocks = 12}, 256);
  check_scripts(4 * scripts, scripts / 4, two_toys({.blocks = 7}, {.blocks = 128}, 32));
}
