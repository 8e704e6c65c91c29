// A GPU that hangs: the toy backend stands in for it and does not come back from a layer. No real
// driver has been made to hang.
#include "engine/session/watchdog.h"

#include <condition_variable>
#include <mutex>

#include "tests/engine/session/harness.h"
#include "tests/support/catch.h"

namespace {

using namespace support;
using std::chrono::milliseconds;

struct Gate {
  void set_open(bool open) {
    {
      const std::lock_guard lock(mutex);
      is_open = open;
    }
    opened.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex);
    opened.wait(lock, [this] { return is_open; });
  }
  std::mutex mutex;
  std::condition_variable opened;
  bool is_open = true;
};

// The toy, whose layers wait while the gate is closed. Its engine outlives the test.
struct Hanging {
  Hanging() {
    toy.backend->on_layer = [gate = gate](const auto&) { gate->pass(); };
  }
  ~Hanging() { gate->set_open(true); }
  void set_open(bool open) const { gate->set_open(open); }

  const std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  Toy toy;
};

Request request_for(uint64_t seed) { return {.prompt = text_of(seed, 40), .max_tokens = 4}; }

template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 500 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(10));
  return condition();
}

}  // namespace

TEST_CASE("an engine that is watched says what it says unwatched, and ends with its last owner") {
  Toy toy;
  const auto engine = engine::session::watch(toy.engine, {.deadline = milliseconds(200)});
  for (uint64_t seed = 1; seed < 5; ++seed) {
    const Answer found = answer(*engine, request_for(seed));
    CHECK(found.tokens() == expected_tokens(request_for(seed)));
  }
  const std::vector<Token> prompt = text_of(1, 20), more = text_of(2, 5);
  const auto scores =
      engine->score(prompt, std::vector<std::vector<Token>>{more}, Priority::background, {});
  REQUIRE(scores.ok());
  CHECK(scores->front() == Approx(expected_score(prompt, more)));
  CHECK(engine->notice().empty());
  CHECK(engine->silent_for() == milliseconds(0));
}

TEST_CASE("what waits for a GPU that hangs is answered, and another engine goes on") {
  Hanging gpu;
  Toy cpu;
  int spares = 0;
  auto engine =
      engine::session::watch(gpu.toy.engine, {.deadline = milliseconds(200), .make_spare = [&] {
                                                ++spares;
                                                return cpu.engine;
                                              }});
  CHECK(answer(*engine, request_for(1)).tokens() == expected_tokens(request_for(1)));
  gpu.set_open(false);
  const auto begin = std::chrono::steady_clock::now();
  Pending first(*engine, request_for(2)), second(*engine, request_for(3));
  for (Pending* pending : {&first, &second}) {
    CHECK(pending->wait().outcome.reason == EndReason::error);
    CHECK(pending->wait().outcome.error.find("has not answered for 0.2 s") != std::string::npos);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took > milliseconds(200));
  CHECK(took < milliseconds(5'000));
  CHECK(soon([&] { return engine->notice().find("the CPU goes on") != std::string::npos; }));
  CHECK(answer(*engine, request_for(4)).tokens() == expected_tokens(request_for(4)));
  const std::vector<Token> prompt = text_of(1, 20), more = text_of(2, 5);
  CHECK(
      engine->score(prompt, std::vector<std::vector<Token>>{more}, Priority::background, {}).ok());
  CHECK(spares == 1);
  CHECK(cpu.backend->layers_run > 0);
  gpu.set_open(true);  // it comes back late: nobody is told twice
  CHECK(soon([&] { return gpu.toy.engine->silent_for() == milliseconds(0); }));
  CHECK(first.wait().outcome.reason == EndReason::error);
  CHECK(first.wait().pieces.empty());
}

TEST_CASE("a score that hangs is an error, and where nothing can go on that is said at once") {
  Hanging gpu;
  const auto engine = engine::session::watch(
      gpu.toy.engine,
      {.deadline = milliseconds(200), .make_spare = [] {
         return engine::base::Result<std::shared_ptr<Engine>>(engine::base::Error{"no memory"});
       }});
  gpu.set_open(false);
  const std::vector<Token> prompt = text_of(1, 20), more = text_of(2, 5);
  CHECK_FALSE(
      engine->score(prompt, std::vector<std::vector<Token>>{more}, Priority::background, {}).ok());
  CHECK(soon([&] { return engine->notice().find("no memory") != std::string::npos; }));
  const Answer refused = answer(*engine, request_for(1));
  CHECK(refused.outcome.reason == EndReason::error);
  CHECK(refused.outcome.error.find("the CPU cannot go on: no memory") != std::string::npos);
}
