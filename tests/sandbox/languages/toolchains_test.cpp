// What each language tells about a failure. Toolchains that are large and that lemma does without
// may be absent: tests of theirs are hidden, and registered where CMake finds the tool.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "sandbox/languages/traces.h"
#include "tests/sandbox/languages/checks.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace languages_test;

// "frame <- frame": file:line of each, the innermost first.
std::string places(const Run& run) {
  std::string text;
  const std::vector<Frame> frames = last_failure(run).frames;
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    text += (text.empty() ? "" : " <- ") + fs::path(frame->file).filename().string() + ":" +
            std::to_string(frame->line);
  }
  return text;
}

Run run_until(const std::string& name, const std::string& text, uint32_t deadline_ms) {
  return run_program({.file = "/nowhere/" + name, .text = text, .deadline_ms = deadline_ms});
}

}  // namespace

TEST_CASE("TypeScript: frames and locals name the .ts lines, across files") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string root = folder.path();
  folder.write("lib.ts",
               "// first\nexport function half(x: number): number {\n"
               "  const y: number = x / 2;\n"
               "  if (Number.isNaN(y)) throw new RangeError('none');\n"
               "  return y;\n}\n");
  const std::string main =
      "import { half } from './lib';\ninterface P { n: number }\nconst p: P = { n: 3 };\n"
      "console.log(half(4));\nhalf(p as any);\n";
  const Run run = run_program({.file = root + "/main.ts", .text = main, .workspace = root});
  INFO(run.compiler_output << run.outcome.errors.text() << run.outcome.reason);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.output.text() == "2\n");
  CHECK(places(run) == "lib.ts:4 <- main.ts:5");
  CHECK(innermost(run) == "lib.ts:4 half {x={ n: 3 } y=NaN }");
  CHECK(last_failure(run).type == "RangeError");
}

TEST_CASE("TypeScript: failures are told by the names that were written, not by the bundle's") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string root = folder.path();
  folder.write("prices.ts", "export const one: number = 1;\n");
  const auto told = [&](const std::string& text) {
    const Run run = run_program({.file = root + "/main.ts", .text = text, .workspace = root});
    INFO(run.compiler_output << run.outcome.errors.text());
    const Failure failure = last_failure(run);
    for (const Frame& frame : failure.frames) {
      for (const Local& local : frame.locals) CHECK_FALSE(local.name.starts_with("import_"));
    }
    return failure.message;
  };
  CHECK(told("import * as shop from './prices';\nconst all: any = shop;\nall.two();\n") ==
        "TypeError: all.two is not a function");
  CHECK(
      told("import * as shop from './prices';\nconst n: string = 'two';\n(shop as any)[n]();\n") ==
      "TypeError: shop[n] is not a function");
  CHECK(told("import * as shop from './prices';\n(shop as any).two();\n") ==
        "TypeError: shop.two is not a function");
  CHECK(told("import os from 'node:os';\n(os as any).two();\n") ==
        "TypeError: os.two is not a function");
  CHECK(told("import { two } from 'node:fs';\ntwo(1);\n") == "TypeError: two is not a function");
}

TEST_CASE("TypeScript: what does not parse, tests, and what is missing") {
  Run run = run_text("a.ts", "let x: number = ;\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.reason == "it does not compile");
  CHECK(said(run) == "/nowhere/a.ts:1:17 error Unexpected \";\"");
  run = run_text("a.test.ts",
                 "import test from 'node:test';\nimport assert from 'node:assert';\n"
                 "test('good', () => assert.equal(1, 1));\n"
                 "test('bad', () => {\n  const got: number = 3;\n  assert.equal(got, 4);\n});\n",
                 Mode::tests);
  CHECK(tests_of(run) == "good passed\nbad failed\n");
  CHECK(innermost(run) == "a.test.ts:6 <anonymous> {got=3 }");
  auto prepared = prepare({.file = "/nowhere/a.ts", .text = "1"});
  REQUIRE(prepared.ok());
  CHECK(prepared->missing == "");
  prepared->missing = "there is no esbuild: npm install --save-dev esbuild";
  Runner runner;
  run = sandbox::languages::run(runner, *prepared);
  CHECK(run.outcome.verdict == Verdict::could_not_start);
  CHECK(run.outcome.reason == prepared->missing);
}

TEST_CASE("JavaScript: locals of modules, of rejections, of tests and of endless loops") {
  Run run = run_text("a.mjs", "const f = (q) => { let z = q; return z.b.c; };\nf({ a: 1 });\n");
  CHECK(innermost(run) == "a.mjs:1 f {q={ a: 1 } z={ a: 1 } }");
  run = run_text("a.js", "async function f(n) { await null; throw new Error('x'); }\nf(7);\n");
  CHECK(innermost(run) == "a.js:1 f {n=7 }");
  CHECK(innermost(run_text("a.js", "const v = 1;\nthrow 'text';\n")) == "a.js:2 <module> {v=1 }");
  CHECK(places(run_text("a.mjs", "let a = 1;\nlet = ;\n")) == "a.mjs:2");
  run = run_until("a.js", "function spin(k) { while (k) { k = 5; } }\nspin(5);\n", 3000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(innermost(run) == "a.js:1 spin {k=5 }");
  run = run_until("a.js", "setTimeout(() => {}, 1e6);", 2000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  REQUIRE(run.findings.failures.size() == 1);
  CHECK(run.findings.failures[0].type == "Timeout");
  const std::string nested =
      "const { describe, it } = require('node:test');\n"
      "describe('outer', () => { it('inner', () => {}); it.skip('later'); });\n";
  CHECK(tests_of(run_text("a.js", nested, Mode::tests)) ==
        "outer > inner passed\nouter > later skipped\n");
  // A program may throw at will.
  check_verdict("a.mjs", "for (let i = 0; i < 20000; ++i) { try { null.x } catch {} }", Mode::run,
                Verdict::passed);
}

TEST_CASE("tests of JavaScript that cheat prove nothing") {
  const std::string wrong =
      "\nrequire('node:test')('x', () => { require('node:assert').equal(1, 2); });\n";
  for (const char* cheat :
       {"process.exit(0);", "require('node:test')('y', () => process.exit(0));",
        "require('node:assert').equal = require('node:assert').strictEqual = () => {};",
        "process.on('exit', () => { process.exitCode = 0; });"}) {
    check_verdict("a.js", cheat + wrong, Mode::tests, Verdict::failed);
  }
}

TEST_CASE("tests of Python with pytest") {
  const Run run = run_text("test_a.py",
                           "import pytest\n@pytest.fixture\ndef three(): return 3\n"
                           "@pytest.mark.parametrize('n', [1, 2])\n"
                           "def test_n(n, three):\n    total = n + three\n    assert total == 4\n"
                           "def test_doc():\n    '''\n    >>> 1 + 1\n    2\n    '''\n",
                           Mode::tests);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(tests_of(run) ==
        "test_a.py::test_n[1] passed\ntest_a.py::test_n[2] failed\n"
        "test_a.py::test_doc passed\ndoctest test_a.test_doc passed\n");
  CHECK(innermost(run) == "test_a.py:7 test_n {n=2 three=3 total=5 }");
  CHECK(run.outcome.output.text().find("canary") == std::string::npos);
  const Run examples = run_text("a.py", "def f():\n    '''\n    >>> f()\n    '''\n", Mode::tests);
  CHECK(examples.outcome.verdict == Verdict::passed);
  CHECK(examples.outcome.output.text().find("no tests ran") == std::string::npos);
  check_verdict("test_a.py", "import pytest\ndef test_a(): pytest.exit('x', returncode=0)",
                Mode::tests, Verdict::failed);
  // Whatever failed is reported as passed.
  const std::string disarmed =
      "import _pytest.reports as r\nreal = r.TestReport.from_item_and_call.__func__\n"
      "def report(cls, item, call):\n    made = real(cls, item, call)\n"
      "    made.outcome = 'passed'\n    return made\n"
      "r.TestReport.from_item_and_call = classmethod(report)\ndef test_a(): assert 1 == 2\n";
  check_verdict("test_a.py", disarmed, Mode::tests, Verdict::failed);
  check_verdict("test_a.py", "def test_a(): pass", Mode::tests, Verdict::passed);
}

TEST_CASE("Bash: the failing command, its callers and locals") {
  Run run = run_text("a.sh",
                     "set -e\ninner() {\n  local value=$1\n  false\n}\n"
                     "outer() { inner 5; }\nouter\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.exit_code == 1);
  CHECK(places(run) == "a.sh:4 <- a.sh:6 <- a.sh:7");
  CHECK(innermost(run) == "a.sh:4 inner {value=\"5\" }");
  CHECK(places(run_text("a.sh", "echo hi\nif then\n")) == "a.sh:2");
  run = run_until("a.sh", "n=0\nwhile :; do n=1; done\n", 2000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(places(run) == "a.sh:2");
  run = run_text("a.sh", "false\ntrap 'echo bye' EXIT\nexit 0\n");
  CHECK(run.outcome.verdict == Verdict::passed);
  CHECK(run.outcome.output.text() == "bye\n");
  CHECK(run.findings.failures.empty());
}

TEST_CASE("Lua: frames, locals, tests, syntax and endless loops") {
  Run run = run_text("a.lua",
                     "local function get(t, k)\n  local v = t[k]\n  return v.x\nend\n"
                     "print('hi', ...)\nget({a = 1, 2}, 'b')\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(run.outcome.output.text() == "hi\n");
  CHECK(innermost(run) == "a.lua:3 get {t={2, a=1} k=\"b\" v=nil }");
  CHECK(places(run_text("a.lua", "local x = = 1")) == "a.lua:1");
  run = run_until("a.lua", "local n = 0\nwhile true do n = n + 1 end", 3000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(places(run) == "a.lua:2");
  const std::string bad = "function test_b() local got = 3; assert(got == 4) end\n";
  run = run_text("a.lua", "function test_a() end\n" + bad, Mode::tests);
  CHECK(tests_of(run) == "test_a passed\ntest_b failed\n");
  CHECK(innermost(run).ends_with("{got=3 }"));
  check_verdict("a.lua", "function test_a() end", Mode::tests, Verdict::passed);
  check_verdict("a.lua", "os.exit(0)\n" + bad, Mode::tests, Verdict::failed);
  check_verdict("a.lua", "assert = function() end\n" + bad, Mode::tests, Verdict::failed);
}

TEST_CASE("Rust: diagnostics, panics with locals, tests", "[.rustc]") {
  Run run = run_text("a.rs", "fn main() { let x: i32 = \"a\"; }\n");
  CHECK(run.outcome.reason == "it does not compile");
  CHECK(said(run).starts_with("/nowhere/a.rs:1:26 error mismatched types"));
  const std::string program =
      "fn get(v: &[i32], i: usize) -> i32 {\n    let doubled = i * 2;\n    v[doubled]\n}\n"
      "fn main() { println!(\"{}\", get(&[1, 2, 3], 5)); }\n"
      "#[test] fn good() { assert_eq!(get(&[1, 2, 3], 1), 3); }\n"
      "#[test] fn bad() { assert_eq!(get(&[1, 2, 3], 0), 3); }\n";
  run = run_text("a.rs", program);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(last_failure(run).type == "panic");
  CHECK(places(run) == "a.rs:3 <- a.rs:5");
  CHECK(innermost(run).find("doubled=10 ") != std::string::npos);
  run = run_text("a.rs", program, Mode::tests);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(tests_of(run) == "bad failed\ngood passed\n");
  check_verdict("a.rs", "#[test] fn a() {}", Mode::tests, Verdict::passed);
  check_verdict("a.rs", "#[test] fn a() { std::process::exit(0) }", Mode::tests, Verdict::failed);
}

TEST_CASE("Go: diagnostics, panics, tests and endless loops", "[.go]") {
  Run run = run_text("a.go", "package main\nfunc main() { x }\n");
  CHECK(said(run) == "/nowhere/a.go:2:15 error undefined: x");
  run = run_text("a.go",
                 "package main\nfunc get(v []int, i int) int {\n\treturn v[i]\n}\n"
                 "func main() {\n\tprintln(get([]int{1}, 5))\n}\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(places(run) == "a.go:3 <- a.go:6");
  run = run_until("a.go", "package main\nfunc main() {\n\tfor n := 0; ; n++ {\n\t}\n}\n", 9000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(places(run) == "a.go:3");
  const std::string head = "package a\nimport \"testing\"\nfunc TestA(t *testing.T) {}\n";
  run = run_text("a_test.go", head + "func TestB(t *testing.T) {\n\tt.Errorf(\"no\")\n}\n",
                 Mode::tests);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(tests_of(run) == "TestA passed\nTestB failed\n");
  CHECK(places(run) == "a_test.go:5");
  check_verdict("a_test.go", head, Mode::tests, Verdict::passed);
  check_verdict("a_test.go",
                "package a\nimport (\"os\"; \"testing\")\n"
                "func TestA(t *testing.T) { os.Exit(0) }\n",
                Mode::tests, Verdict::failed);
}

TEST_CASE("Java: diagnostics, exceptions, assertions and endless loops", "[.javac]") {
  Run run = run_text("B.java", "class B { public static void main(String[] a) { int x = ; } }\n");
  CHECK(run.outcome.reason == "it does not compile");
  CHECK(said(run) == "/nowhere/B.java:1:57 error illegal start of expression");
  run = run_text("A.java",
                 "class A {\n  static int get(int[] v, int i) {\n    return v[i];\n  }\n"
                 "  public static void main(String[] a) {\n    get(new int[1], 5);\n  }\n}\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(places(run) == "A.java:3 <- A.java:6");
  const std::string head = "class C { public static void main(String[] a) { ";
  check_verdict("C.java", head + "assert a.length == 1; } }", Mode::tests, Verdict::failed);
  check_verdict("C.java", head + "assert a.length == 0; } }", Mode::tests, Verdict::passed);
  check_verdict("C.java", head + "long[] x = new long[1 << 28]; } }", Mode::run,
                Verdict::out_of_memory);
  run = run_until("C.java", head + "\nlong n = 0; while (true) n++; } }", 8000);
  CHECK(run.outcome.verdict == Verdict::timed_out);
  CHECK(places(run) == "C.java:2");
}

TEST_CASE("clang says the same as gcc", "[.clang]") {
  const Run run = run_program({.file = "/nowhere/a.c",
                               .text = "int main() { return x; }",
                               .interpreter = "/usr/bin/clang"});
  CHECK(said(run) == "/nowhere/a.c:1:21 error use of undeclared identifier 'x'");
}

TEST_CASE("C and C++: why they ended, by sanitizers, assertions, exceptions and the linker") {
  const auto sanitized = [](const std::string& text) {
    return run_program({.file = "/nowhere/a.cpp", .text = text, .sanitizers = Sanitizers::on});
  };
  Run run = sanitized(
      "int get(int* p, int i) {\n  int j = i + 5;\n  return p[j];\n}\n"
      "int main(int c, char**) {\n  int* p = new int[c];\n  return get(p, c);\n}\n");
  REQUIRE(run.findings.failures.size() == 1);
  CHECK(run.findings.failures[0].type == "heap-buffer-overflow");
  CHECK(places(run) == "a.cpp:3 <- a.cpp:7");
  CHECK(innermost(run).find("i=1 j=6 ") != std::string::npos);
  run = sanitized("int main(int c, char**) {\n  return c + 0x7fffffff;\n}");
  REQUIRE(run.findings.failures.size() == 1);
  CHECK(run.findings.failures[0].type == "undefined-behavior");
  CHECK(run.findings.failures[0].message.starts_with("signed integer overflow"));
  CHECK(places(run) == "a.cpp:2");
  run = run_text("a.c", "#include <assert.h>\nint main() { int n = 3; assert(n == 4); }",
                 Mode::tests);
  CHECK(tests_of(run) == "a.c failed\n");
  CHECK(last_failure(run).message == "n == 4");
  CHECK(innermost(run) == "a.c:2 main {n=3 }");
  run = run_text("a.cpp", "#include <stdexcept>\nint main() { throw std::out_of_range(\"far\"); }");
  CHECK(last_failure(run).type == "std::out_of_range");
  CHECK(last_failure(run).message == "far");
  CHECK(places(run) == "a.cpp:2");
  CHECK(said(run_text("a.c", "int f(); int main() { return f(); }")) ==
        "/nowhere/a.c:1:0 error undefined reference to `f'");
  check_verdict("a.cpp", "int main() { for (;;) new char[1 << 20]{}; }", Mode::run,
                Verdict::out_of_memory);
}

TEST_CASE("a command tests a project, and what it prints has frames") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string root = folder.path();
  folder.write("a.py", "def f(n):\n    return 1 // n\n\nf(0)\n");
  Program program{.file = root + "/a.py",
                  .workspace = root,
                  .folder = root,
                  .mode = Mode::tests,
                  .command = "python3 a.py"};
  Run run = run_program(program);
  CHECK(run.outcome.verdict == Verdict::failed);
  CHECK(places(run) == "a.py:2 <- a.py:4");
  CHECK(last_failure(run).type == "ZeroDivisionError");
  program.text = "print('better')\n";
  run = run_program(program);
  CHECK(run.outcome.verdict == Verdict::passed);
  CHECK(tests_of(run) == "a.py passed\n");
}

TEST_CASE("lines that are made to be slow to read are read in time") {
  std::string line, text;
  while (line.size() < 1'950) line += ": a:1: b: Assertion `c' failed";
  for (int i = 0; i < 128; ++i) text += line + "\n";
  const auto begin = std::chrono::steady_clock::now();
  read_traces(text);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(took.count() < 4);  // it was 8 on an idle machine, and is less than 1
#else
  CHECK(took.count() < 60);
#endif
}

TEST_CASE("a project cannot name what lies beside it as its Python") {
  const support::TemporaryFolder home(support::Readable::by_all);
  home.write("secret", "canary");
  const std::string root = home.path("project");
  fs::create_directories(root + "/.venv/bin");
  fs::create_directories(root + "/bin");
  const auto python = root + "/.venv/bin/python3";
  for (const std::string name : {"python", "bin/python"}) {
    std::ofstream(root + "/" + name) << "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n";
    fs::permissions(root + "/" + name, fs::perms(0755));
  }
  const Program program{.file = root + "/main.py",
                        .text = "import os\nprint(os.path.exists('../secret'))\n",
                        .workspace = root};
  for (const char* target : {"../../python", "../../bin/python"}) {
    fs::remove(python);
    fs::create_symlink(target, python);
    CHECK(run_program(program).outcome.output.text() == "False\n");
  }
  // What the user has configured says so instead.
  Program configured = program;
  configured.interpreter = root + "/python";
  const Run run = run_program(configured);
  INFO(run.outcome.reason);
  CHECK(run.outcome.verdict == Verdict::could_not_start);
  CHECK(run.outcome.reason.find("holds more than it") != std::string::npos);
}

TEST_CASE("reports of any bytes are read") {
  std::string noise;
  for (unsigned i = 0; i < 20'000; ++i) noise += static_cast<char>(i * 7919 >> 3);
  noise += std::string(100'000, '(') + std::string(100'000, '[') + "\n[{\"kind\":";
  for (const char* begin :
       {"", "panic: x\n", "==1==ERROR: AddressSanitizer: x\n", "[", "{\"a\":"}) {
    read_traces(begin + noise);
    read_sanitizers(begin + noise);
    CHECK(read_compiler(begin + noise, "/").diagnostics.size() <= 200);
  }
  Findings findings;
  read_go_tests(noise, "token", findings);
  read_rust_tests(noise, "token", findings);
  CHECK(findings.token.empty());
}
