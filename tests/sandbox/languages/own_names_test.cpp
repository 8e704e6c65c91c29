// Names in what a run prints, and the output of programs of each language as it comes.
#include "sandbox/languages/own_names.h"

#include "tests/sandbox/languages/checks.h"

namespace {

using namespace languages_test;
using sandbox::runner::Stream;

Prepared prepared_at(const std::string& at, const std::string& file) {
  Prepared prepared;
  prepared.at = at;
  prepared.file = file;
  return prepared;
}

// In pieces of every size.
void check_named(const std::string& text, const std::string& expected,
                 const std::string& root = {}) {
  const Prepared prepared = prepared_at("/sandbox/a.py", "/home/me/a.py");
  for (size_t size = 1; size <= text.size(); ++size) {
    OwnNames names(prepared, root);
    std::string named;
    for (size_t at = 0; at < text.size(); at += size) named += names.add(text.substr(at, size));
    CHECK(named + names.rest() == expected);
  }
}

// What its user sees of a program that nothing but its file is known of.
std::string errors_of(const std::string& name, const std::string& text) {
  const auto prepared = prepare({.file = "/nowhere/" + name, .text = text});
  REQUIRE(prepared.ok());
  Runner runner;
  const Run run = sandbox::languages::run(runner, *prepared);
  const std::string message =
      run.findings.failures.empty() ? "" : run.findings.failures.back().message;
  return run.compiler_output + message +
         in_own_names(run.outcome.errors.text(), *prepared, run.outcome.root);
}

}  // namespace

TEST_CASE("the file of a run has its own name in what is printed, and nothing else another") {
  check_named("File \"/sandbox/a.py\", line 3", "File \"/home/me/a.py\", line 3");
  check_named("/sandbox/a.py", "/home/me/a.py");
  check_named("file:///sandbox/a.py:1", "file:///home/me/a.py:1");
  check_named("(/sandbox/a.py) //sandbox/a.py", "(/home/me/a.py) //home/me/a.py");
  for (const char* other :
       {"/sandbox/a.pyc", "my/sandbox/a.py", "/sandbox/a.py.bak", "/sandbox/a.p", "/sandbox/b.py",
        "a/", "\xc3\xa4/sandbox/a.py", "/sandbox/a.py-old"}) {
    check_named(other, other);
  }
}

TEST_CASE("the folder of a reduced sandbox is left out of names") {
  check_named("/tmp/x1/sandbox/a.py:1 /tmp/x1/home/me/b.py /tmp/x12/b /tmp/x1",
              "/home/me/a.py:1 /home/me/b.py /tmp/x12/b ", "/tmp/x1");
}

TEST_CASE("tracebacks and compilers name the file as its user does") {
  const std::pair<std::string, std::string> programs[] = {
      {"a.py", "1 / 0\n"},
      {"b.py", "def f(:\n"},
      {"a.js", "null.x;\n"},
      {"a.ts", "const a: number = 1;\nthrow new Error('x');\n"},
      {"a.c", "int main() { return y; }\n"},
      {"b.c", "#include <assert.h>\nint main() { assert(0); }\n"},
      {"a.sh", "cd /nowhere/at/all\n"}};
  for (const auto& [name, text] : programs) {
    const std::string errors = errors_of(name, text);
    INFO(errors);
    CHECK(errors.find("/nowhere/" + name) != std::string::npos);
    CHECK(errors.find("/sandbox/" + name) == std::string::npos);
  }
}

TEST_CASE("lines come when they are written, and are not lost in a crash") {
  const std::pair<std::string, std::string> programs[] = {
      {"a.py", "import os\nprint('one')\nos.write(2, b'two\\n')\nprint('three')\nos.abort()\n"},
      {"a.c",
       "#include <stdio.h>\n#include <stdlib.h>\nint main() {\n"
       "puts(\"one\"); fputs(\"two\\n\", stderr); puts(\"three\"); abort(); }\n"},
      {"a.cpp",
       "#include <iostream>\nint main() {\n"
       "std::cout << \"one\\n\"; std::cerr << \"two\\n\"; std::cout << \"three\\n\";\n"
       "std::abort(); }\n"}};
  for (const auto& [name, text] : programs) {
    auto prepared =
        prepare({.file = "/nowhere/" + name, .text = text, .output = Buffered::by_lines});
    REQUIRE(prepared.ok());
    std::string heard;
    prepared->request.heard = [&](Stream stream, std::string_view bytes, const std::string&) {
      if (stream == Stream::output) heard += bytes;
    };
    Runner runner;
    const Run run = sandbox::languages::run(runner, *prepared);
    INFO(name << ": " << run.compiler_output << run.outcome.errors.text());
    CHECK(run.outcome.verdict == Verdict::crashed);
    CHECK(heard == "one\nthree\n");  // once, though a debugger runs it again
  }
}
