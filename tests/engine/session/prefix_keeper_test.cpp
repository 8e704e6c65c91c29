// A restart forgets nothing that was worth keeping, and what the disk gives is what was computed.
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/engine/session/harness.h"
#include "tests/engine/session/logged_folder.h"
#include "tests/support/catch.h"

namespace {

using namespace support;
using engine::session::KeepTimes;
using engine::session::PrefixFolder;
using std::chrono::milliseconds;

constexpr KeepTimes later{std::chrono::hours(1), std::chrono::hours(1)};

struct Daemon : Toy {
  explicit Daemon(LoggedFolder& folder, KeepTimes times = later, ToyOptions options = {},
                  uint64_t bytes = 1 << 24)
      : Toy(options, PrefixFolder{folder.path(), bytes, folder.log()}, times) {}

  Outcome ask(const Request& request) {
    const auto found = answer(*engine, request);
    CHECK(found.outcome.error.empty());
    CHECK(found.tokens() == expected_tokens(request));
    CHECK(backend->violations.empty());
    return found.outcome;
  }
};

}  // namespace

TEST_CASE("after a restart a prompt is not computed again") {
  LoggedFolder folder;
  const Request request{.prompt = text_of(1, 200), .max_tokens = 5};
  { CHECK(Daemon(folder).ask(request).cached_tokens == 0); }
  Daemon daemon(folder);
  CHECK(daemon.ask(request).cached_tokens == 6 * 32);
  CHECK(daemon.backend->tokens_computed <= 200 - 6 * 32 + 4);
  // And one that begins alike.
  const Request other{.prompt = joined(text_of(1, 100), text_of(2, 50)), .max_tokens = 5};
  CHECK(daemon.ask(other).cached_tokens >= 96);
}

TEST_CASE("only partition 0 is written to disk, and only it reads from there") {
  LoggedFolder folder;
  Request request{.prompt = text_of(1, 200), .max_tokens = 5, .partition = 3};
  { Daemon(folder).ask(request); }
  CHECK(folder.files().empty());
  {
    Daemon daemon(folder);
    request.partition = 0;
    daemon.ask(request);
    Request of_others{.prompt = text_of(2, 100), .max_tokens = 5, .partition = 3};
    daemon.ask(of_others);  // the latest text is another's; the user's is saved all the same
  }
  CHECK(folder.files().size() == 6);
  request.partition = 3;
  CHECK(Daemon(folder).ask(request).cached_tokens == 0);
}

TEST_CASE("damaged files cost time and nothing else") {
  LoggedFolder folder;
  const Request request{.prompt = text_of(1, 300), .max_tokens = 5};
  { Daemon(folder).ask(request); }
  size_t count = 0;
  for (const auto& path : folder.files()) {
    if (++count % 3 != 0) continue;
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(700);
    file.put('!');
  }
  {
    Daemon daemon(folder);
    CHECK(daemon.ask(request).cached_tokens < 9 * 32);
    CHECK(folder.logged().find("is damaged; removed") != std::string::npos);
  }
  // What was computed in their place is saved; each restart finds one more, if not all.
  int cached = 0;
  for (int restart = 0; restart < 3; ++restart) cached = Daemon(folder).ask(request).cached_tokens;
  CHECK(cached == 9 * 32);
}

TEST_CASE("the text used last is saved when the engine rests, without waiting for its end") {
  LoggedFolder folder;
  Daemon daemon(folder, {milliseconds(1), std::chrono::hours(1)});
  daemon.ask({.prompt = text_of(1, 100), .max_tokens = 1});
  for (int i = 0; i < 1000 && folder.files().size() < 3; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  CHECK(folder.files().size() == 3);
}

TEST_CASE("blocks that were long in use are saved when they are evicted, others are not") {
  const Request first{.prompt = text_of(1, 150), .max_tokens = 1};
  const Request second{.prompt = text_of(2, 150), .max_tokens = 1};
  {
    LoggedFolder folder;
    Daemon daemon(folder, {std::chrono::hours(1), milliseconds(0)}, {.blocks = 6});
    // A block is read where that is quicker than to compute it, also on a busy machine.
    daemon.backend->on_layer = [](const auto&) { std::this_thread::sleep_for(milliseconds(10)); };
    daemon.ask(first);
    daemon.ask(second);
    CHECK(daemon.ask(first).cached_tokens == 4 * 32);
  }
  LoggedFolder folder;
  Daemon daemon(folder, later, {.blocks = 6});
  daemon.ask(first);
  daemon.ask(second);
  CHECK(daemon.ask(first).cached_tokens <= 32);  // one block was not in the second one's way
}

TEST_CASE("a pool too small for a saved text takes as much of it as there is room for") {
  LoggedFolder folder;
  const Request request{.prompt = text_of(3, 250), .max_tokens = 3};
  { Daemon(folder).ask(request); }
  Daemon daemon(folder, later, {.blocks = 8});
  CHECK(daemon.ask(request).cached_tokens > 0);
  const Request other{.prompt = text_of(4, 250), .max_tokens = 3};
  daemon.ask(other);
  daemon.ask(request);
}

TEST_CASE("requests that begin alike share what comes from the disk") {
  LoggedFolder folder;
  const std::vector<Token> prompt = text_of(5, 160);
  { Daemon(folder).ask({.prompt = prompt, .max_tokens = 2}); }
  Daemon daemon(folder, later, {.blocks = 64});
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Pending>> pending;
  for (uint64_t i = 0; i < 6; ++i) {
    requests.push_back({.prompt = joined(prompt, text_of(10 + i, 20)),
                        .max_tokens = 6,
                        .priority = static_cast<Priority>(i % 3)});
    pending.push_back(std::make_unique<Pending>(*daemon.engine, requests.back()));
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    CHECK(pending[i]->wait().tokens() == expected_tokens(requests[i]));
    CHECK(pending[i]->wait().outcome.cached_tokens >= 4 * 32);
  }
  CHECK(daemon.backend->violations.empty());
}

TEST_CASE("two engines may keep their prefixes in one folder") {
  LoggedFolder folder;
  const Request request{.prompt = text_of(6, 120), .max_tokens = 3};
  {
    Daemon one(folder), two(folder);
    one.ask(request);
    two.ask(request);
  }
  CHECK(Daemon(folder).ask(request).cached_tokens == 3 * 32);
  CHECK(folder.logged().empty());
}
