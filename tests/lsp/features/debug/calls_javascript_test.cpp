// What comments and tests say that calls give.
#include "lsp/features/debug/calls_javascript.h"

#include "lsp/features/debug/grammar.h"
#include "tests/support/catch.h"

using namespace lsp::features::debug;

namespace {

using Calls = std::vector<std::string>;  // "f(1) = 2"

Calls shown(const std::vector<Call>& calls) {
  Calls all;
  for (const Call& each : calls) all.push_back(each.source + " = " + each.expected);
  return all;
}

// Of the last function of a text.
Documented documentation_of(const std::string& text) {
  const auto tree = parse(text, lsp::syntax::Language::javascript);
  REQUIRE(tree);
  const lsp::syntax::Nodes nodes(*tree);
  const auto functions = top_functions(nodes);
  REQUIRE_FALSE(functions.empty());
  return documented(nodes, functions.back());
}

void check_documented(const std::string& comment, const Calls& wanted) {
  INFO(comment);
  CHECK(shown(documentation_of(comment + "\nfunction f(n) {\n}\n").calls) == wanted);
}

}  // namespace

TEST_CASE("examples in the comment before a function") {
  check_documented("/**\n * Says.\n * @example\n * f(1) // => 2\n * f('a'); // => [3];\n */",
                   {"f(1) = 2", "f('a') = [3]"});
  check_documented("/**\n * @example f(1) // => 2\n */", {"f(1) = 2"});
  check_documented("/** f(1) // => { a: 1 } */", {"f(1) = { a: 1 }"});
  check_documented("// f(1) // => 2\n// console.log(f(2)) // => 3", {"f(1) = 2", "f(2) = 3"});
  check_documented("/*\n f(1);\n // => 2\n */", {"f(1) = 2"});
  check_documented("// lib.f(1, [2]) // => 3", {"f(1, [2]) = 3"});
  check_documented("// f(1) // =>", {"f(1) = "});
}

TEST_CASE("what is no example of the function") {
  for (const char* comment :
       {"// g(1) // => 2", "// f(1) + 1 // => 2", "// f(1 // => 2", "// f(1) // => two of them",
        "// f(1) => 2", "// f(1) // => 2\n\n// Another comment.", "// Text // => 2"}) {
    check_documented(comment, {});
  }
}

TEST_CASE("the prose is what is neither example nor tag") {
  CHECK(documentation_of("/**\n * From 18 on.\n * @param n a number\n * f(1) // => 2\n */\n"
                         "const f = (n) => {\n};\n")
            .prose.find("From 18 on.\n") != std::string::npos);
}

TEST_CASE("functions at the top of a file, and their parameters") {
  const std::string text =
      "function a(x, y) {}\nexport const b = x => { };\nconst c = function (x = 1) {};\n"
      "export default function d() {}\nasync function e() {}\nconst g = (x) => x;\n"
      "class H { m() {} }\nif (a) { function i() {} }\n";
  const auto tree = parse(text, lsp::syntax::Language::javascript);
  std::string all;
  for (const TopFunction& each : top_functions(lsp::syntax::Nodes(*tree))) {
    all += each.name + (each.plain ? "(" : "?(");
    for (const std::string& parameter : each.parameters) all += parameter + ",";
    all += ") ";
  }
  CHECK(all == "a(x,y,) b(x,) c?() d() e?() ");
}

TEST_CASE("how a function is reached from another file") {
  const auto way = [](const std::string& text) {
    const auto tree = parse(text, lsp::syntax::Language::javascript);
    const lsp::syntax::Nodes nodes(*tree);
    return export_of(nodes, top_functions(nodes).front());
  };
  for (const char* text :
       {"export function f() {}", "export const f = () => {};", "function f() {}\nexport { f };",
        "function f() {}\nexports.f = f;", "function f() {}\nmodule.exports.f = f;",
        "function f() {}\nmodule.exports = { g, f };",
        "function f() {}\nmodule.exports = { f: f }"}) {
    INFO(text);
    CHECK(way(text) == Export::named);
  }
  CHECK(way("export default function f() {}") == Export::only);
  CHECK(way("function f() {}\nmodule.exports = f;") == Export::only);
  CHECK(way("function f() {}\nmodule.exports = { g };") == Export::none);
  CHECK(way("function f() {}\nexport { g };") == Export::none);
}

TEST_CASE("assertions of tests") {
  const std::string tests =
      "const { f } = require('./work');\ntest('it', () => {\n  assert.strictEqual(f(1), 2);\n"
      "  assert.deepEqual([3], f(2));\n  equal(lib.f(3), 4);\n  assert(f(4) === 5);\n"
      "  expect(f(5)).toEqual({ a: 6 });\n  assert.ok(f(6));\n  assert.notEqual(f(7), 8);\n"
      "  assert.equal(f(8), f(9));\n  if (f(10) === 11) return;\n  assert.equal(g(12), 13);\n});\n";
  CHECK(shown(asserted_calls(tests, "f")) ==
        Calls{"f(1) = 2", "f(2) = [3]", "f(3) = 4", "f(4) = 5", "f(5) = { a: 6 }"});
}
