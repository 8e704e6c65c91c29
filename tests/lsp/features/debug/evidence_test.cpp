// What is said of a fix, in each language.
#include "lsp/features/debug/evidence.h"

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

constexpr Tongue tongues[] = {Tongue::english, Tongue::chinese, Tongue::french, Tongue::german};

// Every language has a sentence of its own, and no value is left out of it.
template <typename Seen>
void check_said(const Seen& seen, const std::array<std::string, 4>& expected) {
  for (const Tongue tongue : tongues) {
    CHECK(said(seen, tongue) == expected[static_cast<size_t>(tongue)]);
  }
}

}  // namespace

TEST_CASE("how a run with a change ended is said in four languages") {
  check_said(Passing{Proof::tests, 2, 2}, {"passes 2 of 2 tests", "通过 2 个测试中的 2 个",
                                           "réussit 2 des 2 tests", "besteht 2 von 2 Tests"});
  check_said(Passing{Proof::tests, 1, 1}, {"passes 1 of 1 test", "通过 1 个测试中的 1 个",
                                           "réussit 1 test sur 1", "besteht 1 von 1 Test"});
  check_said(
      Passing{Proof::tests, 1, 2, "test_a"},
      {"passes 1 of 2 tests, 'test_a' among them", "通过 2 个测试中的 1 个，其中包括“test_a”",
       "réussit 1 des 2 tests, dont « test_a »", "besteht 1 von 2 Tests, darunter „test_a“"});
  check_said(Passing{Proof::command}, {"the command ends with 0", "命令以 0 结束",
                                       "la commande se termine par 0", "der Befehl endet mit 0"});
}

TEST_CASE("a difference from another change is said in four languages") {
  Judgement judgement;
  judgement.difference = {0, 1, "f(x)", "x = 3", "1", "an exception: ValueError"};
  CHECK(said(judgement, Tongue::english) ==
        "but another change passes as well, and they differ: f(x) where x = 3 gives 1, with the "
        "other change an exception: ValueError; a test of that call tells which is right");
  CHECK(said(judgement, Tongue::german) ==
        "aber eine andere Änderung besteht auch, und die beiden sind verschieden: f(x) mit x = 3 "
        "ergibt 1, mit der anderen Änderung eine Ausnahme: ValueError; ein Test dieses Aufrufs "
        "sagt, welche richtig ist");
  judgement.difference = {0, 1, "", "", "text", std::nullopt};
  CHECK(said(judgement, Tongue::english).ends_with("'text' and 'nothing more'"));
  CHECK(said(judgement, Tongue::french).ends_with("« text » et « rien de plus »"));
}

TEST_CASE("a difference from the program before is said in four languages") {
  const Difference call{1, 0, "f(x)", "x = 3", "1", "an exception: ValueError"};
  CHECK(said(call, Versus::before, Tongue::english) ==
        "f(x) where x = 3 gives 1, before an exception: ValueError");
  CHECK(said(call, Versus::before, Tongue::french) ==
        "f(x) où x = 3 donne 1, avant une exception: ValueError");
}

TEST_CASE("each doubt has a sentence of its own in each language") {
  std::set<std::string> all;
  for (const Doubt doubt :
       {Doubt::nothing, Doubt::not_all_tried, Doubt::too_many, Doubt::not_compared, Doubt::alike,
        Doubt::none_near, Doubt::may_not_have_run}) {
    for (const Tongue tongue : tongues) {
      const std::string sentence = said(Judgement{.doubt = doubt, .rivals = 2}, tongue);
      CHECK(sentence.find('{') == std::string::npos);
      all.insert(sentence);
    }
  }
  CHECK(all.size() == 7 * 4);
}

TEST_CASE("every kind of change has a name in each language") {
  const std::pair<const char*, const char*> programs[] = {
      {"python",
       "class A:\n    def f(self, a, b=[]):\n        if a is None:\n            return 0\n"
       "        for i in range(len(a)):\n            b.append(a[i + 1] - 1)\n            break\n"
       "        return max(sorted(b), 0) // 2\n\nasync def g(x):\n    y = f(x)\n    y += 1\n"
       "    while y and not x:\n        y = {'k': y['key']}\n"},
      {"javascript",
       "function f(a, b) {\n  let c = 0;\n  for (let i = 0; i <= a.length; i++) {\n"
       "    if (a[i] === b) continue;\n    c += a[i].value;\n  }\n"
       "  switch (b) { case 1: c = 2; case 2: c = 3; }\n  return c && !b;\n}\n"},
      {"cpp",
       "#include <vector>\nstruct A { int n; int f() { return n; } };\nstruct B : A { int f() "
       "{ return 1; } };\nint f(std::vector<int> v, int n, unsigned k) {\n  int s;\n"
       "  auto& first = v[0];\n  for (auto it = v.begin(); it != v.end(); ++it) {\n"
       "    if (*it % n < k - 1) v.erase(it);\n  }\n  int* p = new int(3);\n  delete p;\n"
       "  auto g = [=] { return s / n; };\n  return first + g();\n}\n"}};
  for (const auto& [language, text] : programs) {
    const auto tree = tree_of(language, text);
    for (const Edit& edit :
         edits_of(lsp::syntax::Nodes(*tree), *grammar_of(tree->language()), {})) {
      INFO(edit.what);
      CHECK(name_of_kind(edit.what, Tongue::chinese) != edit.what);
    }
  }
  CHECK(name_of_kind(rewritten_line, Tongue::german) == "neu geschriebene Zeile");
  CHECK(name_of_kind("unheard of", Tongue::german) == "unheard of");
}

TEST_CASE("a report speaks its reader's language") {
  const std::string tests =
      "from inc import inc\n\n\ndef test_inc():\n    assert inc(1) == 2\n"
      "    assert inc(5) == 6\n    assert inc(9) == 10\n";
  const Project project("inc.py", "def inc(n):\n    return n - 1\n", "test_inc.py", tests);
  runner::Runner sandbox;
  const auto report = debug(project.subject, sandbox, {.tongue = Tongue::french});
  REQUIRE(report.ok());
  REQUIRE_FALSE(report->fixes.empty());
  INFO(report->fixes[0].evidence);
  CHECK(report->fixes[0].evidence.starts_with("réussit 1 test sur 1 ; "));
  CHECK(report->fixes[0].evidence.find("change") != std::string::npos);
  CHECK(report->note.find("changements essayés sur") != std::string::npos);
}
