#include "lsp/features/debug/steps.h"

#include "lsp/features/debug/batch.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;
using lsp::syntax::Language;

TEST_CASE("loops count their rounds, whatever their bodies are") {
  CHECK(with_steps("while a: b()\nfor c in d:\n    # why\n    if c:\n        e()\n",
                   Language::python) ==
        "while a: _lemma_step(); b()\nfor c in d:\n    # why\n    _lemma_step()\n    if c:\n"
        "        e()\n");
  CHECK(with_steps("for (;;) for (const a of b) c();\nwhile (d) { e(); }\ndo f(); while (g);\n",
                   Language::javascript) ==
        "for (;;) {globalThis._lemmaStep();for (const a of b) {globalThis._lemmaStep();c();}}\n"
        "while (d) {globalThis._lemmaStep(); e(); }\n"
        "do {globalThis._lemmaStep();f();} while (g);\n");
  CHECK(with_steps("while a b\n", Language::python) == "while a b\n");
}

TEST_CASE("what never ends is cut off by its rounds or time, and leaves the others alone") {
  const Project python("f.py", "def f(n):\n    while n < 9: n -= 1\n    return n\n", "test_f.py",
                       "from f import f\n\n\ndef test_f():\n    assert f(2) == 9\n");
  const Project node("f.js", "exports.f = (n) => { for (; n < 9;) n -= 1; return n; };\n",
                     "f.test.js",
                     "const { test } = require('node:test');\n"
                     "test('f', () => require('node:assert').equal(require('./f').f(2), 9));\n");
  for (const Project* project : {&python, &node}) {
    const std::string text = project->subject.question.text;
    std::string green = text, red = text;
    green.replace(text.find("-="), 2, "+=");
    red.replace(text.find("return n"), 8, "return 1");
    runner::Runner sandbox;
    Version version{.text = text, .pace = Pace::quick};
    version.stepped = true;
    version.deadline_ms = 4'000;
    version.batch_ms = 9'000;  // not enough for three that take all of theirs
    for (const int rounds : {most_steps, 0}) {
      version.most_steps = rounds;
      // Of the time nothing is known before some have ended.
      const std::string& first = rounds == 0 ? green : text;
      const std::vector<Attempt> attempts{{first}, {green}, {red}, {text}, {green}};
      std::string ends;
      for (const auto& trial : try_batch(sandbox, project->subject, attempts, version)) {
        ends += !trial || !trial->ran ? '-' : trial->cut_off ? 'c' : trial->green ? 'g' : 'r';
      }
      CHECK(ends == (rounds == 0 ? "ggccg" : "cgccg"));
    }
  }
}
