// A program that fails, open in a client, and a debugger that finds what it is told to.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace server_test {

using lsp::server::Debugger;
using lsp::server::DebugQuestion;
using lsp::server::Finding;
using lsp::server::StartingPlace;

inline const std::string program = "def half(n):\n    return n / 0\n\n\nprint(half(4))\n";

// A test double: it knows files that end in .py, and finds what it is told to, once it may.
class Scripted : public Debugger, public Gate {
 public:
  Finding finding;
  std::string how_far;
  std::string error;

  bool knows(const lsp::text::Document& document) const override {
    return document.uri().ends_with(".py");
  }
  std::vector<StartingPlace> places(const lsp::text::Document&) const override {
    return {{0, StartingPlace::What::test}, {4, StartingPlace::What::program}};
  }
  lsp::server::base::Result<Finding> debug(const DebugQuestion& question, const Told& told,
                                           std::stop_token stop) override {
    ++asked;
    std::unique_lock lock(told_);  // one search may begin while another ends
    locale = question.locale;
    line = question.line;
    until = question.until;
    lock.unlock();
    if (!error.empty()) return lsp::server::base::Error{error};
    Finding early = finding;
    early.fixes.clear();
    if (finding.failed) told.failed(early);
    if (!how_far.empty()) told.how_far(how_far);
    wait(stop);
    return question.until == DebugQuestion::Until::fixes ? finding : early;
  }
  lsp::server::base::Result<lsp::server::Verdict> check(const DebugQuestion& question,
                                                        std::stop_token) override {
    checked = question.document->text();
    return lsp::server::Verdict{2, 3};
  }
  lsp::server::base::Result<std::optional<lsp::server::Alternative>> mend(
      const DebugQuestion& question, const lsp::text::Range& suggested, std::stop_token) override {
    mended = question.document->text().substr(suggested.begin, suggested.end - suggested.begin);
    if (alternative.empty()) return std::optional<lsp::server::Alternative>();
    return std::optional<lsp::server::Alternative>({alternative, {3, 3}});
  }
  std::string checked, alternative, mended;
  std::atomic<int> asked = 0;  // times; read while it works
  std::string locale;
  std::optional<size_t> line;
  DebugQuestion::Until until = DebugQuestion::Until::fixes;
  std::mutex told_;
};

// A trusted folder with a program in it that divides by zero, open in a client.
struct Scene {
  support::TemporaryFolder folder;
  std::shared_ptr<Scripted> debugger = std::make_shared<Scripted>();
  std::string path = folder.path("project/a b.py");
  std::string uri = "file://" + folder.path("project/a%20b.py");
  lsp::server::Trust trust{folder.path("trusted")};
  std::optional<Client> client;

  explicit Scene(
      const json& more = json::object(),
      lsp::server::DebugOptions::Background background = lsp::server::DebugOptions::Background::off,
      lsp::server::DebugOptions::OnSave on_save = lsp::server::DebugOptions::OnSave::nothing) {
    std::filesystem::create_directories(folder.path("project"));
    debugger->finding = {
        .program = path,
        .program_text = program,
        .failed = true,
        .type = "ZeroDivisionError",
        .message = "division by zero",
        .frames = {{path, 5, "", {}}, {path, 2, "half", {{"n", "4"}}}},
        .red = {},
        .hints = {"It fails in line 2."},
        .fixes = {{"def half(n):\n    return n / 2\n\n\nprint(half(4))\n", "-0\n+2\n",
                   "another constant", "passes 1 of 1 tests; and more", Finding::Proof::verified}}};
    debugger->finding.fixes[0].seen = "passes 1 of 1 tests";
    Setup setup;
    setup.debug = {debugger, background, on_save, trust};
    client.emplace(std::move(setup));
    json capabilities{{"textDocument", {{"inlineCompletion", json::object()}}},
                      {"general", {{"positionEncodings", {"utf-8"}}}},
                      {"window", {{"workDoneProgress", true}}},
                      {"workspace",
                       {{"workspaceEdit", {{"documentChanges", true}}},
                        {"inlayHint", {{"refreshSupport", true}}}}}};
    capabilities.update(more);
    client->start(std::move(capabilities));
    client->open(uri, program);
  }

  json execute(const std::string& command, const json& more = {}) {
    json arguments{uri};
    if (!more.is_null()) arguments.push_back(more);
    return client->call("workspace/executeCommand",
                        {{"command", command}, {"arguments", std::move(arguments)}});
  }
  void save() { client->notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}}); }
  // Until that message says this much.
  json message(const std::string& method, const std::string& text) {
    while (true) {
      json message = client->message(method);
      if (message.dump().find(text) != std::string::npos) return message;
    }
  }
  json in_line(const std::string& method, int line) {
    return client
        ->call(method, {{"textDocument", {{"uri", uri}}},
                        {"position", {{"line", line}, {"character", 5}}},
                        {"range",
                         {{"start", {{"line", line}, {"character", 0}}},
                          {"end", {{"line", line}, {"character", 0}}}}},
                        {"context", {{"diagnostics", json::array()}}}})
        .at("result");
  }
  void debug(const std::string& told = "1 change offered") {
    REQUIRE(trust.add(folder.path("project")).ok());
    execute("lemma.debug");
    debugger->go_on();
    message("window/showMessage", told);
  }
};

inline json span(int line, int begin, int end) {
  return {{"start", {{"line", line}, {"character", begin}}},
          {"end", {{"line", line}, {"character", end}}}};
}

}  // namespace server_test
