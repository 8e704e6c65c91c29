// Functions of JavaScript, from end to end in real sandboxes, and bodies by models (doubles).
#include <fstream>

#include "lsp/features/debug/grammar.h"
#include "lsp/features/fill/fill.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace lsp::features;
using engine::base::Result;
using lsp::syntax::Language;
using Texts = std::vector<std::string>;

namespace javascript_test {
namespace {

struct Project {
  support::TemporaryFolder folder{support::Readable::by_all};

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.path() / name) << text;
  }

  Result<fill::Report> fill(const std::string& name, const std::string& text,
                            fill::Options options = {}) const {
    write(name, text);
    auto subject = debug::find_subject({.file = folder.path() / name,
                                        .text = text,
                                        .workspace = folder.path(),
                                        .python = "/usr/bin/python3"});
    REQUIRE(subject);
    const bool python = name.ends_with(".py");
    const auto tree = debug::parse(text, python ? Language::python : Language::javascript);
    const auto holes = fill::holes_in(*tree);
    REQUIRE_FALSE(holes.empty());
    options.search_ms = 1'500;
    sandbox::runner::Runner sandbox({.ready = 0});
    return fill::fill(*subject, holes.front(), sandbox, options);
  }
};

fill::Body first_of(const Result<fill::Report>& report) {
  INFO((report ? report->note : report.message()));
  REQUIRE(report);
  REQUIRE_FALSE(report->bodies.empty());
  return report->bodies.front();
}

void check_contains(const std::string& text, const std::string& part) {
  INFO(text << "\n\nlacks " << part);
  CHECK(text.find(part) != std::string::npos);
}

// A double: says the same whoever asks, and counts.
struct Double {
  Texts says;
  int asked = 0;
  fill::Author author() {
    return {"double", [this](std::stop_token) {
              ++asked;
              return Result<Texts>(says);
            }};
  }
};

const std::string last_digit =
    "/**\n * @example\n * lastDigit(123) // => 3\n * lastDigit(90) // => 0\n"
    " * lastDigit(7) // => 7\n * lastDigit(4528) // => 8\n */\nfunction lastDigit(number) {\n}\n";
// What no small expression does.
const std::string collatz =
    "// steps(1) // => 0\n// steps(2) // => 1\n// steps(3) // => 7\n// steps(6) // => 8\n"
    "function steps(n) {\n}\n";
const std::string collatz_body =
    "let count = 0;\nwhile (n !== 1) {\n  n = n % 2 === 0 ? n / 2 : 3 * n + 1;\n  count += 1;\n}\n"
    "return count;";

}  // namespace

TEST_CASE("a function of JavaScript is filled in by its comment's examples") {
  const auto report = Project().fill("work.js", last_digit);
  const auto body = first_of(report);
  CHECK(body.lines == Texts{"return number % 10;"});
  CHECK(body.verified);
  CHECK(body.evidence.starts_with("passes 4 of 4 examples; nothing about as simple passes and "));
  check_contains(body.text, "function lastDigit(number) {\n  return number % 10;\n}\n");
}

TEST_CASE("modules, arrow functions and the program's own constants") {
  const auto report = Project().fill(
      "work.mjs",
      "import path from 'node:path';\nconst RATE = 7;\nexport const priced = (net) => {\n"
      "  // TODO\n};\n// priced is above\n");
  REQUIRE_FALSE(report);
  check_contains(report.message(), "there is no example of priced()");
  const auto body = first_of(Project().fill(
      "work.mjs",
      "import path from 'node:path';\nconst RATE = 7;\n// priced(2) // => 14\n"
      "// priced(0) // => 0\n// priced(5) // => 35\nexport const priced = (net) => {\n"
      "  // TODO\n};\n"));
  CHECK((body.lines.back() == "return net * RATE;" || body.lines.back() == "return RATE * net;"));
}

TEST_CASE("the assertions of tests beside are examples, and must be green with it") {
  Project project;
  const std::string tests =
      "const test = require('node:test');\nconst assert = require('node:assert');\n"
      "const { shout } = require('./work.js');\ntest('it', () => {\n"
      "  assert.strictEqual(shout('ab'), 'AB!');\n  assert.strictEqual(shout('c d'), 'C D!');\n";
  const std::string program = "function shout(text) {\n}\nmodule.exports = { shout };\n";
  project.write("work.test.js", tests + "});\n");
  CHECK(first_of(project.fill("work.js", program)).lines ==
        Texts{"return text.toUpperCase() + '!';"});
  project.write("work.test.js",
                tests + "});\ntest('more', () => assert.ok(shout('x').length === 2));\n");
  CHECK(first_of(project.fill("work.js", program)).evidence.find("red still") == std::string::npos);
}

TEST_CASE("refusals in JavaScript are sentences") {
  const auto refusal = [](const std::string& text) {
    const auto report = Project().fill("work.js", text);
    REQUIRE_FALSE(report);
    return report.message();
  };
  check_contains(refusal("// f(1) // => 2\n// f(1) // => 3\nfunction f(n) {\n}\n"),
                 "two examples contradict each other: f(1) gives 2 and 3");
  check_contains(refusal("// f(1) // => 2\nfunction f(n) {\n}\nthrow new Error('at once');\n"),
                 "nothing could be searched");
}

TEST_CASE("a chat model's body is offered where small expressions do not do it") {
  Double model{{"function steps(n) {\n" + collatz_body + "\n}"}};
  const auto report = Project().fill("work.js", collatz, {.instructed = model.author()});
  const auto body = first_of(report);
  CHECK(body.author == "double");
  CHECK(body.lines.size() == 6);
  CHECK_FALSE(body.verified);
  CHECK(body.evidence.starts_with("passes 4 of 4 examples, by a model; written by double"));
  check_contains(body.text, "  let count = 0;\n  while (n !== 1) {\n    n = ");
}

TEST_CASE("a body that nearly passes is mended by a small change, and what was tried is counted") {
  std::string wrong = collatz_body;
  wrong.replace(wrong.find("n !== 1"), 7, "n > 2");  // passes one of four
  Double model{{"while (true) {}\nreturn 1;", wrong, "no code at all", "return n -;"}};
  const auto report = Project().fill("work.js", collatz, {.completing = model.author()});
  const auto body = first_of(report);
  CHECK(body.author == "double");
  check_contains(body.evidence,
                 "passes 4 of 4 examples, by a model; written by double, with a small change");
  CHECK(report->written > 2);  // the two that are bodies, and changes
}

TEST_CASE("where nothing that a model writes passes, that is said") {
  Double model{{"return 0;"}};
  const auto report = Project().fill("work.js", collatz, {.completing = model.author()});
  REQUIRE(report);
  CHECK(report->bodies.empty());
  check_contains(report->note, " bodies by double and changes of them none passes");
}

TEST_CASE("a body that answers the examples one by one is not offered") {
  Double model{{"return { 123: 7, 456: 2, 789: 5 }[n];"}};
  const auto report = Project().fill(
      "work.js", "// f(123) // => 70\n// f(456) // => 2\n// f(789) // => 51\nfunction f(n) {\n}\n",
      {.instructed = model.author()});
  REQUIRE(report);
  for (const fill::Body& body : report->bodies) CHECK(body.author.empty());
}

TEST_CASE("models are asked only where the examples leave something open") {
  Double chat, completing;
  const auto verified = Project().fill(
      "work.js", last_digit, {.instructed = chat.author(), .completing = completing.author()});
  CHECK(first_of(verified).verified);
  CHECK(chat.asked + completing.asked == 0);
  // Told apart: the chat model is asked, the other one is not.
  chat.says = {"return a >= b ? a : b;"};
  const auto open =
      Project().fill("work.js", "// f(2, 1) // => 2\n// f(5, 3) // => 5\nfunction f(a, b) {\n}\n",
                     {.instructed = chat.author(), .completing = completing.author()});
  const auto body = first_of(open);
  CHECK(chat.asked == 1);
  CHECK(completing.asked == 0);
  CHECK(body.author == "double");
  check_contains(body.evidence, "but another body passes as well, and they differ: f(");
  REQUIRE(open->bodies.size() == 2);
  CHECK(open->bodies[1].author.empty());
}

TEST_CASE("where the model and the search agree, the simpler body stays") {
  Double model{{"const upper = text.toUpperCase();\nreturn `${upper}!`;"}};
  const auto body = first_of(Project().fill(
      "work.js",
      "// shout('ab') // => 'AB!'\n// shout('Go on') // => 'GO ON!'\nfunction shout(text) {\n}\n",
      {.instructed = model.author()}));
  CHECK(body.author.empty());
  CHECK(body.lines == Texts{"return text.toUpperCase() + '!';"});
  check_contains(body.evidence, "; one by double does the same on ");
}

TEST_CASE("Python's bodies by models are weighed by the doctests") {
  const std::string program =
      "def steps(n):\n    \"\"\"\n    >>> steps(1)\n    0\n    >>> steps(2)\n    1\n"
      "    >>> steps(3)\n    7\n    >>> steps(6)\n    8\n    \"\"\"\n    pass\n";
  Double model{{"    while True:\n        n = 1\n    return n",
                "def steps(n):\n    \"\"\"Other words.\"\"\"\n    count = 0\n    while n != 1:\n"
                "        n = n // 2 if n % 2 == 0 else 3 * n + 1\n        count += 1\n"
                "    return count\n"}};
  const auto report = Project().fill("work.py", program, {.instructed = model.author()});
  const auto body = first_of(report);
  CHECK(body.author == "double");
  CHECK(report->written == 2);
  check_contains(body.text, "    \"\"\"\n    count = 0\n    while n != 1:\n        n = n // 2");
  CHECK(body.text.find("Other words") == std::string::npos);
}

TEST_CASE("a model that fails takes nothing away, and is named") {
  const fill::Author broken{
      "double", [](std::stop_token) -> Result<Texts> { return engine::base::Error{"no answer"}; }};
  const auto report = Project().fill("work.js", collatz, {.completing = broken});
  REQUIRE(report);
  CHECK(report->bodies.empty());
  check_contains(report->note, "no small expression passes the 4 examples; double: no answer");
}

}  // namespace javascript_test
