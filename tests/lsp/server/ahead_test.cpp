// While a suggestion is shown, the one that follows it is computed ahead.
#include <condition_variable>
#include <mutex>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;
using lsp::server::Urgency;

namespace ahead_test {
namespace {

const std::string uri = "file:///a.py";

// Notes what is asked; answers "b" after "a", "c" after "ab", and so on.
class Alphabet {
 public:
  Complete complete() {
    return [this](const Question& question, std::stop_token stop) {
      std::unique_lock lock(mutex_);
      asked_.push_back((question.urgency == Urgency::ahead ? "ahead " : "now ") +
                       std::string(question.document->text()));
      changed_.notify_all();
      if (question.urgency == Urgency::ahead) changed_.wait(lock, stop, [this] { return go_on_; });
      if (stop.stop_requested()) {
        ++stopped_;
        changed_.notify_all();
        return std::optional<Answer>();
      }
      const auto next = static_cast<char>('a' + question.cursor);
      return std::optional(insert_at_cursor(question, std::string(1, next)));
    };
  }
  void wait_for(const std::string& text) {
    std::unique_lock lock(mutex_);
    const auto there = [&] {
      return std::find(asked_.begin(), asked_.end(), text) != asked_.end();
    };
    INFO(text);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(20), there));
  }
  void wait_for_stop() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return stopped_ > 0; }));
  }
  void go_on() {
    const std::lock_guard lock(mutex_);
    go_on_ = true;
    changed_.notify_all();
  }
  size_t count(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::count(asked_.begin(), asked_.end(), text));
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> asked_;
  bool go_on_ = false;
  int stopped_ = 0;
};

std::string text_of(const json& response) {
  INFO(response.dump());
  return response.at("result").at("items").at(0).at("insertText");
}

// "b" is shown after "a", and what follows is being computed.
struct Scene {
  Alphabet model;
  Client client{{.load = model_that(model.complete())}};

  Scene() {
    client.start();
    client.open(uri, "a");
    CHECK(text_of(client.response(client.ask(uri, 0, 1))) == "b");
    model.wait_for("ahead ab");
  }
};

}  // namespace

TEST_CASE("what follows a suggestion is there once it has been accepted") {
  // Nothing tells a client when the server has it: it is asked for later each time.
  size_t asked = 1;
  for (const int wait_ms : {10, 100, 1000, 5000}) {
    Scene scene;
    scene.model.go_on();
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    scene.client.type(uri, 2, 0, 1, "b");
    CHECK(text_of(scene.client.response(scene.client.ask(uri, 0, 2))) == "c");
    scene.model.wait_for("ahead abc");
    asked = scene.model.count("now ab");
    if (asked == 0) break;
  }
  CHECK(asked == 0);
}

// It has the lowest priority: it might never come while others use the model.
TEST_CASE("who asks before it is there does not wait for it") {
  Scene scene;
  scene.client.type(uri, 2, 0, 1, "b");
  CHECK(text_of(scene.client.response(scene.client.ask(uri, 0, 2))) == "c");
  CHECK(scene.model.count("now ab") == 1);
}

TEST_CASE("who cancels and asks again, or asks twice, gets it all the same") {
  Scene scene;
  scene.client.type(uri, 2, 0, 1, "b");
  const bool cancels = GENERATE(true, false);
  const json first = scene.client.ask(uri, 0, 2);
  if (cancels) scene.client.notify("$/cancelRequest", {{"id", first}});
  const json second = scene.client.ask(uri, 0, 2);
  CHECK(text_of(scene.client.response(second)) == "c");
}

TEST_CASE("another text than the suggestion's stops it, and is answered itself") {
  Scene scene;
  const json status = scene.client.call("lemma/status", json::object()).at("result");
  CHECK(status.at("busy") == false);
  scene.client.type(uri, 2, 0, 1, "x");
  scene.model.wait_for_stop();
  CHECK(text_of(scene.client.response(scene.client.ask(uri, 0, 2))) == "c");
  CHECK(scene.model.count("now ax") == 1);
}

TEST_CASE("closing a document stops what is computed ahead for it") {
  Scene scene;
  scene.client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  scene.model.wait_for_stop();
}

}  // namespace ahead_test
