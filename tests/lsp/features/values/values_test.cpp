// Values behind "# =>", from real runs in the sandbox.
#include "lsp/features/values/values.h"

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace lsp::features::values;
namespace syntax = lsp::syntax;

Found run(const std::string& name, const std::string& text) {
  const support::TemporaryFolder folder;
  Question question{.file = folder.path(name)};
  const auto language = syntax::language_of("", "file:///" + name, text);
  REQUIRE(language);
  question.tree = syntax::Tree::parse(
      std::make_shared<const lsp::text::Document>(
          "file://" + question.file, std::string(syntax::language_id(*language)), 1, text),
      nullptr);
  sandbox::runner::Runner sandbox({.ready = 0});
  auto found = evaluate(question, sandbox);
  REQUIRE(found.ok());
  return std::move(*found);
}

// "1: 6; 3: 'a' x2"
void check_values(const std::string& name, const std::string& text, const std::string& expected) {
  INFO(text);
  std::string shown;
  for (const Value& value : run(name, text).values) {
    shown += (shown.empty() ? "" : "; ") + std::to_string(value.line) + ": " + value.text;
    if (value.times > 1) shown += " x" + std::to_string(value.times);
  }
  CHECK(shown == expected);
}

}  // namespace

TEST_CASE("Python shows what expressions, assignments and results are") {
  check_values("a.py",
               "total = 3\n"
               "total * 2  # =>\n"
               "x = y = [1, 'a'] # =>\n"
               "def half(n):\n"
               "    return n / 2  #=>\n"
               "half(4); half(6)\n"
               "1, 2  # =>\n"
               "total += 1  # =>\n"
               "sum([\n"
               "    1,\n"
               "])  # =>\n",
               "1: 6; 2: [1, 'a']; 4: 3.0 x2; 6: (1, 2); 10: 1");
}

TEST_CASE("what the program prints, renames and redirects is not in the way") {
  check_values("a.py",
               "import io, sys\n"
               "print = None\n"
               "sys.stdout = io.StringIO()\n"
               "'line\\nbreak'  # =>\n",
               "3: 'line\\nbreak'");
}

TEST_CASE("a sign within a string asks for nothing, nor does a comment without an expression") {
  check_values("a.py", "s = '''\nx  # =>\n'''\n# =>\nfor i in [1]:  # =>\n    pass\n", "");
}

TEST_CASE("JavaScript and its modules show theirs") {
  check_values("a.js",
               "'use strict';\n"
               "const a = [1, { b: 'x' }]; // =>\n"
               "let n = 0;\n"
               "for (let i = 0; i < 3; ++i) n += i; // =>\n"
               "const f = (k) => { return k * 2 }; f(2) // =>\n",
               "1: [ 1, { b: 'x' } ]; 3: 3 x3; 4: 4");
  check_values("a.mjs", "import os from 'node:os';\nawait Promise.resolve(7) // =>\n", "1: 7");
}

TEST_CASE("a value is no call of what stands before it, where semicolons are left out") {
  check_values("b.js", "const a = 1\na + 1 // =>\nconst f = () => a\nf() // =>\n", "1: 2; 3: 1");
}

TEST_CASE("a program that fails shows what it has reached, and how it ended") {
  const Found found = run("a.py", "1 + 1  # =>\n1 / 0  # =>\n2  # =>\n");
  REQUIRE(found.values.size() == 1);
  CHECK(found.values[0].text == "2");
  CHECK(found.problem == "the program ended with ZeroDivisionError: division by zero");
}

TEST_CASE("a program that never ends is ended") {
  const support::TemporaryFolder folder;
  const Found found = run("a.py", "1  # =>\nwhile True: pass\n");
  CHECK(found.values.size() == 1);
  CHECK(found.problem == "the program was still running after 5 s");
}
