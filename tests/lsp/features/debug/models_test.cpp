// What models are asked for in a search, by doubles; in real sandboxes.
#include "lsp/features/debug/models.h"

#include "engine/base/result.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;
using engine::base::Error;
using Texts = std::vector<std::string>;

namespace models_test {
namespace {

// No small change makes that formula.
const std::string program = "def volume(radius):\n    scale = 4\n    return scale\n";
const std::string tests =
    "from volume import volume\n\n\ndef test_one():\n    assert volume(1) == 4\n\n\n"
    "def test_two():\n    assert volume(2) == 32\n\n\ndef test_none():\n    assert volume(0) == "
    "0\n";

Report debug_with(const Models& models, uint32_t search_ms = 15'000,
                  Options::Until until = Options::Until::fixes) {
  const Project project("volume.py", program, "test_volume.py", tests);
  lsp::features::debug::runner::Runner sandbox;
  Options options{.until = until, .search_ms = search_ms};
  options.models = models;
  options.rewrites_ms = 5'000;
  auto report = debug(project.subject, sandbox, options);
  REQUIRE(report.ok());
  return std::move(*report);
}

}  // namespace

TEST_CASE("a line of a model is tried where small changes were, and marked") {
  std::vector<std::string> gaps;
  Models models;
  models.infills = [&](const std::string& before, const std::string& after, std::stop_token) {
    gaps.push_back(before + "|" + after);
    return Texts{"return scale * radius * radius * radius", "no python at all("};
  };
  const Report report = debug_with(models);
  INFO(report.note);
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  CHECK(fix.generated);
  CHECK(fix.what == "rewritten line");
  CHECK(fix.diff.find("+    return scale * radius * radius * radius") != std::string::npos);
  CHECK(fix.evidence.starts_with("passes 3 of 3 tests"));
  // The line itself, and the place before it.
  const std::string head = "def volume(radius):\n    scale = 4\n    |";
  CHECK(std::find(gaps.begin(), gaps.end(), head + "\n") != gaps.end());
  CHECK(std::find(gaps.begin(), gaps.end(), head + "\n    return scale\n") != gaps.end());
}

TEST_CASE("a comment in the place of what failed mends nothing") {
  const Project project("a.py", "def f(:\n", "", "");
  lsp::features::debug::runner::Runner sandbox;
  bool asked = false;
  Options options{.search_ms = 15'000};
  options.models.infills = [&](const std::string&, const std::string&, std::stop_token) {
    asked = true;
    return Texts{"#!/usr/bin/env f(:", "# def f(:"};
  };
  const auto report = debug(project.subject, sandbox, options);
  REQUIRE(report.ok());
  CHECK(asked);
  CHECK(report->fixes.empty());
}

TEST_CASE("no line is asked for where a small change passes, or where no time is left") {
  const Report late = debug_with({.infills =
                                      [](const std::string&, const std::string&, std::stop_token) {
                                        FAIL("asked");
                                        return Texts();
                                      }},
                                 1'000);
  CHECK(late.fixes.empty());
}

TEST_CASE("a model that cannot be asked is told of once, and the search goes on") {
  Models models;
  models.rewrites = [](const lsp::text::Range&, std::stop_token) {
    return Error{"http://127.0.0.1:1/v1 cannot be reached"};
  };
  models.words = [](const Report&, std::stop_token) {
    return Error{"http://127.0.0.1:1/v1 cannot be reached"};
  };
  models.infills = [](const std::string&, const std::string&, std::stop_token) {
    return Texts{"return scale * radius * radius * radius"};
  };
  const Report report = debug_with(models);
  CHECK(report.model_note ==
        "the model could not be asked, and has no part in this: "
        "http://127.0.0.1:1/v1 cannot be reached");
  CHECK(report.hints.size() == 3);
}

TEST_CASE("what a model says stands behind the rule's hint, as far as it is grounded") {
  Models models;
  models.words = [](const Report& report, std::stop_token) {
    CHECK(report.failure.has_value());
    return Words{"`volume` gives back `scale` as it is.", "Look at line 70. What is `scale` for?"};
  };
  for (const auto until : {Options::Until::failure, Options::Until::fixes}) {
    const Report report = debug_with(models, 3'000, until);
    REQUIRE(report.hints.size() == 5);
    CHECK(report.hints[1].step == "what");
    CHECK_FALSE(report.hints[1].generated);
    CHECK(report.hints[2].step == "what");
    CHECK(report.hints[2].generated);
    CHECK(report.hints[2].text == "The model says: `volume` gives back `scale` as it is.");
    CHECK(report.hints[4].text == "The model says: What is `scale` for?");
  }
}

TEST_CASE("where a model says nothing that holds, the rules' hints are alone") {
  Models models;
  models.words = [](const Report&, std::stop_token) {
    return Words{"The list `numbers` is empty.", ""};
  };
  CHECK(debug_with(models, 3'000, Options::Until::failure).hints.size() == 3);
}

TEST_CASE("who cancels waits for no model") {
  Models models;
  models.words = [](const Report&, std::stop_token stop) {
    while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Words{};
  };
  const Project project("volume.py", program, "test_volume.py", tests);
  lsp::features::debug::runner::Runner sandbox;
  std::stop_source stop;
  Options options{.until = Options::Until::failure, .stop = stop.get_token()};
  options.models = models;
  options.on_failure = [&](const Report&) { stop.request_stop(); };
  const auto begin = std::chrono::steady_clock::now();
  CHECK(debug(project.subject, sandbox, options).ok());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
}

}  // namespace models_test
