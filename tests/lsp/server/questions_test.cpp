// What the server asks of the model, and when.
#include <mutex>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

namespace server_test {
namespace {

using lsp::server::Answer;
using lsp::server::Extent;
using lsp::server::Question;
using lsp::server::Snapshot;

// Notes what is asked of it. `opening` runs while a document is prepared.
class Notes : public lsp::server::Model {
 public:
  lsp::server::ModelInfo info() const override { return info_; }
  lsp::server::base::Result<std::optional<Answer>> complete(const Question& question,
                                                            std::stop_token) override {
    note(question.extent == Extent::line ? "a line" : "a block");
    return std::optional(insert_at_cursor(question, "x"));
  }
  void prepare(const Snapshot& document, const std::vector<std::string>&) override {
    opening();
    note("prepare " + document->uri());
  }
  void forget(const std::string& uri) override { note("forget " + uri); }

  // Waits until this was noted.
  void expect(const std::string& what) {
    std::unique_lock lock(mutex_);
    INFO("waiting for: " << what);
    REQUIRE(noted_.wait_for(lock, std::chrono::minutes(1), [&] {
      return std::find(all_.begin(), all_.end(), what) != all_.end();
    }));
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    all_.clear();
  }

  std::function<void()> opening = [] {};

 private:
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
    noted_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable noted_;
  std::vector<std::string> all_;
  lsp::server::ModelInfo info_{"/fake.gguf", "/fake.adapter", "fake", "none", "a fake model"};
};

Setup with(const std::shared_ptr<Notes>& notes) {
  const auto load = [notes]() -> lsp::server::base::Result<std::shared_ptr<lsp::server::Model>> {
    return std::shared_ptr<lsp::server::Model>(notes);
  };
  return {.load = load};
}

TEST_CASE("a document is prepared when it is opened, or when the model is there") {
  const auto notes = std::make_shared<Notes>();
  std::promise<void> load_now;
  Setup setup = with(notes);
  setup.load = [load = setup.load, may = load_now.get_future().share()] {
    may.wait();
    return load();
  };
  Client client(setup);
  client.call("initialize", {{"capabilities", json::object()}});
  client.notify("initialized", json::object());
  client.open("file:///early.py", "x");
  client.call("lemma/status", json::object());
  load_now.set_value();
  notes->expect("prepare file:///early.py");
  client.open("file:///late.py", "x");
  notes->expect("prepare file:///late.py");
}

TEST_CASE("what was prepared for a document that is closed meanwhile is forgotten") {
  const auto notes = std::make_shared<Notes>();
  std::promise<void> go_on;
  notes->opening = [may = go_on.get_future().share()] { may.wait(); };
  Client client(with(notes));
  client.start();
  client.open("file:///a.py", "x");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", "file:///a.py"}}}});
  notes->expect("forget file:///a.py");  // at once
  notes->clear();
  go_on.set_value();
  notes->expect("forget file:///a.py");  // again, after the worker may have kept something
}

TEST_CASE("with multiline off a line is asked for") {
  for (const bool multiline : {true, false}) {
    const auto notes = std::make_shared<Notes>();
    Setup setup = with(notes);
    setup.settings.completion.multiline = multiline;
    Client client(setup);
    client.start();
    client.open("file:///a.py", "x");
    client.call("textDocument/inlineCompletion", {{"textDocument", {{"uri", "file:///a.py"}}},
                                                  {"position", {{"line", 0}, {"character", 1}}},
                                                  {"context", {{"triggerKind", 2}}}});
    notes->expect(multiline ? "a block" : "a line");
  }
}

}  // namespace
}  // namespace server_test
