// Next edits over the wire: once the text is at rest, for one version of it, until they are taken,
// overtaken or not wanted.
#include <atomic>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;

namespace next_edits_wire_test {
namespace {

const std::string uri = "file:///a.py";
const std::string text = "a = 1\n名 = a\na\n";

// A test double: what the last change replaced stands elsewhere too.
class Scripted : public lsp::server::EditFinder {
 public:
  bool may_find(const lsp::text::Document& document,
                const lsp::text::History& history) const override {
    return !history.hunks().empty() && !places(document, history).empty();
  }
  lsp::server::FoundEdits find(const lsp::server::Snapshot& document,
                               const lsp::text::History& history) const override {
    ++looks;
    const auto& [range, before, order] = history.hunks().back();
    const std::string after(document->text().substr(range.begin, range.end - range.begin));
    lsp::server::FoundEdits found{before, after, {}};
    for (const size_t at : places(*document, history)) {
      found.edits.push_back({{at, at + before.size()}, after});
    }
    return found;
  }
  mutable std::atomic<int> looks = 0;

 private:
  static std::vector<size_t> places(const lsp::text::Document& document,
                                    const lsp::text::History& history) {
    std::vector<size_t> found;
    const std::string& before = history.hunks().back().before;
    if (before.empty()) return found;
    for (size_t at = document.text().find(before); at != std::string_view::npos;
         at = document.text().find(before, at + 1)) {
      found.push_back(at);
    }
    return found;
  }
};

struct Scene {
  std::shared_ptr<Scripted> finder = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(bool shows, const json& options = json::object()) {
    Setup setup;
    setup.edits = finder;
    client.emplace(std::move(setup));
    client->start({{"textDocument", {{"inlineCompletion", json::object()}}},
                   {"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}},
                   {"experimental", {{"lemmaNextEdits", shows}}}},
                  options, "de");
    client->open(uri, text);
  }
  void replace(int version, int line, int from, int to, const std::string& now) {
    client->notify("textDocument/didChange",
                   {{"textDocument", {{"uri", uri}, {"version", version}}},
                    {"contentChanges",
                     {{{"range",
                        {{"start", {{"line", line}, {"character", from}}},
                         {"end", {{"line", line}, {"character", to}}}}},
                       {"text", now}}}}});
  }
  json told() { return client->message("lemma/nextEdits").at("params"); }
  json actions(const char* only = nullptr) {
    json context{{"diagnostics", json::array()}};
    if (only != nullptr) context["only"] = json::array({only});
    return client
        ->call("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                           {"range",
                                            {{"start", {{"line", 0}, {"character", 0}}},
                                             {"end", {{"line", 0}, {"character", 0}}}}},
                                           {"context", std::move(context)}})
        .at("result");
  }
  void wait() const { std::this_thread::sleep_for(std::chrono::milliseconds(1000)); }
};

}  // namespace

TEST_CASE("next edits come once the text is at rest, in the client's units") {
  Scene scene(true);
  scene.replace(2, 0, 0, 1, "");
  scene.replace(3, 0, 0, 0, "b");
  scene.replace(4, 0, 1, 1, "c");
  const json told = scene.told();
  CHECK(told.at("uri") == uri);
  CHECK(told.at("version") == 4);
  CHECK(told.at("title") == "a → bc");
  REQUIRE(told.at("edits").size() == 2);
  CHECK(told.at("edits")[0] == json{{"range",
                                     {{"start", {{"line", 1}, {"character", 4}}},
                                      {"end", {{"line", 1}, {"character", 5}}}}},
                                    {"oldText", "a"},
                                    {"newText", "bc"}});
  CHECK(scene.finder->looks == 1);
}

TEST_CASE("a range whose end comes first is followed, also where more of its message comes") {
  Scene scene(true);
  const auto change = [](int from, int to, const char* now) {
    return json{{"range",
                 {{"start", {{"line", 0}, {"character", from}}},
                  {"end", {{"line", 0}, {"character", to}}}}},
                {"text", now}};
  };
  scene.client->notify("textDocument/didChange",
                       {{"textDocument", {{"uri", uri}, {"version", 2}}},
                        {"contentChanges", {change(1, 0, "b"), change(1, 1, "c")}}});
  const json told = scene.told();
  CHECK(told.at("title") == "a → bc");
  CHECK(told.at("edits").size() == 2);
}

TEST_CASE("next edits end when there are none, or when their user does not want them") {
  Scene scene(true);
  scene.replace(2, 0, 0, 1, "b");
  CHECK(scene.told().at("edits").size() == 2);
  SECTION("the change is no more") {
    scene.client->open(uri, text, 3);
    CHECK(scene.told().at("edits").empty());
  }
  SECTION("dismissed") {
    scene.client->notify("lemma/dismissNextEdits", {{"textDocument", {{"uri", uri}}}});
    CHECK(scene.told().at("edits").empty());
    scene.replace(3, 2, 0, 0, " ");
    scene.wait();
    CHECK(scene.finder->looks == 1);
  }
}

TEST_CASE("a client that does not show them is told nothing, and has a code action") {
  Scene scene(false);
  CHECK(scene.actions().empty());
  scene.replace(2, 0, 0, 1, "b");
  scene.wait();
  const json actions = scene.actions();
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("title") == "a → b: die anderen 2 Stellen");
  const json& change = actions[0].at("edit").at("documentChanges").at(0);
  CHECK(change.at("textDocument").at("version") == 2);
  CHECK(change.at("edits").size() == 2);
  for (const char* kind : {"", "refactor", "refactor.rewrite"}) {
    CHECK(scene.actions(kind).size() == 1);
  }
  for (const char* kind : {"refactor.re", "refactor.rewrite.more", "quickfix"}) {
    CHECK(scene.actions(kind).empty());
  }
  for (const json& message : scene.client->others) {
    CHECK(message.value("method", "") != "lemma/nextEdits");
  }
  scene.replace(3, 2, 0, 0, " ");
  CHECK(scene.actions().empty());
}

TEST_CASE("next edits can be switched off") {
  Scene scene(true, {{"completion", {{"next_edits", false}}}});
  scene.replace(2, 0, 0, 1, "b");
  scene.wait();
  CHECK(scene.finder->looks == 0);
  CHECK(scene.actions().empty());
}

TEST_CASE("an edit that was overtaken on its way has no counterpart") {
  Scene scene(true);
  scene.replace(3, 0, 0, 1, "b");
  scene.replace(2, 0, 0, 0, "#");
  scene.wait();
  CHECK(scene.finder->looks == 0);
}

}  // namespace next_edits_wire_test
