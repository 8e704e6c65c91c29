// What is said of searches that end without a result, and of runs that nobody has asked for.
#include "tests/lsp/server/debug_scene.h"

using namespace server_test;

TEST_CASE("who waits for a search is told that it was given up or stopped") {
  Scene scene;
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.execute("lemma.debug");
  scene.message("$/progress", "searching");
  scene.client->type(scene.uri, 2, 0, 0, "#");
  scene.message("window/showMessage", "the search in a b.py was given up: the text has changed");
  scene.execute("lemma.stopDebugging");
  scene.message("window/showMessage", "nothing is being debugged");
  Scene other;
  REQUIRE(other.trust.add(other.folder.path("project")).ok());
  other.execute("lemma.debug");
  other.execute("lemma.stopDebugging");
  other.message("window/showMessage", "the search in a b.py was stopped");
}

TEST_CASE("what fails after saving where nothing is open is told in a line, and its end too") {
  using Background = lsp::server::DebugOptions::Background;
  using OnSave = lsp::server::DebugOptions::OnSave;
  Scene scene(json::object(), Background::off, OnSave::tests);
  REQUIRE(scene.trust.add(scene.folder.path("project")).ok());
  scene.debugger->finding.frames = {{scene.folder.path("project/test_a.py"), 3, "test_a", {}}};
  scene.debugger->finding.red = {"test_a"};
  scene.debugger->finding.tests = 3;
  scene.debugger->go_on();
  scene.save();
  scene.message("window/showMessage", "1 of 3 tests fails: test_a");
  scene.debugger->finding.failed = false;
  scene.save();
  scene.message("window/showMessage", "the tests pass again");
}
