// Text in, verdict and findings out, with the real toolchains.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "sandbox/languages/examples.h"
#include "tests/sandbox/landlock.h"
#include "tests/sandbox/languages/checks.h"
#include "tests/sandbox/ordinary_user.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace languages_test;
using sandbox::runner::Backend;

// A project with a virtual environment, which holds no packages.
class Environment {
 public:
  Environment() {
    REQUIRE(std::system(("/usr/bin/python3 -m venv --without-pip " + root() + "/.venv").c_str()) ==
            0);
  }
  std::string root() const { return folder_.path(); }

 private:
  const support::TemporaryFolder folder_{support::Readable::by_all};
};

}  // namespace

TEST_CASE("each language runs, with arguments and input") {
  const std::pair<std::string, std::string> programs[] = {
      {"a.py", "import sys\nprint(sys.argv[1], sys.stdin.read())"},
      {"a.sh", "echo \"$1 $(cat)\""},
      {"a.js", "console.log(process.argv[2], require('fs').readFileSync(0, 'utf8'))"},
      {"a.mjs",
       "import fs from 'node:fs';\n"
       "console.log(process.argv[2], fs.readFileSync(0, 'utf8'))"},
      {"a.c",
       "#include <stdio.h>\nint main(int c, char** v) { char b[9] = {0};\n"
       "fgets(b, 9, stdin); printf(\"%s %s\\n\", v[1], b); }"},
      {"a.cpp",
       "#include <iostream>\nint main(int, char** v) { std::string s;\n"
       "std::cin >> s; std::cout << v[1] << ' ' << s << '\\n'; }"}};
  for (const auto& [name, text] : programs) {
    INFO(name);
    const Run run = run_program(
        {.file = "/nowhere/" + name, .text = text, .arguments = {"one two"}, .input = "input"});
    INFO(run.compiler_output << run.outcome.errors.text() << run.outcome.reason);
    CHECK(run.outcome.verdict == Verdict::passed);
    CHECK(run.outcome.output.text() == "one two input\n");
  }
}

TEST_CASE("an interpreter with SymPy imports a package that lemma brings along") {
  const Package package{
      .name = "brought",
      .use = Package::Use::waits,
      .files = {{"__init__.py", "def warm_up():\n    global warm\n    warm = 1\n"},
                {"part.py", "value = 7\n"}}};
  const Run run = run_program({.file = "/nowhere/a.py",
                               .text = "import brought\nfrom brought.part import value\n"
                                       "print(brought.warm, value)\n",
                               .warmth = Warmth::sympy,
                               .package = package});
  INFO(run.outcome.errors.text() << run.outcome.reason);
  CHECK(run.outcome.output.text() == "1 7\n");
}

TEST_CASE("a failure in Python comes with frames and locals") {
  const Run run = run_text("a.py", "def f(x):\n    y = [x] * 2\n    return y[x]\n\nf(3)\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(innermost(run) == "a.py:3 f {x=3 y=[3, 3] }");
  CHECK(last_failure(run).type == "IndexError");
  CHECK(run.outcome.errors.text().find("python.py") == std::string::npos);
  CHECK(innermost(run_text("a.py", "def f(:\n")) == "a.py:1 <module> {}");
}

TEST_CASE("arguments arrive as they are") {
  const std::string odd = "a\f\x1c\xc2\x85\xe2\x80\xa8\t\\n\r\n";
  for (const char* name : {"a.py", "a.js"}) {
    const std::string text = name == std::string("a.py")
                                 ? "import sys; sys.stdout.buffer.write(sys.argv[1].encode())"
                                 : "process.stdout.write(process.argv[2])";
    const Run run =
        run_program({.file = std::string("/nowhere/") + name, .text = text, .arguments = {odd}});
    INFO(run.outcome.errors.text());
    CHECK(run.outcome.output.text() == odd);
  }
}

TEST_CASE("Python ends as Python does") {
  const std::pair<std::string, int> ends[] = {
      {"import sys; sys.exit(3)", 3},        {"raise SystemExit", 0},
      {"raise SystemExit('why')", 1},        {"exit(256 + 2)", 2},
      {"import sys; sys.stdout.close()", 0}, {"1 / 0", 1}};
  for (const auto& [text, code] : ends) {
    INFO(text);
    CHECK(run_text("a.py", text).outcome.exit_code == code);
  }
  CHECK(run_text("a.py", "raise SystemExit('why')").outcome.errors.text() == "why\n");
  const std::string late =
      "import atexit, threading, time\natexit.register(print, 'at exit')\n"
      "threading.Thread(target=lambda: (time.sleep(.1), print('thread'))).start()\nprint('main')";
  CHECK(run_text("a.py", late).outcome.output.text() == "main\nthread\nat exit\n");
}

TEST_CASE("an endless loop in Python is found at the deadline") {
  const auto prepared =
      prepare({.file = "/nowhere/a.py",
               .text = "print('before')\ndef f(n):\n    while n:\n        n += 1\n"
                       "f(1)\n",
               .deadline_ms = 3000});
  Runner runner;
  const Run stuck = run(runner, *prepared);
  CHECK(stuck.outcome.verdict == Verdict::timed_out);
  CHECK(stuck.outcome.output.text() == "before\n");
  CHECK(innermost(stuck).find(" f {n=") != std::string::npos);
}

TEST_CASE("a program that fills the disk fails by its own error, where it did") {
  const std::string fill =
      "with open('/tmp/x', 'wb', 0) as f:\n    while True: f.write(b'x' * (1 << 20))\n";
  const Run run = run_text("a.py", fill);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(innermost(run).starts_with("a.py:2 <module> {"));
  const Run node = run_text("a.js",
                            "const fs = require('fs'), f = fs.openSync('/tmp/x', 'w');\n"
                            "for (;;) fs.writeSync(f, Buffer.alloc(1 << 20));\n");
  CHECK(node.outcome.verdict == Verdict::failed);
  CHECK(innermost(node).starts_with("a.js:2 <module> {"));
}

TEST_CASE("too large an allocation is out of memory, not a failure") {
  check_verdict("a.py", "x = bytearray(64 << 30)", Mode::run, Verdict::out_of_memory);
}

TEST_CASE("a failure in JavaScript comes with frames") {
  const Run run = run_text("a.js", "function g(x) {\n  return x.y.z;\n}\ng({});\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(innermost(run) == "a.js:2 g {x={} }");
}

TEST_CASE("what does not compile says so, and what crashes is a crash") {
  Run run = run_text("a.c", "int main() { return x; }");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.step == 0);
  CHECK(said(run) == "/nowhere/a.c:1:21 error ‘x’ undeclared (first use in this function)");
  run = run_text("a.c", "int main() { int* volatile p = 0; return *p; }");
  CHECK(run.outcome.verdict == Verdict::crashed);
  CHECK(run.outcome.signal == SIGSEGV);
}

TEST_CASE("a crash in C++ comes with frames and locals, an endless loop with its place") {
  Run run = run_text("a.cpp", R"(struct Pair { int a; double b; };
int inner(int* p, Pair q) {
  int local = 7;
  return *p + q.a + local;
}
int main() { return inner(nullptr, {1, 2.5}); }
)");
  CHECK(run.outcome.verdict == Verdict::crashed);
  CHECK(innermost(run) == "a.cpp:4 inner {p=0x0 q={a = 1, b = 2.5} local=7 }");
  const auto prepared =
      prepare({.file = "/nowhere/a.c",
               .text = "int main() { volatile int n = 1;\n  while (n) { n = 2; }\n}",
               .deadline_ms = 6000});
  Runner runner;
  run = sandbox::languages::run(runner, *prepared);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(innermost(run) == "a.c:2 main {n=2 }");
}

TEST_CASE("values of C++'s containers are what they hold, and what is declared later has none") {
  const Run run = run_text("a.cpp", R"(#include <map>
#include <string>
#include <vector>
int f(const std::vector<int>& v, const std::map<std::string, int>& m, int* p) {
  std::string s = "abc";
  int n = *p;
  std::vector<int> w(n);
  return w.size() + v.size() + m.size() + s.size();
}
int main() { return f({1, 2}, {{"k", 1}}, nullptr); }
)");
  CHECK(run.outcome.verdict == Verdict::crashed);
  const std::string told = innermost(run);
  INFO(told);
  CHECK(told.find("std::vector of length 2, capacity 2 = {1, 2} ") != std::string::npos);
  CHECK(told.find("std::map with 1 element = {[\"k\"] = 1} ") != std::string::npos);
  CHECK(told.find("s=\"abc\" ") != std::string::npos);
  CHECK(told.find(" w=") == std::string::npos);
}

TEST_CASE("the sanitizers work inside") {
  const auto sanitized = [](const std::string& text) {
    return run_program({.file = "/nowhere/a.cpp", .text = text, .sanitizers = Sanitizers::on});
  };
  Run run = sanitized("int main(int c, char**) { int* p = new int[c]; return p[c + 5]; }");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.errors.text().find("heap-buffer-overflow") != std::string::npos);
  run = sanitized("int main(int c, char**) { return c + 0x7fffffff; }");
  CHECK(run.outcome.errors.text().find("signed integer overflow") != std::string::npos);
  CHECK(sanitized("int main() {}").outcome.verdict == Verdict::passed);
}

TEST_CASE("tests of Python: unittest, doctest and bare functions") {
  const Environment without_pytest;
  const Run run = run_program({.file = without_pytest.root() + "/test_a.py",
                               .text = R"(
import unittest
def twice(x):
    """
    >>> twice(2)
    4
    """
    return 2 * x
def test_bare(): assert twice(1) == 2
def test_wrong():
    got = twice(3)
    assert got == 7
class T(unittest.TestCase):
    def test_method(self): self.assertEqual(twice(0), 0)
)",
                               .workspace = without_pytest.root(),
                               .mode = Mode::tests});
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(tests_of(run) ==
        "T.test_method passed\ntest_bare passed\ntest_wrong failed\ndoctest test_a.twice passed\n");
  CHECK(innermost(run) == "test_a.py:12 test_wrong {got=6 }");
  const Run method = run_program({.file = without_pytest.root() + "/test_a.py",
                                  .text = "import unittest\nclass T(unittest.TestCase):\n"
                                          "    def test_n(self):\n        n = 1\n"
                                          "        self.assertEqual(n, 2)\n",
                                  .workspace = without_pytest.root(),
                                  .mode = Mode::tests});
  CHECK(innermost(method) == "test_a.py:5 test_n {n=1 }");
  CHECK(last_failure(method).frames.size() == 1);
  check_verdict("t.py", "def test_a(): assert True", Mode::tests, Verdict::passed);
}

TEST_CASE("tests of JavaScript: node:test") {
  const std::string head = "const test = require('node:test'), a = require('node:assert');\n";
  check_verdict("a.js", head + "test('x', () => a.equal(1, 1));", Mode::tests, Verdict::passed);
  const Run run = run_text("a.js", head + "test('x', () => a.equal(1, 2));", Mode::tests);
  CHECK(run.outcome.verdict == Verdict::failed);
  REQUIRE(run.findings.tests.size() == 1);
  CHECK(run.findings.tests[0].name + run.findings.tests[0].outcome == "xfailed");
}

TEST_CASE("tests of JavaScript that cannot be loaded say why") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string root = folder.path();
  folder.write("module/package.json", R"({"type": "module"})");
  const auto message = [&](const std::string& name, const std::string& text) {
    const Run run = run_program(
        {.file = root + "/" + name, .text = text, .workspace = root, .mode = Mode::tests});
    CHECK(run.outcome.verdict == Verdict::failed);
    return run.findings.failures.empty() ? run.outcome.reason : run.findings.failures[0].message;
  };
  for (const char* name : {"module/a.test.js", "a.test.js", "a.test.mjs"}) {
    INFO(name);
    folder.write(name, "");
    CHECK(message(name, "import { it } from 'nosuchrunner';\nit();\n")
              .find("Cannot find package 'nosuchrunner'") != std::string::npos);
    CHECK(message(name, "import fs from 'node:fs';\ndescribe('x', () => fs);\n") ==
          "ReferenceError: describe is not defined");
  }
  CHECK(message("b.cjs", "describe('x', () => {});\n") ==
        "ReferenceError: describe is not defined");
}

TEST_CASE("attacks 58 and 59: tests that cheat prove nothing", "[attack]") {
  const auto cheats = [](const std::string& text) {
    for (const Backend backend : {Backend::native, Backend::bubblewrap}) {
      Runner runner({.backends = {backend}});
      const auto prepared =
          prepare({.file = "/nowhere/test_a.py", .text = text, .mode = Mode::tests});
      REQUIRE(prepared.ok());
      const Run run = sandbox::languages::run(runner, *prepared);
      INFO(text << "\n" << run.outcome.reason << run.outcome.errors.text());
      CHECK(std::string(verdict_name(run.outcome.verdict)) == "failed");
    }
  };
  const std::string wrong = "\ndef test_a(): assert 1 == 2\n";
  cheats("import sys\nsys.exit(0)" + wrong);
  cheats("import os\nos._exit(0)" + wrong);
  cheats("import atexit, os\ndef test_b(): os._exit(0)" + wrong);
  cheats(
      "import sys\nm = sys.modules['__main__']\n"
      "m.one_test = lambda r, n, f: r.write('test', n, 'passed', '') or True" +
      wrong);
  cheats(
      "open('/sandbox/.lemma-records', 'a').write('test\\ttest_a\\tpassed\\t\\n"
      "planned\\ttest_a\\nend\\t\\n')\nimport os\nos._exit(0)" +
      wrong);
  cheats(
      "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n"
      "class T(unittest.TestCase):\n    def test_a(self): self.assertEqual(1, 2)\n");
  cheats("x = 1");  // no tests at all
}

TEST_CASE("examples: what is expected stays outside") {
  Runner runner;
  const std::string doubles = "print(2 * int(input()))  ";
  const auto answers = run_examples(runner, {.file = "/nowhere/a.py", .text = doubles},
                                    {{"1\n", "2"}, {"2", "5\n"}, {"x", "0"}});
  REQUIRE(answers.ok());
  CHECK((*answers)[0].run.outcome.verdict == Verdict::passed);
  CHECK((*answers)[1].run.outcome.verdict == Verdict::failed);
  CHECK_FALSE((*answers)[1].matches);
  CHECK(last_failure((*answers)[2].run).type == "ValueError");
}

// Looks for the answer in all of its memory.
TEST_CASE("attack 60: what an example must print is nowhere inside", "[attack]") {
  const std::string searches = R"py(
import re
needle = b"expected-" + b"canary:"
found = b""
for line in open("/proc/self/maps"):
    begin, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
    if mode[0] != "r": continue
    with open("/proc/self/mem", "rb", 0) as memory:
        try:
            memory.seek(int(begin, 16))
            data = memory.read(int(end, 16) - int(begin, 16))
        except (OSError, OverflowError, ValueError): continue
    at = data.find(needle)
    if at >= 0 and data[at + 16:at + 20].isdigit(): found = data[at:at + 20]
print(found.decode() or "nothing")
)py";
  for (const Backend backend : {Backend::native, Backend::bubblewrap}) {
    Runner runner({.backends = {backend}});
    auto answers = run_examples(runner, {.file = "/nowhere/a.py", .text = searches},
                                {{"", "expected-canary:4711"}});
    REQUIRE(answers.ok());
    CHECK((*answers)[0].run.outcome.output.text() == "nothing\n");
    // Its positive control: what does go in is found.
    answers = run_examples(
        runner, {.file = "/nowhere/a.py", .text = "x = b'expected-canary:4711'\n" + searches},
        {{"", ""}});
    REQUIRE(answers.ok());
    CHECK((*answers)[0].run.outcome.output.text() == "expected-canary:4711\n");
  }
}

TEST_CASE("these attacks fail for an ordinary user, too") {
  CHECK(sandbox_test::pass_as_ordinary_user("[attack]"));
}

TEST_CASE("a project runs with its virtual environment, its buffers, without its secrets") {
  const Environment environment;
  const std::string root = environment.root();
  const auto write = [&](const std::string& name, const std::string& text) {
    fs::create_directories(fs::path(root + "/" + name).parent_path());
    std::ofstream(root + "/" + name) << text;
  };
  write(".venv/lib/python3.11/site-packages/third_party.py", "value = 41\n");
  write("pkg/__init__.py", "");
  write("helper.py", "old = True\n");
  write("main.py", "raise SystemExit('the saved file ran')\n");
  write(".env", "SECRET=canary");
  const Run run = run_program(
      {.file = root + "/main.py",
       .text =
           "import os, third_party, helper, pkg\n"
           "print(third_party.value + helper.more, os.getcwd())\n"
           "print(os.path.exists('.env') or os.path.exists('.ssh'), os.environ['VIRTUAL_ENV'])\n"
           "open('helper.py', 'w').write('changed')\n",
       .workspace = root,
       .buffers = {{root + "/helper.py", "more = 1\n"},
                   {root + "/.env", "SECRET=unsaved"},
                   {root + "/.ssh/config", "unsaved"}}});
  INFO(run.outcome.errors.text() << run.outcome.reason);
  CHECK(run.outcome.verdict == Verdict::passed);
  CHECK(run.outcome.output.text() == "42 " + root + "\nFalse " + root + "/.venv\n");
  std::ifstream kept(root + "/helper.py");
  CHECK(std::string(std::istreambuf_iterator<char>(kept), {}) == "old = True\n");
}

TEST_CASE("the interpreter is the setting's, then VIRTUAL_ENV's, then the project's") {
  const Environment project, active, configured;
  const auto add_package = [](const Environment& environment, const std::string& value) {
    for (const auto& entry : fs::directory_iterator(environment.root() + "/.venv/lib")) {
      std::ofstream(entry.path() / "site-packages/third_party.py") << "value = " + value + "\n";
    }
  };
  add_package(project, "'of the project'");
  add_package(active, "'active'");
  add_package(configured, "'configured'");
  Program program{.file = project.root() + "/main.py",
                  .text =
                      "import third_party, os\nprint(third_party.value)\n"
                      "try: open(third_party.__file__, 'a').write('x')\n"
                      "except OSError: print('read-only')\n",
                  .workspace = project.root()};
  CHECK(run_program(program).outcome.output.text() == "of the project\n");
  setenv("VIRTUAL_ENV", (active.root() + "/.venv").c_str(), 1);
  CHECK(run_program(program).outcome.output.text() == "active\nread-only\n");
  program.interpreter = configured.root() + "/.venv/bin/python3";
  CHECK(run_program(program).outcome.output.text() == "configured\nread-only\n");
  unsetenv("VIRTUAL_ENV");
}

TEST_CASE("a project's node_modules are found, by require and by import") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string root = folder.path();
  folder.write("node_modules/pkg/index.js", "module.exports = { value: 42 };\n");
  fs::create_directories(root + "/src");
  for (const auto& [name, text] :
       {std::pair("a.js", "console.log(require('pkg').value);\n"),
        std::pair("a.mjs", "import pkg from 'pkg';\nconsole.log(pkg.value);\n"),
        std::pair("a.ts", "import pkg from 'pkg';\nconsole.log(pkg.value as number);\n")}) {
    const Run run = run_program({.file = root + "/src/" + name, .text = text, .workspace = root});
    INFO(name << run.compiler_output << run.outcome.errors.text() << run.outcome.reason);
    CHECK(run.outcome.output.text() == "42\n");
  }
}

TEST_CASE("the reduced sandbox runs and tests, and tells of failures by the project's own paths") {
  if (!landlock_suffices()) return;
  const support::TemporaryFolder folder(support::Readable::by_all);
  Runner runner({.backends = {sandbox::runner::Backend::reduced}});
  const auto reduced = [&](const std::string& name, const std::string& text, Mode mode) {
    const auto prepared = prepare({.file = folder.path(name),
                                   .text = text,
                                   .workspace = folder.path().string(),
                                   .mode = mode});
    const Run done = run(runner, *prepared);
    UNSCOPED_INFO(name << ": " << done.outcome.reason << done.compiler_output
                       << done.outcome.errors.text());
    return done;
  };
  Run failed = reduced("a.py", "def f(n):\n    return 1 // n\nf(0)\n", Mode::run);
  CHECK(innermost(failed) == "a.py:2 f {n=0 }");
  CHECK(last_failure(failed).frames.back().file == folder.path("a.py"));
  CHECK(failed.outcome.errors.text().find("sitecustomize") == std::string::npos);
  failed = reduced("a.js", "function f(n) {\n  throw new Error(n);\n}\nf(1);\n", Mode::run);
  CHECK(innermost(failed) == "a.js:2 f {n=1 }");
  CHECK(last_failure(failed).frames.back().file == folder.path("a.js"));
  failed =
      reduced("b.py", "def test_one():\n    assert 1 == 2\ndef test_two(): pass\n", Mode::tests);
  CHECK(failed.outcome.verdict == Verdict::failed);
  CHECK(failed.findings.tests.size() == 2);
  CHECK(reduced("a.sh", "echo x >file; cat file", Mode::run).outcome.output.text() == "x\n");
  const char* compiled = "#include <stdio.h>\nint main() { puts(\"x\"); }\n";
  for (const char* name : {"a.c", "a.cpp"}) {
    CHECK(reduced(name, compiled, Mode::run).outcome.output.text() == "x\n");
  }
  CHECK(said(reduced("a.c", "int main() { return x; }", Mode::run))
            .starts_with(folder.path("a.c") + ":1:21 error"));
}

TEST_CASE("each warm interpreter has randomness of its own") {
  Runner runner({.ready = 2});
  std::vector<std::string> seen;
  for (int i = 0; i < 4; ++i) {
    const auto prepared = prepare(
        {.file = "/nowhere/a.py", .text = "import random\nprint(random.random(), hash('a'))"});
    seen.push_back(run(runner, *prepared).outcome.output.text());
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::unique(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("records are claims: any bytes are read, and bounded") {
  const Findings findings = read_records(
      "failure\tT\tm\\n\\t\\\\\nframe\ta\t-5\tf\nlocal\tx\t1\nframe\tb\t99999999999\tf\n"
      "nonsense\nlocal\ttoo\tmany\tfields\n\ntest\ta\tpassed\t");
  REQUIRE(findings.failures.size() == 1);
  CHECK(findings.failures[0].message == "m\n\t\\");
  CHECK(findings.failures[0].frames[0].line == 0);
  CHECK(findings.failures[0].frames[0].locals.size() == 1);
  CHECK(findings.unreadable == 2);
  CHECK(findings.tests.size() == 1);
  CHECK(read_records(record({"failure", "a\tb", "c\\n"})).failures[0].type == "a\tb");
  std::string flood = "failure\t\t\n";
  for (int i = 0; i < 100'000; ++i) flood += "frame\ta\t1\tf\n";
  CHECK(read_records(flood).failures[0].frames.size() <= 100);
}
