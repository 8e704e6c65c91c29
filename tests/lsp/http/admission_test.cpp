#include "lsp/http/admission.h"

#include "tests/support/catch.h"

namespace {

using namespace lsp::http;
using Clock = Admission::Clock;
using std::chrono::seconds;

const Clock::time_point start{seconds(1000)};

// The number of seconds after which to ask again; 0: it was let in.
int ask(
    Admission& admission, size_t holder, std::vector<Admission::Place>& places,
    Clock::time_point now = start, std::function<void()> on_turn = [] {}) {
  auto entry = admission.enter(holder, now, std::move(on_turn));
  if (const auto* refusal = std::get_if<Refusal>(&entry)) {
    CHECK(refusal->status == 429);
    return refusal->retry_after_s;
  }
  places.push_back(std::move(std::get<Admission::Place>(entry)));
  return 0;
}

}  // namespace

TEST_CASE("a token has so many requests at once, and another token its own") {
  Admission admission({.concurrent = 2}, 2);
  std::vector<Admission::Place> places;
  CHECK(ask(admission, 0, places) == 0);
  CHECK(ask(admission, 0, places) == 0);
  CHECK(ask(admission, 0, places) > 0);
  CHECK(ask(admission, 1, places) == 0);
  places.erase(places.begin());
  CHECK(ask(admission, 0, places) == 0);
}

TEST_CASE("a token has so many requests in a minute, of which a tenth may come at once") {
  Admission admission({.concurrent = 100, .per_minute = 60}, 2);
  std::vector<Admission::Place> places;
  for (int i = 0; i < 6; ++i) CHECK(ask(admission, 0, places) == 0);
  CHECK(ask(admission, 0, places) == 1);
  CHECK(ask(admission, 1, places) == 0);
  CHECK(ask(admission, 0, places, start + seconds(1)) == 0);
  CHECK(ask(admission, 0, places, start + seconds(1)) == 1);
  int more = 0;
  for (int i = 0; i < 20; ++i) more += ask(admission, 0, places, start + seconds(600)) == 0;
  CHECK(more == 6);
}

TEST_CASE("who must wait gets his turn in the order of arrival, and too many are refused") {
  Admission admission({.concurrent = 100, .running = 1, .queue = 2}, 1);
  std::vector<Admission::Place> places;
  std::vector<int> turns;
  for (int i = 0; i < 3; ++i) {
    CHECK(ask(admission, 0, places, start, [&turns, i] { turns.push_back(i); }) == 0);
  }
  CHECK(ask(admission, 0, places) > 0);
  CHECK(places[0].runs());
  CHECK_FALSE(places[1].runs());
  CHECK(admission.waiting() == 2);
  places.erase(places.begin());
  CHECK(turns == std::vector{1});
  CHECK(places[0].runs());
  places.pop_back();  // the one that waits gives up
  places.clear();
  CHECK(turns == std::vector{1});
  CHECK(admission.running() == 0);
  CHECK(admission.waiting() == 0);
}
