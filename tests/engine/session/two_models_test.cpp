// Two models under one scheduler: whose turn it is, and that each says what it says alone. The chat
// model likes to repeat itself, so that an answer of the wrong model is another answer.
#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace two_models_test {
namespace {

using namespace support;

constexpr int chat_period = 16;

Request request_for(uint64_t seed, size_t prompt, int max_tokens, Priority priority) {
  return {.prompt = text_of(seed, prompt), .max_tokens = max_tokens, .priority = priority};
}

void check_exact(Pending& pending, const Request& request, int period = 0) {
  const Answer& found = pending.wait();
  CHECK(found.outcome.error.empty());
  CHECK(found.tokens() == expected_tokens(request, period));
}

}  // namespace

TEST_CASE("a keystroke starts within a layer of the other model's run, which then goes on") {
  const Request slow = request_for(1, 200, 30, Priority::background);
  const Request fast = request_for(2, 40, 5, Priority::keystroke);
  // In the prefill, and among the steps of the generation behind it.
  for (const int at : {1, 2, 5, 6, 17, 60, 99}) {
    INFO("at layer " << at);
    const auto [complete, chat] =
        two_toys({.blocks = 8}, {.blocks = 16, .period = chat_period}, 256);
    std::unique_ptr<Pending> keystroke;
    int64_t chat_layers_at_start = -1;
    int layers = 0;
    std::set<std::thread::id> threads;
    chat.backend->on_layer = [&, &complete = complete](const auto&) {
      threads.insert(std::this_thread::get_id());
      if (++layers == at) keystroke = std::make_unique<Pending>(*complete.engine, fast);
    };
    complete.backend->on_layer = [&, &chat = chat](const auto&) {
      threads.insert(std::this_thread::get_id());
      if (chat_layers_at_start < 0) chat_layers_at_start = chat.backend->layers_run;
    };
    Pending background(*chat.engine, slow);
    check_exact(background, slow, chat_period);
    REQUIRE(keystroke);
    check_exact(*keystroke, fast);
    const int hooks = toy_layers - 1;  // the last layer of a run has none
    CHECK(chat_layers_at_start == (at - 1) / hooks * toy_layers + (at - 1) % hooks + 1);
    CHECK(threads.size() == 1);
    for (const Toy* toy : {&complete, &chat}) {
      CHECK(toy->backend->interrupted_runs == 0);
      CHECK(toy->backend->deepest == 1);
      CHECK(toy->backend->violations.empty());
    }
  }
}

TEST_CASE("what is more urgent still interrupts the overtaking run, whichever model has it") {
  const Request slow = request_for(1, 200, 3, Priority::background);
  const Request middle = request_for(2, 100, 3, Priority::interactive);
  const Request fast = request_for(3, 40, 3, Priority::keystroke);
  const auto [complete, chat] =
      two_toys({.blocks = 64}, {.blocks = 64, .period = chat_period}, 256);
  std::unique_ptr<Pending> interactive;
  std::unique_ptr<Pending> keystroke;
  chat.backend->on_layer = [&, &complete = complete](const auto&) {
    if (!interactive) interactive = std::make_unique<Pending>(*complete.engine, middle);
  };
  complete.backend->on_layer = [&, &chat = chat](const auto&) {
    if (!keystroke) keystroke = std::make_unique<Pending>(*chat.engine, fast);
  };
  Pending background(*chat.engine, slow);
  check_exact(background, slow, chat_period);
  check_exact(*interactive, middle);
  check_exact(*keystroke, fast, chat_period);
  CHECK(complete.backend->interrupted_runs == 1);
  CHECK(chat.backend->interrupted_runs == 0);
  CHECK(chat.backend->deepest == 2);
}

TEST_CASE("models whose requests are equally urgent take turns") {
  const auto [complete, chat] = two_toys({}, {});
  const Request request{.prompt = long_winded(20, 10), .max_tokens = 10};
  std::string steps;
  std::unique_ptr<Pending> second;
  complete.backend->on_layer = [&, &complete = complete, &chat = chat](const auto&) {
    if (complete.backend->layers_run % toy_layers == 1) steps += 'a';
    if (!second) second = std::make_unique<Pending>(*chat.engine, request);
  };
  chat.backend->on_layer = [&, &chat = chat](const auto&) {
    if (chat.backend->layers_run % toy_layers == 1) steps += 'b';
  };
  Pending first(*complete.engine, request);
  check_exact(first, request);
  check_exact(*second, request);
  CHECK(steps == "abababababababababab");
}

TEST_CASE("a request is stopped within a layer of the other model's run") {
  const auto [complete, chat] = two_toys({.blocks = 64}, {.blocks = 64}, 256);
  std::stop_source stop;
  int64_t ended_at = 0;
  complete.backend->on_layer = [&, &complete = complete, &chat = chat](const auto&) {
    if (complete.backend->layers_run == 2) {
      chat.engine->submit(request_for(8, 30, 5, Priority::background), stop.get_token(), nullptr,
                          [&](const Outcome& outcome) {
                            if (outcome.reason != EndReason::stopped) return;
                            ended_at = complete.backend->layers_run;
                          });
    }
    if (complete.backend->layers_run == 4) stop.request_stop();
  };
  answer(*complete.engine, request_for(7, 200, 3, Priority::interactive));
  CHECK(ended_at == 4);
}

TEST_CASE("each model has blocks of its own") {
  // Either request needs all blocks of its model.
  const Request slow = request_for(4, 230, 20, Priority::background);
  const Request fast = request_for(5, 230, 5, Priority::keystroke);
  const auto [complete, chat] = two_toys({.blocks = 8}, {.blocks = 8, .period = chat_period}, 256);
  std::unique_ptr<Pending> keystroke;
  chat.backend->on_layer = [&, &complete = complete](const auto&) {
    if (!keystroke) keystroke = std::make_unique<Pending>(*complete.engine, fast);
  };
  Pending background(*chat.engine, slow);
  check_exact(background, slow, chat_period);
  check_exact(*keystroke, fast);
  CHECK(chat.backend->interrupted_runs == 0);
}

TEST_CASE("two models live until neither is held, and then every request ends once") {
  const Request request = request_for(6, 50, 5, Priority::interactive);
  std::map<size_t, int> ends;
  {
    auto toys = two_toys({}, {.period = chat_period});
    toys[0].engine = nullptr;
    CHECK(answer(*toys[1].engine, request).tokens() == expected_tokens(request, chat_period));
  }
  {
    const auto toys = two_toys({}, {.period = chat_period});
    std::promise<void> reached;
    toys[1].backend->on_layer = [&, layers = 0](const auto&) mutable {
      if (++layers == 7) reached.set_value();
    };
    for (size_t i = 0; i < 6; ++i) {
      toys[i % 2].engine->submit(request_for(i, 100, 1000, Priority::background), {}, nullptr,
                                 [&ends, i](const Outcome& outcome) {
                                   if (outcome.reason != EndReason::error) ++ends[i];
                                 });
    }
    reached.get_future().wait();
  }
  CHECK(ends == std::map<size_t, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}});
}

}  // namespace two_models_test
