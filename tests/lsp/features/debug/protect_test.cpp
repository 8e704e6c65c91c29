#include <set>

#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/observe.h"
#include "lsp/features/debug/suspicion.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("a fix that names what only the tests know special-cases them") {
  const std::string before = "def price(n):\n    return n * 3\n";
  const std::string after = "def price(n):\n    if n == 17: return 54\n    return n * 3\n";
  const std::string tests = "assert price(17) == 54\n";
  CHECK_FALSE(objection_to("python", before, after, tests).empty());
  CHECK(objection_to("python", before, "def price(n):\n    return n * 3 + 1\n", tests).empty());
}

TEST_CASE("a fix that removes an assertion, adds a handler or exits is none") {
  const std::string before = "def f(n):\n    assert n > 0\n    return 1 / n\n";
  CHECK_FALSE(objection_to("python", before, "def f(n):\n    return 1 / n\n", "").empty());
  CHECK_FALSE(objection_to("python", before,
                           "def f(n):\n    assert n > 0\n    try:\n        return 1 / n\n"
                           "    except ZeroDivisionError:\n        return 0\n",
                           "")
                  .empty());
  CHECK_FALSE(objection_to("javascript", "f();\n", "process.exit(0);\nf();\n", "").empty());
  CHECK(objection_to("javascript", "f(a, b);\n", "f(b, a);\n", "").empty());
}

TEST_CASE("a script that checks itself without assertions keeps its checks") {
  const auto keeps = [](std::string_view language, const std::string& text,
                        std::initializer_list<std::string_view> parts) {
    bool mended = false;
    for (const std::string& changed : changes_of(language, text)) {
      if (!objection_to(language, text, changed, "").empty()) continue;
      for (const std::string_view part : parts) {
        INFO(changed);
        CHECK(changed.find(part) != std::string::npos);
      }
      mended = mended || changed.find("/ 2") != std::string::npos;
    }
    CHECK(mended);
  };
  const std::string script = "function half(n) { return n / 3; }\n";
  for (const char* language : {"javascript", "typescript"}) {
    keeps(language, script + "if (half(8) !== 4) throw new Error('half');\n",
          {"if (half(8) !== 4) throw new Error('half');"});
    keeps(language,
          script + "for (let i = 2; i < 9; i += 2) { if (half(i) * 2 != i) { throw i; } }",
          {"for (let i = 2; i < 9; i += 2) {", "if (half(i) * 2 != i) {"});
    keeps(language, script + "half(8) === 4 || process.exit(1);\n", {"half(8) === 4 || process"});
    keeps(language,
          script + "[[8, 4]].forEach(([n, to]) => { if (half(n) != to) process.exit(1); });\n",
          {"[[8, 4]].forEach", "if (half(n) != to) process.exit(1);"});
    keeps(language,
          script +
              "const check = (ok) => { if (!ok) throw new Error('half'); };\n"
              "check(half(8) === 4);\n",
          {"(ok) => { if (!ok) throw new Error('half'); }", "check(half(8) === 4);"});
    keeps(language, script + "run([8]).then((n) => assert.equal(n, 4));\n",
          {"run([8]).then((n) => assert.equal(n, 4))"});
    keeps(language, script + "console.assert(half(8) === 4);\n", {"console.assert(half(8) === 4)"});
  }
  const std::string module = "def half(n):\n    return n // 3\n\n\n";
  keeps("python", module + "if half(8) != 4:\n    raise ValueError('half')\n",
        {"if half(8) != 4:\n    raise ValueError('half')"});
  keeps("python", module + "for n in [8, 6]:\n    if 2 * half(n) != n:\n        exit(n)\n",
        {"for n in [8, 6]:\n    if 2 * half(n) != n:\n        exit(n)"});
  keeps("python", module + "for n in [8, 6]:\n    assert 2 * half(n) == n\n",
        {"for n in [8, 6]:\n    assert 2 * half(n) == n"});
  keeps("python", module + "async def main():\n    assert half(8) == 4\n\n\nasyncio.run(main())\n",
        {"asyncio.run(main())"});
  keeps("python", module + "def test_half():\n    assert half(8) == 4\n\n\ntest_half()\n",
        {"\ntest_half()\n"});
  keeps("python", module + "half(8) == 4 or sys.exit(1)\n", {"half(8) == 4 or sys.exit(1)"});
  keeps("python", module + "sys.exit(1) if half(8) != 4 else print(1)\n", {"if half(8) != 4 else"});
  keeps("python",
        module +
            "def check(a, b):\n    if a != b:\n        raise ValueError(a)\n\n\n"
            "check(half(8), 4)\n",
        {"    if a != b:\n        raise", "check(half(8), 4)"});
  keeps("cpp",
        "#include <cstdlib>\nint half(int n) { return n / 3; }\n"
        "void check(bool ok) { if (!ok) std::exit(1); }\nint main() { check(half(8) == 4); }\n",
        {"{ if (!ok) std::exit(1); }", "check(half(8) == 4);"});
}

TEST_CASE("what a function throws on may be what is wrong with it") {
  check_offers("javascript",
               "function root(n) {\n  if (n <= 0) throw new Error('n');\n  return n ** 0.5;\n}\n",
               "function root(n) {\n  if (n < 0) throw new Error('n');\n  return n ** 0.5;\n}\n");
  check_offers("python", "def check_sum(n):\n    return n < 9\n\n\nok = check_sum(9)\n",
               "def check_sum(n):\n    return n <= 9\n\n\nok = check_sum(9)\n");
}

TEST_CASE("an operator that another language has as a comment is not tried") {
  for (const std::string& changed : changes_of("javascript", "const half = (n) => n / 3;\n")) {
    CHECK(changed.find("//") == std::string::npos);
  }
}

TEST_CASE("lines that ran in what failed and not in what passed are the most suspicious") {
  const auto pieces = read_probes("t 10\np 1\np 2\nt 11\np 1\np 3\n");
  REQUIRE(pieces.size() == 3);
  const auto suspicion = ochiai(pieces, {11});
  CHECK(suspicion.at(3) == 1);
  CHECK(suspicion.at(2) == 0);
  CHECK(suspicion.at(1) > 0.5);
  CHECK(suspicion.at(1) < 1);
  // A test that leaves no trace of where it failed: the last piece did.
  CHECK(ochiai(pieces, {99}).at(3) == 1);
}

TEST_CASE("what ran earlier in the same case is suspicious, helpers and all") {
  const auto tree = tree_of("cpp",
                            "int helper() {\n"
                            "  return 1;\n"
                            "}\n"
                            "void one() {\n"
                            "  set();\n"
                            "  helper();\n"
                            "  get();\n"
                            "}\n"
                            "int main() { one(); }\n");
  const auto cases = cases_of(lsp::syntax::Nodes(*tree));
  CHECK(cases.at(2) == 1);
  CHECK(cases.at(7) == 4);
  CHECK_FALSE(cases.contains(9));
  const auto pieces = read_probes("t 9\np 1\nt 5\np 2\nt 6\nt 2\np 3\nt 7\np 4\n");
  const auto suspicion = ochiai(pieces, {7}, cases);
  CHECK(suspicion.at(4) == 1);
  CHECK(suspicion.at(3) == 0.5);
  CHECK(suspicion.at(2) == 0.5);
  CHECK(suspicion.at(1) == 0);
  // Where the failure ended the run, what a helper ran last did so within the line that failed.
  const auto ended = read_probes("t 5\np 2\nt 7\nt 2\np 3\n");
  CHECK(ochiai(ended, {7}, cases).at(3) == 0);
  CHECK(ochiai(ended, {7}, cases, Ends::at_failure).at(3) > 0.5);
}

TEST_CASE("whatever a program writes in place of probes is read without harm") {
  CHECK(read_probes("\n\n\xff\xfe\nt\nt x\np -1\np 99999999999999\n").size() == 1);
}

TEST_CASE("probes of tests leave lines where they were") {
  const std::string text = "from a import f\n\ndef test_a():\n    assert f(1) == 2\n";
  const auto tree = tree_of("python", text);
  const std::string probed =
      with_probes(lsp::syntax::Nodes(*tree), *grammar_of(tree->language()), Probed::tests);
  CHECK(std::count(probed.begin(), probed.end(), '\n') ==
        std::count(text.begin(), text.end(), '\n'));
  CHECK(probed.find("probe(1, 4); assert f(1) == 2") != std::string::npos);
}

TEST_CASE("a diff names the lines that changed, with three around them") {
  CHECK(unified_diff("a\nb\nc\n", "a\nB\nc\n", "x.py") ==
        "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
  CHECK(unified_diff("a\n", "a\n", "x.py").empty());
  CHECK(unified_diff("a", "b", "x").find("\\ No newline at end of file") != std::string::npos);
}

TEST_CASE("of a program that holds its own tests, other inputs go to the tests alone") {
  const auto tree = tree_of("python",
                            "def twice(x):\n    return x * 2500\n\n\n"
                            "assert twice(7300) == 1\n");
  const lsp::syntax::Nodes nodes(*tree);
  bool differs = false;
  for (unsigned variant = 0; variant < 12; ++variant) {
    const std::string text =
        observing(nodes, lsp::syntax::Language::python, variant, Varied::tests);
    INFO(text);
    CHECK(text.find("return x * 2500\n") != std::string::npos);
    CHECK(text.find("show(\"twice(") != std::string::npos);
    differs = differs || text.find("twice(7300)") == std::string::npos;
  }
  CHECK(differs);
}

TEST_CASE("two versions of a program that holds its own tests get the same inputs") {
  const std::string tests = "\n\ndef test_f():\n    assert f([5, 1, 9], 40) == 2\n";
  const auto with = [&](const std::string& program, unsigned variant) {
    const auto tree = tree_of("python", program + tests);
    const std::string text =
        observing(lsp::syntax::Nodes(*tree), lsp::syntax::Language::python, variant, Varied::tests);
    return text.substr(text.find("def test_f"));
  };
  for (unsigned variant = 0; variant < 12; ++variant) {
    CHECK(with("def f(a, b):\n    return len(a)\n", variant) ==
          with("def f(a, b):\n    return len(a) + 0 * b\n", variant));
  }
}

TEST_CASE("the probe of a changed line is that of its own statement") {
  const std::string text = "def f(n):\n    a = 1\n    b = (n +\n         2)\n\n\n    return a\n";
  const auto tree = tree_of("python", text);
  const lsp::syntax::Nodes nodes(*tree);
  const auto line_at = [&](const char* part) {
    return statement_line(nodes, *grammar_of(tree->language()), text.find(part));
  };
  CHECK(line_at("2)") == 3);
  CHECK(line_at("return") == 7);
  CHECK(line_at("def") == 0);
}

TEST_CASE("other inputs are the same each time, and variant 0 has none") {
  const std::string text = "assert f([1, 2, 3], 'abc', 40) == 7\n";
  const auto tree = tree_of("python", text);
  const lsp::syntax::Nodes nodes(*tree);
  const auto said = [&](unsigned variant) {
    return observing(nodes, lsp::syntax::Language::python, variant);
  };
  CHECK(said(0).find("f([1, 2, 3], 'abc', 40)") != std::string::npos);
  std::set<std::string> different;
  for (unsigned variant = 0; variant < 40; ++variant) {
    CHECK(said(variant) == said(variant));
    different.insert(said(variant));
  }
  CHECK(different.size() > 25);
}

TEST_CASE("what is observed is no call of what stands before it, where semicolons are left out") {
  const auto said = [](const std::string& text) {
    const auto tree = tree_of("javascript", text);
    return observing(lsp::syntax::Nodes(*tree), lsp::syntax::Language::javascript, 0);
  };
  const std::string plain = said("const a = f(1)\nassert.equal(a, 2)\n");
  CHECK(plain.starts_with("const a = f(1)\nvoid ("));
  CHECK(said("const a = f(1)\nexpect(a).toBe(2)\n").starts_with("const a = f(1)\nvoid ("));
  CHECK(said("g(assert(a))\n").starts_with("g(("));
}

TEST_CASE("probes leave a script's first line for the shell, and its directives") {
  const auto probed = [](const std::string& text) {
    const auto tree = tree_of("javascript", text);
    return with_probes(lsp::syntax::Nodes(*tree), *grammar_of(tree->language()), Probed::program);
  };
  const std::string require = "require('/sandbox/lemma_probe.cjs');";
  CHECK(probed("#!/usr/bin/env node\nf();\n") == "#!/usr/bin/env node\n" + require + "f();\n");
  CHECK(probed("'use strict';\nf();\n") == "'use strict';" + require + "\nf();\n");
  CHECK(probed("'use strict'\nf();\n") == "'use strict';" + require + "\nf();\n");
  CHECK(probed("#!/usr/bin/env node\n// a\n'use strict';\nf();\n") ==
        "#!/usr/bin/env node\n// a\n'use strict';" + require + "\nf();\n");
  CHECK(probed("#!/usr/bin/env node") == "#!/usr/bin/env node" + require);
  CHECK(probed("f();\n") == require + "f();\n");
}

TEST_CASE("a line that ran is known also where a test's own line has its number") {
  const auto lines_of = [](const Project& project) {
    runner::Runner sandbox;
    const Version version{.text = project.subject.question.text, .pace = Pace::quick};
    std::set<int> lines;
    for (const Piece& piece : run_probes(sandbox, project.subject, version)) {
      lines.insert(piece.lines.begin(), piece.lines.end());
    }
    return lines;
  };
  CHECK(lines_of({"f.py", "def f(n):\n    m = n\n\n\n    return m\n", "test_f.py",
                  "from f import f\n\n\ndef test_f():\n    assert f(1) == 1\n"})
            .contains(5));
  const std::string in_node = "test('f', () => {\n  assert.strictEqual(f(1), 1);\n});\n";
  CHECK(lines_of({"f.js", "exports.f = (n) => {\n  let m = n;\n\n\n  return m;\n};\n", "f.test.js",
                  "const { test } = require('node:test');\nconst assert = require('node:assert');\n"
                  "const { f } = require('./f.js');\n" +
                      in_node})
            .contains(5));
  CHECK(lines_of({"g.js",
                  "#!/usr/bin/env node\n\nexports.f = (n) => {\n  let m = n;\n  return m;\n};\n",
                  "g.test.js",
                  "const { test } = require('node:test');\nconst assert = require('node:assert');\n"
                  "const { f } = require('./g.js');\n" +
                      in_node})
            .contains(5));
  CHECK(lines_of({"f.ts", "export const f = (n: number) => {\n  let m = n;\n\n\n  return m;\n};\n",
                  "f.test.ts",
                  "import test from 'node:test';\nimport assert from 'node:assert';\n"
                  "import { f } from './f';\n" +
                      in_node})
            .contains(5));
  CHECK(lines_of({"f.cpp", "int f(int n) {\n  int m = n;\n\n\n  return m;\n}\n", "f_test.cpp",
                  "#include \"f.cpp\"\n#include <cassert>\nint main() {\n  int one = 1;\n"
                  "  assert(f(one) == 1);\n}\n"})
            .contains(5));
}

TEST_CASE("a main function may be changed where it checks nothing") {
  const auto check = [](const char* language, const std::string& text, bool open) {
    const auto changes = changes_of(language, text);
    const bool any = std::any_of(changes.begin(), changes.end(), [](const std::string& changed) {
      return changed.find("n = 0;") != std::string::npos ||
             changed.find("n = 0\n") != std::string::npos;
    });
    INFO(text);
    CHECK(any == open);
  };
  check("cpp", "int main() {\n  int n = 1;\n  return 0;\n}\n", true);
  check("cpp", "int main() {\n  int n = 1;\n  assert(n == 2);\n}\n", false);
  check("cpp", "int main() {\n  int n = 1;\n  return n == 2 ? 0 : 1;\n}\n", false);
  check("cpp", "int main() {\n  int n = 1;\n  test_all(n);\n}\n", false);
  check("cpp", "int main() {\n  int n = 1;\n  REQUIRE(n == 2);\n}\n", false);
  check("python", "def main():\n    n = 1\n    print(n)\n", true);
  check("python", "def main():\n    n = 1\n    sys.exit(n)\n", false);
}
