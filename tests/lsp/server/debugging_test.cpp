// Debugging over the wire: a command starts it, and what was found is shown until the text changes.
#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/lsp/server/debug_scene.h"

using namespace server_test;

TEST_CASE("in a folder that is not trusted nothing is run, and that is said") {
  Scene scene;
  CHECK(scene.execute("lemma.debug").at("result").is_null());
  scene.message("window/showMessage", "nothing was run");
  CHECK(scene.debugger->asked == 0);
  CHECK(scene.in_line("textDocument/codeLens", 0).empty());
  CHECK(scene.in_line("textDocument/codeAction", 0).empty());
}

TEST_CASE("a command trusts the folder, and another takes that back") {
  Scene scene;
  scene.execute("lemma.trust");
  scene.message("window/showMessage", "is trusted");
  CHECK(scene.trust.holds(scene.path));
  CHECK(scene.in_line("textDocument/codeLens", 0).size() == 2);
  const json lens = scene.in_line("textDocument/codeLens", 0).at(1);
  CHECK(lens.at("range") == span(4, 0, 0));
  CHECK(lens.at("command").at("command") == "lemma.debug");
  CHECK(lens.at("command").at("title") == "lemma: debug this program");
  CHECK(lens.at("command").at("arguments") == json{scene.uri, span(4, 0, 0)});
  scene.execute("lemma.distrust");
  scene.message("window/showMessage", "not trusted any more");
  CHECK_FALSE(scene.trust.holds(scene.path));
}

TEST_CASE("trust that comes from a folder above is not taken back, and that is said") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path()).ok());
  const json answer = scene.execute("lemma.distrust");
  CHECK(answer.at("error").at("message").get<std::string>().find("is still trusted, since") !=
        std::string::npos);
  CHECK(scene.trust.holds(scene.path));
}

TEST_CASE("a client may vouch for what it has open") {
  const json vouching{{"experimental", {{"lemmaTrusted", true}}}};
  Scene scene(vouching);
  CHECK(scene.in_line("textDocument/codeLens", 0).size() == 2);
}

TEST_CASE("how far the search is is told behind what fails") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.debugger->how_far = "tried 3 of 9 changes";
  scene.execute("lemma.debug");
  const json told = scene.message("$/progress", "tried 3 of 9").at("params").at("value");
  CHECK(told.at("message") == "ZeroDivisionError in a b.py, line 2; tried 3 of 9 changes");
  scene.debugger->go_on();
  scene.message("$/progress", "\"end\"");
}

TEST_CASE("diagnostics come with the failure, before the search is over") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debug");
  const json params = scene.client->message("textDocument/publishDiagnostics").at("params");
  CHECK(params.at("uri") == scene.uri);
  CHECK(params.at("version") == 1);
  const json list = params.at("diagnostics");
  REQUIRE(list.size() == 2);
  CHECK(list[0].at("severity") == 3);
  CHECK(list[0].at("range") == span(4, 0, 14));
  CHECK(list[1].at("severity") == 1);
  CHECK(list[1].at("range") == span(1, 4, 16));
  CHECK(list[1].at("message") == "ZeroDivisionError: division by zero");
  CHECK(list[1].at("relatedInformation").at(0).at("location").at("range") == span(4, 0, 14));
  scene.message("$/progress", "searching for a fix");
  CHECK(scene.in_line("textDocument/codeAction", 1).size() == 1);  // to search
  scene.debugger->go_on();
  scene.message("$/progress", "\"end\"");
}

TEST_CASE("a fix is offered where it fails: as an edit of that version, with what was seen") {
  Scene scene;
  scene.debug();
  const json actions = scene.in_line("textDocument/codeAction", 1);
  REQUIRE(actions.size() == 2);
  const json fix = actions[0];
  CHECK(fix.at("title") == "lemma: another constant (passes 1 of 1 tests)");
  CHECK(fix.at("kind") == "quickfix");
  CHECK_FALSE(fix.contains("isPreferred"));
  const json change = fix.at("edit").at("documentChanges").at(0);
  CHECK(change.at("textDocument") == json{{"uri", scene.uri}, {"version", 1}});
  CHECK(change.at("edits") == json{{{"range", span(1, 15, 16)}, {"newText", "2"}}});
  CHECK(fix.at("diagnostics").size() == 1);
  CHECK(actions[1].at("kind") == "source");
  CHECK(scene.in_line("textDocument/codeAction", 3).size() == 1);
}

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("fixes come from the cache: ten milliseconds") {
  Scene scene;
  scene.debug();
  std::vector<double> times;
  for (int i = 0; i < 25; ++i) {
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(scene.in_line("textDocument/codeAction", 1).size() == 2);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    times.push_back(time.count());
  }
  std::sort(times.begin(), times.end());
  CHECK(times[times.size() / 2] < 10);
}
#endif

TEST_CASE("a fix is no part of fix-all") {
  Scene scene;
  scene.debug();
  const auto offered = [&](const std::string& only) {
    json params{{"textDocument", {{"uri", scene.uri}}},
                {"range", span(1, 0, 0)},
                {"context", {{"diagnostics", json::array()}, {"only", json::array({only})}}}};
    return scene.client->call("textDocument/codeAction", std::move(params)).at("result").size();
  };
  CHECK(offered("quickfix") == 1);
  CHECK(offered("source.fixAll") == 0);
}

TEST_CASE("values stand at the lines, and the story in a hover") {
  Scene scene;
  scene.debug();
  const json hints = scene.in_line("textDocument/inlayHint", 1);
  REQUIRE(hints.size() == 1);
  CHECK(hints[0].at("label") == "n = 4");
  CHECK(hints[0].at("position") == json{{"line", 1}, {"character", 16}});
  const std::string story =
      scene.in_line("textDocument/hover", 1).at("contents").at("value").get<std::string>();
  INFO(story);
  for (const char* part : {"division by zero", "It fails in line 2.", "n = 4", "-0\n+2",
                           "Verified: passes 1 of 1 tests"}) {
    CHECK(story.find(part) != std::string::npos);
  }
  CHECK(scene.in_line("textDocument/hover", 2).is_null());
}

TEST_CASE("what is found is told in the language of its reader") {
  Scene scene;
  scene.debugger->finding.tongue = lsp::text::Tongue::german;
  scene.debugger->finding.fixes[0].seen = "besteht 1 von 1 Test";
  scene.debug("1 Änderung steht dort als Code-Aktion bereit");
  const json fix = scene.in_line("textDocument/codeAction", 1).at(0);
  CHECK(fix.at("title") == "lemma: another constant (besteht 1 von 1 Test)");
  const std::string story =
      scene.in_line("textDocument/hover", 1).at("contents").at("value").get<std::string>();
  INFO(story);
  CHECK(story.find("Geprüft: passes 1 of 1") != std::string::npos);
  CHECK(story.find("Zeile 2:") != std::string::npos);
}

TEST_CASE("hints come one at a time, and the search for the fix goes on meanwhile") {
  Scene scene;
  scene.debugger->finding.hints = {"It fails in line 2.", "It divides by zero.", "When is it 0?"};
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  const auto next = [&](const std::string& expected) {
    scene.execute("lemma.debugHint");
    const json message = scene.client->message("window/showMessage");
    CHECK(message.at("params").at("message").get<std::string>().starts_with("lemma: " + expected));
  };
  next("It fails in line 2.");
  next("It divides by zero.");
  CHECK(scene.debugger->asked == 1);
  scene.debugger->go_on();
  scene.message("$/progress", "\"end\"");
  next("When is it 0?");
  next("Verified: passes 1 of 1 tests; and more\n-0\n+2");
  next("It fails in line 2.");
  scene.client->type(scene.uri, 5, 0, 0, "#");
  scene.debugger->finding.program_text = "#" + program;
  next("It fails in line 2.");  // looked for anew
  CHECK(scene.debugger->asked == 2);
}

TEST_CASE("where nothing fails, or a folder is not trusted, asking for a hint says so") {
  Scene scene;
  scene.execute("lemma.debugHint");
  scene.message("window/showMessage", "nothing was run");
  scene.debugger->finding = {.program = scene.path, .note = "all 3 tests pass"};
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debugHint");
  scene.debugger->go_on();
  scene.message("window/showMessage", "no failure: all 3 tests pass");
}

TEST_CASE("what is to be known of a model is said with the outcome and in the hover") {
  Scene scene;
  scene.debugger->finding.model_note = "the model could not be asked: nobody there";
  scene.debugger->finding.fixes[0].generated = true;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debug");
  scene.debugger->go_on();
  scene.message("window/showMessage", "; the model could not be asked: nobody there");
  const std::string story =
      scene.in_line("textDocument/hover", 1).at("contents").at("value").get<std::string>();
  CHECK(story.find("the model could not be asked") != std::string::npos);
  CHECK(story.find("Verified, written by a model: passes") != std::string::npos);
}

TEST_CASE("what a program says cannot end its block in a hover") {
  Scene scene;
  scene.debugger->finding.message = "```\n[click](command:evil)";
  scene.debug();
  const std::string story =
      scene.in_line("textDocument/hover", 1).at("contents").at("value").get<std::string>();
  CHECK(story.starts_with("````\n"));
}

TEST_CASE("all of it is gone as soon as the text changes") {
  Scene scene;
  scene.debug();
  scene.client->others.clear();
  scene.client->type(scene.uri, 5, 0, 0, "#");
  CHECK(scene.client->message("textDocument/publishDiagnostics")
            .at("params")
            .at("diagnostics")
            .empty());
  CHECK(scene.in_line("textDocument/codeAction", 1).size() == 1);
  CHECK(scene.in_line("textDocument/inlayHint", 1).empty());
  CHECK(scene.in_line("textDocument/hover", 1).is_null());
}

TEST_CASE("a program that is opened later is offered fixes of the text that it has") {
  Scene scene;
  // What was debugged are its tests.
  const std::string other = scene.uri + ".py";
  scene.debugger->finding.program = scene.path + ".py";
  for (Finding::Frame& frame : scene.debugger->finding.frames) frame.path = scene.path + ".py";
  const bool was_changed = GENERATE(false, true);
  scene.debug();
  scene.client->open(other, was_changed ? "# of somebody else\n" + program : program);
  scene.uri = other;
  CHECK(scene.in_line("textDocument/codeAction", 1).size() == (was_changed ? 1 : 2));
  CHECK(scene.in_line("textDocument/hover", 1).is_null() == was_changed);
}

TEST_CASE("a change, a cancellation and another search stop the one that runs") {
  const auto stops = [](const std::function<void(Scene&)>& act, const std::string& how) {
    Scene scene;
    REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
    scene.execute("lemma.debug");
    const json begin = scene.message("$/progress", "\"begin\"");
    CHECK(begin.at("params").at("value").at("cancellable") == true);
    CHECK(begin.at("params").at("token") == "lemma/debug/1");
    scene.message("$/progress", "searching");
    act(scene);
    scene.debugger->wait_for_stop();
    scene.message("$/progress", how);
  };
  stops([](Scene& scene) { scene.client->type(scene.uri, 2, 0, 0, "#"); }, "text has changed");
  stops([](Scene& scene) { scene.execute("lemma.debug"); }, "another search");
  stops(
      [](Scene& scene) {
        scene.client->notify("window/workDoneProgress/cancel", {{"token", "lemma/debug/1"}});
      },
      "cancelled");
  stops([](Scene& scene) { scene.execute("lemma.stopDebugging"); }, "cancelled");
}

TEST_CASE("where tests are debugged, a change of their program ends the search as well") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  const std::string other = scene.uri + ".py";
  scene.client->open(other, program);
  scene.debugger->finding.program = scene.path + ".py";
  const bool before_it_fails = GENERATE(false, true);
  if (before_it_fails) {
    scene.client->type(other, 2, 0, 0, "#");
    scene.execute("lemma.debug");
  } else {
    scene.execute("lemma.debug");
    scene.message("$/progress", "searching");
    scene.client->type(other, 2, 0, 0, "#");
  }
  scene.message("$/progress", "text has changed");
  scene.debugger->wait_for_stop();
}

TEST_CASE("a lens asks for what starts in its line, and a command without one for the file") {
  Scene scene;
  scene.debug();
  CHECK_FALSE(scene.debugger->line.has_value());
  scene.client->others.clear();
  scene.execute("lemma.debug", span(4, 0, 0));
  scene.message("window/showMessage", "1 change offered");
  CHECK(scene.debugger->line == 4);
  CHECK(scene.debugger->until == DebugQuestion::Until::fixes);
}

TEST_CASE("where a test fails, the message says in which file and line the change is offered") {
  Scene scene;
  scene.debugger->finding.frames = {{scene.folder.path("project/test_it.py"), 7, "test_half", {}}};
  scene.debug();
  scene.client->others.clear();
  scene.execute("lemma.debug");
  scene.message("window/showMessage",
                "ZeroDivisionError in test_it.py, line 7; 1 change offered as a code action in a "
                "b.py, line 2: passes 1 of 1 tests");
}

TEST_CASE("what is saved is run where that is agreed: its failure is shown, and nothing else") {
  using Background = lsp::server::DebugOptions::Background;
  using OnSave = lsp::server::DebugOptions::OnSave;
  Scene scene(json::object(), Background::off, OnSave::tests);
  scene.save();  // the folder is not trusted
  scene.client->call("lemma/status", json::object());
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.client->call("lemma/status", json::object());
  CHECK(scene.debugger->asked == 0);
  scene.debugger->go_on();
  scene.save();
  const json shown = scene.client->message("textDocument/publishDiagnostics").at("params");
  CHECK(shown.at("diagnostics").size() == 2);
  CHECK(scene.debugger->until == DebugQuestion::Until::failure);

  // Mended and saved again: gone. An error is nobody's question.
  scene.client->message("textDocument/publishDiagnostics");
  scene.debugger->finding.failed = false;
  scene.save();
  while (!scene.client->message("textDocument/publishDiagnostics")
              .at("params")
              .at("diagnostics")
              .empty()) {
  }
  scene.debugger->error = "cannot make a sandbox";
  scene.save();
  scene.client->call("lemma/status", json::object());
  for (const json& message : scene.client->others) {
    CHECK(message.value("method", "") != "window/showMessage");
    CHECK(message.value("method", "") != "$/progress");
  }

  Scene quiet;
  REQUIRE(quiet.trust.add(quiet.folder.path("project")).ok());
  quiet.save();
  quiet.client->call("lemma/status", json::object());
  CHECK(quiet.debugger->asked == 0);
}

TEST_CASE("a document that is saved as it was keeps the fixes that were found") {
  Scene scene(json::object(), lsp::server::DebugOptions::Background::off,
              lsp::server::DebugOptions::OnSave::tests);
  scene.debug();
  const auto saved = [&](int searches) {
    scene.save();
    while (scene.debugger->asked < searches) {
      scene.client->call("lemma/status", json::object());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // unasked, it tells no end
    return scene.in_line("textDocument/codeAction", 1).size();
  };
  CHECK(saved(2) == 2);
  // They mend no other failure.
  scene.debugger->finding.message = "float division by zero";
  CHECK(saved(3) == 1);
}

TEST_CASE("saving does not end a search that was asked for") {
  Scene scene(json::object(), lsp::server::DebugOptions::Background::off,
              lsp::server::DebugOptions::OnSave::tests);
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debug");
  scene.message("$/progress", "searching");
  scene.save();
  scene.client->call("lemma/status", json::object());  // it has been seen
  scene.debugger->go_on();
  scene.message("window/showMessage", "1 change offered");
  CHECK(scene.debugger->asked == 1);
}

TEST_CASE("what cannot be debugged is refused with a reason") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  const auto refused = [&](json params) {
    return scene.client->call("workspace/executeCommand", std::move(params))
        .at("error")
        .at("message")
        .get<std::string>();
  };
  const auto debug = [&](const std::string& uri) {
    return json{{"command", "lemma.debug"}, {"arguments", {uri}}};
  };
  CHECK(refused(debug("file:///none.py")).find("not open") != std::string::npos);
  const std::string text = "file://" + scene.folder.path("project/a.txt");
  scene.client->open(text, "x", 1, "plaintext");
  CHECK(refused(debug(text)).find("Python, JavaScript, TypeScript, C and C++") !=
        std::string::npos);
  scene.client->ask(text, 0, 0);
  CHECK(refused({{"command", "lemma.debug"}}).find("Python, JavaScript") != std::string::npos);
  CHECK(refused({{"command", "rm"}, {"arguments", {"x"}}}).find("unknown") != std::string::npos);
  scene.debugger->error = "cannot make a sandbox";
  scene.execute("lemma.debug");
  scene.message("window/showMessage", "cannot make a sandbox");
}

TEST_CASE("a program without a failure says so and shows nothing") {
  Scene scene;
  scene.debugger->finding.failed = false;
  scene.debugger->finding.note = "all 3 tests pass";
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debug");
  scene.debugger->go_on();
  scene.message("window/showMessage", "no failure: all 3 tests pass");
  CHECK(scene.in_line("textDocument/hover", 1).is_null());
}

TEST_CASE("without a debugger nothing of it is offered") {
  Client client;
  const json capabilities = client.start().at("capabilities");
  CHECK(capabilities.at("executeCommandProvider").at("commands") ==
        (json{"lemma.change", "lemma.document"}));
}

TEST_CASE(
    "the tests of what is suggested are run where that is agreed, and their verdict is told") {
  using Background = lsp::server::DebugOptions::Background;
  Scene scene(json::object(), Background::on);
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.client->response(scene.client->ask(scene.uri, 0, 0));
  const json verdict = scene.client->message("lemma/verdict").at("params");
  CHECK(verdict ==
        json{{"uri", scene.uri}, {"version", 1}, {"passed", 2}, {"tests", 3}, {"better", false}});
  CHECK(scene.debugger->checked == "v1" + program);
  scene.client->others.clear();

  // It holds while what is shown is typed, and also where the tests end only then.
  const auto version = [&] {
    return scene.client->message("lemma/verdict").at("params").at("version").get<int>();
  };
  scene.client->type(scene.uri, 2, 0, 0, "v");
  CHECK(version() == 2);
  scene.client->type(scene.uri, 3, 0, 1, "x");
  scene.client->response(scene.client->ask(scene.uri, 0, 0));
  scene.client->type(scene.uri, 4, 0, 0, "v");
  CHECK(version() == 4);
  scene.client->others.clear();

  // Gone before anybody has looked at it; or not agreed, or not trusted.
  scene.debugger->checked.clear();
  scene.client->response(scene.client->ask(scene.uri, 0, 0));
  scene.client->type(scene.uri, 2, 0, 0, "#");
  Scene other;
  REQUIRE(other.trust.add(other.folder.path("project")).ok());
  other.client->response(other.client->ask(other.uri, 0, 0));
  Scene stranger(json::object(), Background::on);
  stranger.client->response(stranger.client->ask(stranger.uri, 0, 0));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  for (Scene* each : {&scene, &other, &stranger}) {
    CHECK(each->debugger->checked.empty());
    CHECK(each->client->call("lemma/status", json::object()).contains("result"));
    for (const json& message : each->client->others) {
      CHECK(message.value("method", "") != "lemma/verdict");
    }
  }
}

TEST_CASE("where a suggestion's tests fail, the next request gets what makes them pass") {
  using Background = lsp::server::DebugOptions::Background;
  Scene scene(json::object(), Background::on);
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  const auto text_at = [&](int column) {
    return scene.client->response(scene.client->ask(scene.uri, 0, column))
        .at("result")
        .at("items")
        .at(0)
        .at("insertText")
        .get<std::string>();
  };
  const auto verdict = [&] { return scene.client->message("lemma/verdict").at("params"); };
  scene.debugger->alternative = "v1 is better";
  CHECK(text_at(0) == "v1");
  CHECK(verdict() ==
        json{{"uri", scene.uri}, {"version", 1}, {"passed", 2}, {"tests", 3}, {"better", false}});
  CHECK(verdict().at("better") == true);
  CHECK(text_at(0) == "v1 is better");
  CHECK(scene.debugger->mended == "v1");
  const json last = verdict();
  CHECK(last.at("passed") == 3);
  CHECK(last.at("better") == false);
  scene.client->type(scene.uri, 2, 0, 0, "v");
  CHECK(text_at(1) == "v1 is better");
}
