// Who comes first, how fast a request gives way, and that the engine outlives what goes wrong. Time
// is counted in layers of the toy backend.
#include <atomic>
#include <map>
#include <utility>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using support::answer;
using support::EndReason;
using support::expected_tokens;
using support::Outcome;
using support::Pending;
using support::Priority;
using support::Request;
using support::text_of;
using support::Token;
using support::Toy;

Request request_for(uint64_t seed, size_t prompt, int max_tokens, Priority priority) {
  return {.prompt = text_of(seed, prompt), .max_tokens = max_tokens, .priority = priority};
}

void check_exact(Pending& pending, const Request& request) {
  const auto& found = pending.wait();
  CHECK(found.outcome.error.empty());
  CHECK(found.tokens() == expected_tokens(request));
}

}  // namespace

TEST_CASE("a keystroke overtakes a prefill between two of its layers, which then goes on") {
  for (int at = 1; at < support::toy_layers; ++at) {
    Toy toy({.blocks = 256}, 256);
    const Request slow = request_for(1, 200, 3, Priority::background);
    const Request fast = request_for(2, 40, 5, Priority::keystroke);
    std::unique_ptr<Pending> keystroke;
    int layers = 0;
    int layers_before_keystroke = -1;  // from its submission
    int64_t submitted_at = 0;
    toy.backend->on_layer = [&](const auto& batch) {
      if (++layers == at) {
        submitted_at = toy.backend->layers_run;
        keystroke = std::make_unique<Pending>(*toy.engine, fast);
      } else if (keystroke && layers_before_keystroke < 0 &&
                 batch.tokens.front().id == fast.prompt.front()) {
        layers_before_keystroke = static_cast<int>(toy.backend->layers_run - submitted_at - 1);
      }
    };
    Pending background(*toy.engine, slow);
    check_exact(background, slow);
    check_exact(*keystroke, fast);
    CHECK(layers_before_keystroke == 0);
    CHECK(toy.backend->interrupted_runs == 0);
    CHECK(toy.backend->deepest == 2);
    CHECK(toy.backend->tokens_computed == 200 + 2 + 40 + 4);
    CHECK(toy.backend->violations.empty());
  }
}

TEST_CASE("a keystroke that arrives inside an overtaking run interrupts that one alone") {
  Toy toy({.blocks = 256}, 256);
  const Request slow = request_for(1, 200, 3, Priority::background);
  const Request middle = request_for(2, 100, 3, Priority::interactive);
  const Request fast = request_for(3, 40, 3, Priority::keystroke);
  std::unique_ptr<Pending> interactive;
  std::unique_ptr<Pending> keystroke;
  int layers = 0;
  toy.backend->on_layer = [&](const auto&) {
    ++layers;
    if (layers == 3) interactive = std::make_unique<Pending>(*toy.engine, middle);
    if (layers == 5) keystroke = std::make_unique<Pending>(*toy.engine, fast);
  };
  Pending background(*toy.engine, slow);
  check_exact(background, slow);
  check_exact(*interactive, middle);
  check_exact(*keystroke, fast);
  CHECK(toy.backend->interrupted_runs == 1);
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("the more urgent request ends first, whatever the order of arrival") {
  Toy toy({.blocks = 256}, 32);
  std::vector<int> order;
  std::vector<std::promise<void>> ended(4);
  const auto submit = [&](int name, Priority priority) {
    toy.engine->submit(request_for(static_cast<uint64_t>(name), 60, 10, priority), {}, nullptr,
                       [&order, &ended, name](const Outcome&) {
                         order.push_back(name);
                         ended[static_cast<size_t>(name)].set_value();
                       });
  };
  bool submitted = false;
  toy.backend->on_layer = [&](const auto&) {
    if (std::exchange(submitted, true)) return;
    submit(1, Priority::background);
    submit(2, Priority::interactive);
    submit(3, Priority::keystroke);
  };
  submit(0, Priority::background);
  for (auto& end : ended) end.get_future().wait();
  CHECK(order == std::vector<int>{3, 2, 0, 1});
}

TEST_CASE("a keystroke gets its blocks even from a run in progress") {
  // The background needs all 8 blocks; the keystroke needs 3 of them.
  for (int at = 1; at < 10; ++at) {
    Toy toy({.blocks = 8}, 256);
    const Request slow = request_for(4, 230, 20, Priority::background);
    const Request fast = request_for(5, 80, 5, Priority::keystroke);
    std::unique_ptr<Pending> keystroke;
    int layers = 0;
    toy.backend->on_layer = [&](const auto&) {
      if (++layers == at) keystroke = std::make_unique<Pending>(*toy.engine, fast);
    };
    Pending background(*toy.engine, slow);
    check_exact(background, slow);
    check_exact(*keystroke, fast);
    CHECK(toy.backend->interrupted_runs == 1);
    CHECK(toy.backend->violations.empty());
  }
}

TEST_CASE("a stop request ends a generation at the next layer, whichever it is") {
  const Request request = request_for(6, 100, 20, Priority::interactive);
  int64_t total = 0;
  {
    Toy toy({}, 64);
    answer(*toy.engine, request);
    total = toy.backend->layers_run;
  }
  REQUIRE(total > 60);
  for (int64_t at = 1; at <= total - total / support::toy_layers; ++at) {
    Toy toy({}, 64);
    std::stop_source stop;
    int64_t asked_at = 0;
    int64_t asked = 0;
    toy.backend->on_layer = [&](const auto&) {
      if (++asked != at) return;
      asked_at = toy.backend->layers_run;
      stop.request_stop();
    };
    int64_t ended_at = 0;
    std::promise<Outcome> end;
    toy.engine->submit(request, stop.get_token(), nullptr, [&](const Outcome& outcome) {
      ended_at = toy.backend->layers_run;
      end.set_value(outcome);
    });
    CHECK(end.get_future().get().reason == EndReason::stopped);
    CHECK(ended_at == asked_at);
    // The engine goes on with the next one at once.
    toy.backend->on_layer = nullptr;
    CHECK(answer(*toy.engine, request).tokens() == expected_tokens(request));
  }
}

TEST_CASE("a stopped request leaves a shared batch at once, and the others are not disturbed") {
  Toy toy({.blocks = 256}, 64);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 4; ++i) {
    requests.push_back(request_for(50 + i, 30, 30, Priority::interactive));
  }
  std::stop_source stop;
  std::atomic<int64_t> ended_at{0};
  toy.backend->on_layer = [&](const auto&) {
    if (toy.backend->layers_run == 40) stop.request_stop();
  };
  // First, so that it is among them by then.
  toy.engine->submit(request_for(60, 30, 30, Priority::interactive), stop.get_token(), nullptr,
                     [&](const Outcome& outcome) {
                       if (outcome.reason != EndReason::stopped) return;
                       ended_at = toy.backend->layers_run;
                     });
  for (const Request& request : requests) {
    pending.push_back(std::make_unique<Pending>(*toy.engine, request));
  }
  for (size_t i = 0; i < requests.size(); ++i) check_exact(*pending[i], requests[i]);
  CHECK(ended_at == 40);
  CHECK(toy.backend->violations.empty());
}

TEST_CASE("a request that waits behind a long run is stopped within a layer too") {
  Toy toy({.blocks = 256}, 256);
  std::stop_source stop;
  int64_t ended_at = 0;
  int layers = 0;
  toy.backend->on_layer = [&](const auto&) {
    ++layers;
    if (layers == 2) {
      toy.engine->submit(request_for(8, 30, 5, Priority::background), stop.get_token(), nullptr,
                         [&](const Outcome& outcome) {
                           if (outcome.reason != EndReason::stopped) return;
                           ended_at = toy.backend->layers_run;
                         });
    }
    if (layers == 4) stop.request_stop();
  };
  answer(*toy.engine, request_for(7, 200, 3, Priority::interactive));
  CHECK(ended_at == 4);
}

TEST_CASE("a request stopped before it is submitted ends as stopped and computes nothing") {
  Toy toy;
  std::stop_source stop;
  stop.request_stop();
  const Outcome outcome =
      toy.engine->generate(request_for(9, 30, 5, Priority::interactive), stop.get_token(), nullptr);
  CHECK(outcome.reason == EndReason::stopped);
  CHECK(toy.backend->tokens_computed == 0);
}

TEST_CASE("destroying the engine ends every request, running or waiting, once") {
  for (int at = 1; at < 20; ++at) {
    std::map<int, int> ends;
    {
      Toy toy({.blocks = 64}, 64);
      std::promise<void> reached;
      int layers = 0;
      toy.backend->on_layer = [&](const auto&) {
        if (++layers == at) reached.set_value();
      };
      for (int i = 0; i < 5; ++i) {
        toy.engine->submit(
            request_for(static_cast<uint64_t>(i), 100, 50, static_cast<Priority>(i % 3)), {},
            nullptr, [&ends, i](const Outcome& outcome) {
              if (outcome.reason != EndReason::error) ++ends[i];
            });
      }
      reached.get_future().wait();
    }
    CHECK(ends == std::map<int, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}});
  }
}

TEST_CASE("a backend's error ends the requests of that batch; the engine lives on") {
  Toy toy;
  const Request request = request_for(10, 50, 5, Priority::interactive);
  toy.backend->error = "out of order";
  const auto failed = answer(*toy.engine, request);
  CHECK(failed.outcome.reason == EndReason::error);
  CHECK(failed.outcome.error == "out of order");
  const std::vector<std::vector<Token>> continuations{{1, 2}};
  const auto scores = toy.engine->score(request.prompt, continuations, Priority::interactive, {});
  CHECK_FALSE(scores.ok());
  toy.backend->error.clear();
  CHECK(answer(*toy.engine, request).tokens() == expected_tokens(request));
}

TEST_CASE("requests may be submitted from callbacks") {
  Toy toy;
  const Request second = request_for(12, 20, 3, Priority::keystroke);
  std::unique_ptr<Pending> pending;
  std::promise<void> end;
  toy.engine->submit(request_for(11, 20, 3, Priority::background), {}, nullptr,
                     [&](const Outcome&) {
                       pending = std::make_unique<Pending>(*toy.engine, second);
                       end.set_value();
                     });
  end.get_future().wait();
  check_exact(*pending, second);
}
