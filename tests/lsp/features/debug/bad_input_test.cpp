// What cannot be mended, or hardly run: a verdict and a sentence, in time.
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

struct Told {
  std::string what;
  double ms = 0;
};

// What the second step of the hints says of a program, and how long the whole search took.
Told told_of(const std::string& name, const std::string& text, const std::string& test_name = "",
             const std::string& tests = "", Tongue tongue = Tongue::english) {
  const Project project(name, text, test_name, tests);
  runner::Runner sandbox;
  const auto report = debug(project.subject, sandbox, {.tongue = tongue, .search_ms = 4'000});
  INFO((report ? "" : report.message()));
  REQUIRE(report.ok());
  REQUIRE(report->failure.has_value());
  CHECK_FALSE(report->failure->verdict.empty());
  CHECK_FALSE(report->note.empty());
  for (const Hint& hint : report->hints) {
    if (hint.step == "what") return {hint.text, report->ms};
  }
  return {};
}

void check_told(const Told& told, const std::string& part) {
  INFO(told.what);
  CHECK(told.what.find(part) != std::string::npos);
}

// A program that no change mends, and a test of it that takes a fifth of a second.
Project never_mended(const std::string& name) {
  const std::string in_python =
      "def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n"
      "    return total\n";
  const std::string in_braces =
      "  let total = 0;\n  for (let i = 0; i < n; ++i) {\n    total += i;\n  }\n"
      "  return total;\n}\n";
  const std::string in_node =
      "test('f', () => {\n"
      "  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);\n"
      "  assert.strictEqual(f(5), 'never');\n});\n";
  if (name == "slow.py") {
    return {name, in_python, "test_slow.py",
            "import time\n\nfrom slow import f\n\n\ndef test_f():\n    time.sleep(0.2)\n"
            "    assert f(5) == 'never'\n"};
  }
  if (name == "slow.js") {
    return {name, "exports.f = function (n) {\n" + in_braces, "slow.test.js",
            "const { test } = require('node:test');\nconst assert = require('node:assert');\n"
            "const { f } = require('./slow.js');\n" +
                in_node};
  }
  if (name == "slow.ts") {
    return {name, "export function f(n: number): number {\n" + in_braces, "slow.test.ts",
            "import { test } from 'node:test';\nimport assert from 'node:assert';\n"
            "import { f } from './slow';\n" +
                in_node};
  }
  return {name,
          "int f(int n) {\n  int total = 0;\n  for (int i = 0; i < n; ++i) {\n    total += i;\n"
          "  }\n  return total;\n}\n",
          "slow_test.cpp",
          "#include \"slow.cpp\"\n#include <cassert>\n#include <climits>\n#include <unistd.h>\n"
          "int main() {\n  usleep(200000);\n  assert(f(5) == INT_MIN);\n}\n"};
}

struct Process {
  int parent;
  char state;
  std::string name;
};

// All of this machine's, by their numbers.
std::map<int, Process> processes() {
  std::map<int, Process> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    std::ifstream file(entry.path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;
    const size_t begin = line.find('('), end = line.rfind(')');
    if (begin == std::string::npos || end == std::string::npos) continue;
    std::istringstream rest(line.substr(end + 1));
    Process process{0, ' ', line.substr(begin + 1, end - begin - 1)};
    rest >> process.state >> process.parent;
    found[std::stoi(line)] = process;
  }
  return found;
}

// The names of the processes that this one has started, however indirectly.
std::vector<std::string> running_below_us() {
  const auto all = processes();
  std::vector<std::string> names;
  for (const auto& [id, process] : all) {
    int above = process.parent;
    while (above != getpid() && all.contains(above)) above = all.at(above).parent;
    if (above == getpid() && process.state != 'Z') names.push_back(process.name);
  }
  return names;
}

// Of a program that a command starts, and that fails.
Report failed_by(const std::string& command, const Options& options) {
  Project project("a.py", "print(1)\n", "", "");
  Question question = project.subject.question;
  question.command = command;
  const auto subject = find_subject(std::move(question));
  REQUIRE(subject.ok());
  runner::Runner sandbox;
  const auto report = debug(*subject, sandbox, options);
  REQUIRE((report.ok() && report->failure));
  return *report;
}

}  // namespace

TEST_CASE("a file that does not parse") {
  check_told(told_of("a.py", "def f(:\n    return 1\n"), "grammar");
  check_told(told_of("a.js", "function f( {\n"), "grammar");
  check_told(told_of("a.py", "def f(n)\n    return n\n"), "(SyntaxError: expected ':')");
  check_told(told_of("a.c", "int f(int n) { return n; }\n"), "undefined reference to `main'");
  check_told(told_of("a.py", "name = 'Gr\374n'\n"), "codec can't decode byte 0xfc");
  check_told(told_of("a.cpp", "int main( {\n"), "grammar");
  // What follows from it is not what it is about.
  check_told(told_of("a.cpp", "int main() {\n  int n = 1\n  int m = n;\n  return m;\n}\n"),
             "grammar");
}

TEST_CASE("a file that does not parse, with tests for pytest") {
  const Report report = debug_project(
      "shapes.py", "def area(w, h):\n    return w * h\n\n\ndef twice(n)\n    return n * 2\n",
      "test_shapes.py",
      "from shapes import area, twice\n\n\ndef test_area():\n    assert area(2, 3) == 6\n\n\n"
      "def test_twice(tmp_path):\n    assert twice(2) == 4\n");
  REQUIRE(report.failure);
  CHECK(report.failure->type == "SyntaxError");
  REQUIRE_FALSE(report.failure->frames.empty());
  CHECK(report.failure->frames.back().file.ends_with("/shapes.py"));
  CHECK(report.failure->frames.back().line == 5);
  REQUIRE(report.hints.size() >= 2);
  CHECK(report.hints[0].text.find("line 5 of shapes.py: `def twice(n)`") != std::string::npos);
  CHECK(report.hints[1].text.find("(SyntaxError: expected ':')") != std::string::npos);
  CHECK_FALSE(report.fixes.empty());
}

TEST_CASE("a bracket too many is taken out") {
  const Report report = debug_project(
      "warm.py", "def warm(celsius):\n    return celsius * 9 / 5 + 32)\n", "test_warm.py",
      "from warm import warm\n\n\ndef test_warm():\n    assert warm(100) == 212\n");
  INFO(report.note);
  REQUIRE_FALSE(report.fixes.empty());
  CHECK(report.fixes[0].diff.find("+    return celsius * 9 / 5 + 32\n") != std::string::npos);
}

TEST_CASE("for input, and for a network, nothing is searched") {
  for (const char* text :
       {"name = input('name? ')\nprint('hello ' + name)\n",
        "from urllib.request import urlopen\nprint(len(urlopen('http://a.example').read()))\n"}) {
    const Report report = debug_project("a.py", text, "", "");
    INFO(text);
    CHECK(report.fixes.empty());
    CHECK(report.note == "no change of the program brings what is missing");
  }
  const std::string fetched = "const a = await fetch('http://a.example');\nconsole.log(a);\n";
  const Report report = debug_project("a.mjs", fetched, "", "");
  CHECK(report.fixes.empty());
  REQUIRE(report.hints.size() >= 2);
  CHECK(report.hints[report.hints.size() - 2].text.find("It uses the network") == 0);
}

TEST_CASE("a program that needs input") {
  const std::string text = "print(int(input('How many? ')) * 2)\n";
  check_told(told_of("a.py", text), "It reads input, and a run has none");
  check_told(told_of("a.py", text, "", "", Tongue::chinese), "没有输入");
  check_told(told_of("a.py", text, "", "", Tongue::french), "lit une entrée");
  check_told(told_of("a.py", text, "", "", Tongue::german), "liest eine Eingabe");
  const std::string sum = "import sys\nprint(sum(int(line) for line in sys.stdin))\n";
  CHECK(debug_project("sum.py", sum, "", "").note ==
        "it runs without a failure; its standard input was empty");
  check_told(told_of("a.py", "print('zu klein')\nexit(3)\n", "", "", Tongue::german),
             "Es endet mit dem Exit-Status 3");
}

TEST_CASE("a program that needs what is absent") {
  const auto check = [](const std::string& name, const std::string& text, const std::string& what,
                        const std::string& how, Tongue tongue = Tongue::english) {
    const Project project(name, text, "", "");
    runner::Runner sandbox;
    const auto report = debug(project.subject, sandbox, {.tongue = tongue});
    REQUIRE((report.ok() && report->failure));
    REQUIRE(report->hints.size() >= 2);
    const auto hint = report->hints.end() - 2;
    INFO(hint[0].text << "\n" << hint[1].text << "\n" << report->note);
    CHECK(hint[0].text.find(what) != std::string::npos);
    CHECK(hint[1].text.find(how) != std::string::npos);
    CHECK(report->fixes.empty());
    CHECK(report->note.find("tried") == std::string::npos);
  };
  check("a.py", "import nosuchpackage.part\n", "package 'nosuchpackage' is not installed for /",
        "/.venv/bin/pip install nosuchpackage`");
  check("a.py", "import nosuchpackage\n", "Paket „nosuchpackage“", "Installieren Sie es",
        Tongue::german);
  check("a.js", "require('@scope/nosuchpackage/part');\n", "finds no module '@scope/nosuchpackage/",
        "`npm install @scope/nosuchpackage`");
  check("a.mjs", "import x from 'nosuchpackage';\nx();\n", "package 'nosuchpackage' is not",
        "node_modules in the project's folder");
  check("a.js", "require('./far');\n", "no file 'far'", "Is its name right");
  check("a.cpp", "#include <nosuch/most.hpp>\nint main() {}\n",
        "The header 'nosuch/most.hpp' is not", "Install the package that has it");
}

TEST_CASE("a link out of the project, or to a secret, is no file of tests and none they test") {
  namespace fs = std::filesystem;
  const support::TemporaryFolder folder{support::Readable::by_all};
  const std::string program = folder.path("project/a.py");
  folder.write("secret", "canary");
  folder.write("project/.env", "canary");
  folder.write("project/inner/tests.py", "def test_a():\n    pass\n");
  folder.write("project/a.py", "print(1)\n");
  for (const char* target : {"../secret", ".env", "inner/tests.py"}) {
    INFO(target);
    fs::remove(folder.path("project/test_a.py"));
    fs::create_symlink(target, folder.path("project/test_a.py"));
    const auto subject =
        find_subject({.file = program, .text = "print(1)\n", .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    CHECK((subject->proof == Proof::tests) == (target == std::string("inner/tests.py")));
  }
  CHECK(tested_by(folder.path("project/test_a.py")) == program);
  fs::remove(program);
  fs::create_symlink("../secret", program);
  CHECK(tested_by(folder.path("project/test_a.py")) == std::nullopt);
}

TEST_CASE("a module of the project's own is not to be installed from elsewhere") {
  const std::string tests = "from shop.cart import total\n\n\ndef test_a():\n    total()\n";
  for (const bool installable : {false, true}) {
    const support::TemporaryFolder folder{support::Readable::by_all};
    folder.write("project/src/shop/cart.py", "def total():\n    return 0\n");
    folder.write("project/tests/test_cart.py", tests);
    if (installable) folder.write("project/pyproject.toml", "[project]\nname = 'shop'\n");
    const auto subject = find_subject({.file = folder.path("project/tests/test_cart.py"),
                                       .text = tests,
                                       .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    runner::Runner sandbox;
    const auto report = debug(*subject, sandbox, {.until = Options::Until::failure});
    REQUIRE((report.ok() && report->failure));
    std::string said;
    for (const auto& hint : report->hints) said += hint.text + "\n";
    INFO(said);
    CHECK(said.find("install shop") == std::string::npos);
    const bool told = said.find("pip install -e " + folder.path("project`")) != std::string::npos;
    CHECK(told == installable);
  }
}

TEST_CASE("a module, file or header whose name is a slip is mended") {
  const auto check = [](const std::string& name, const std::string& text,
                        const std::string& mended) {
    const Project project(name, text, "", "");
    project.folder.write("project/helpers.js", "exports.one = () => 1;\n");
    project.folder.write("project/shapes.py", "SIDES = 3\n");
    runner::Runner sandbox;
    const auto report = debug(project.subject, sandbox, {});
    REQUIRE((report.ok() && report->failure));
    INFO(report->note);
    REQUIRE_FALSE(report->fixes.empty());
    CHECK(report->fixes[0].text == mended);
  };
  check("a.py", "import maht\n\n\ndef root(n):\n    return maht.sqrt(n)\n\n\nassert root(4) == 2\n",
        "import math\n\n\ndef root(n):\n    return math.sqrt(n)\n\n\nassert root(4) == 2\n");
  check("a.py", "from shaeps import SIDES\nprint(SIDES)\n",
        "from shapes import SIDES\nprint(SIDES)\n");
  check("a.js", "const { one } = require('./hlepers');\nconsole.log(one());\n",
        "const { one } = require('./helpers');\nconsole.log(one());\n");
  check("a.cpp", "#include <vectr>\nint main() { return std::vector<int>(1)[0]; }\n",
        "#include <vector>\nint main() { return std::vector<int>(1)[0]; }\n");
}

TEST_CASE("a slip in the name of an installed package is mended, and not installed") {
  namespace fs = std::filesystem;
  const fs::path python = fs::canonical("/usr/bin/python3");
  const auto check = [&](const std::string& text, const std::string& mended) {
    const Project project("a.py", text, "", "");
    const std::string environment = "project/.venv/";
    const std::string packages = "lib/" + python.filename().string() + "/site-packages/";
    project.folder.write(environment + "pyvenv.cfg", "home = /usr/bin\n");
    project.folder.write(environment + packages + "gadgets.py",
                         "import time\n\ntime.sleep(1)  # as large packages take\nSIDES = 3\n");
    fs::create_directory(project.folder.path(environment + "bin"));
    fs::create_symlink(python, project.folder.path(environment + "bin/python3"));
    runner::Runner sandbox;
    const auto report = debug(project.subject, sandbox, {});
    REQUIRE((report.ok() && report->failure));
    INFO(report->note);
    CHECK((report->fixes.empty() ? "" : report->fixes[0].text) == mended);
  };
  check("import gadgts\nprint(gadgts.SIDES)\n", "import gadgets\nprint(gadgets.SIDES)\n");
  check("import gizmos\nprint(gizmos.SIDES)\n", "");  // another package, which is not there
}

TEST_CASE("a command that is not there, or has nothing to do, is searched nothing for") {
  const auto check = [](const std::string& command, const std::string& what) {
    const Report report = failed_by(command, {});
    REQUIRE(report.hints.size() >= 2);
    INFO(report.hints[0].text << "\n" << report.note);
    CHECK((report.hints.end() - 2)->text.find(what) != std::string::npos);
    CHECK(report.note == "no change of the program brings what is missing");
  };
  check("nosuchcommand --all", "needs 'nosuchcommand', and there is no such program");
  check("bash -c 'nosuchcommand a'", "needs 'nosuchcommand'");
  check("true && ./nothere", "needs './nothere'");
  check("python3 nothere.py", "The command found nothing to do: python3: can't open file");
}

TEST_CASE("a program that opens a window") {
  // What Tk says where there is no screen; it need not be installed.
  check_told(
      told_of("a.py",
              "raise RuntimeError('no display name and no $DISPLAY environment variable')\n"),
      "no screen");
}

TEST_CASE("a program that runs forever is ended, and so is the search") {
  const Told told = told_of("a.py", "n = 1\nwhile n > 0:\n    n = n + 1\n");
  check_told(told, "still running");
  CHECK(told.ms < 30'000);
  check_told(told_of("a.js", "let n = 1;\nwhile (n > 0) n = n + 1;\n"), "still running");
}

namespace {

// Includes itself again and again: nothing compiles it, for want of time or of memory.
std::string told_of_endless_compiling(std::optional<uint32_t> search_ms) {
  const Project project(
      "a.cpp",
      "#if __INCLUDE_LEVEL__ < 100\n#include __FILE__\n#include __FILE__\n#endif\n"
      "#if __INCLUDE_LEVEL__ == 0\nint main() {}\n#endif\n",
      "", "");
  runner::Runner sandbox;
  const auto report = debug(project.subject, sandbox, {.search_ms = search_ms});
  REQUIRE_FALSE(report.ok());
  return report.message();
}

}  // namespace

TEST_CASE("a program that takes too long to compile is not taken for one that never ends") {
  CHECK(told_of_endless_compiling(8'000).ends_with("that was the compiler"));
}

TEST_CASE("a compiler that takes too much memory is no failure of the program", "[slow]") {
  const std::string told = told_of_endless_compiling({});
  CHECK(told.find("MiB") != std::string::npos);
  CHECK(told.ends_with("that was the compiler"));
}

TEST_CASE("a program that prints a gigabyte") {
  check_told(told_of("a.py", "line = 'x' * 1023\nfor i in range(1024 * 1024):\n    print(line)\n"),
             "It writes more than is kept");
}

TEST_CASE("ten thousand tests") {
  std::string tests = "from many import f\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string number = std::to_string(i);
    tests += "\n\ndef test_" + number + "():\n    assert f(" + number + ") == " + number + "\n";
  }
  const Told told = told_of("many.py", "def f(n):\n    return n + 1\n", "test_many.py", tests);
  CHECK_FALSE(told.what.empty());
#ifndef __SANITIZE_THREAD__  // ten times as slow
  CHECK(told.ms < 40'000);
#endif
}

TEST_CASE("a search can be cancelled at any moment, and nothing is left running") {
  // What a sandbox might leave behind becomes ours, so that it is found.
  REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  const std::string name = GENERATE(as<std::string>{}, "slow.py", "slow.js", "slow.ts", "slow.cpp");
  CAPTURE(name);
  const Project project = never_mended(name);
  for (const int ms : {0, 100, 400, 900, 1'600, 2'500}) {
    CAPTURE(ms);
    std::vector<std::string> meanwhile;
    {
      runner::Runner sandbox;
      std::stop_source stop;
      std::jthread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        meanwhile = running_below_us();
        stop.request_stop();
      });
      const auto report = debug(project.subject, sandbox, {.stop = stop.get_token()});
      CHECK((!report || report->fixes.empty()));
      CHECK((!report || report->ms < ms + 1'500));
    }
    CHECK((ms < 400 || !meanwhile.empty()));  // what is looked for can be seen
    for (int i = 0; i < 20 && !running_below_us().empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    CHECK(running_below_us() == std::vector<std::string>());
  }
}

TEST_CASE("a command that fails is quoted where it says why") {
  const auto words = [](const std::string& command) {
    return failed_by(command, {.until = Options::Until::failure}).failure->message;
  };
  CHECK(words("echo 'a.c:1: Failure'; echo 1 of 2; exit 1") ==
        "exit status 1, and the words: a.c:1: Failure");
  CHECK(words("echo 'CMake Error: no x' >&2; echo 'Specify --help' >&2; exit 1") ==
        "exit status 1, and the words: CMake Error: no x");
  CHECK(words("echo note >&2; echo 'not ok 1 - adds'; exit 1") ==
        "exit status 1, and the words: not ok 1 - adds");
  CHECK(words("echo one; echo two; exit 1") == "exit status 1, and the words: two");
}

TEST_CASE("several files by a command, with either compiler") {
  for (const std::string compiler : {"g++", "clang++"}) {
    // clang++ is tested where somebody has installed it.
    if (!std::filesystem::exists("/usr/bin/" + compiler)) continue;
    support::TemporaryFolder folder{support::Readable::by_all};
    const std::string program =
        "#include \"area.h\"\n\nint area(int width, int height) { return width + height; }\n";
    folder.write("project/area.h", "int area(int width, int height);\n");
    folder.write("project/src/area.cpp", program);
    folder.write("project/main.cpp",
                 "#include <cstdlib>\n\n#include \"area.h\"\n\n"
                 "int main() { return area(3, 5) == 15 && area(0, 4) == 0 ? 0 : 1; }\n");
    const auto subject = find_subject(
        {.file = folder.path("project/src/area.cpp"),
         .text = program,
         .command = compiler + " -I. src/area.cpp main.cpp -o /tmp/program && /tmp/program",
         .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    runner::Runner sandbox;
    const auto report = debug(*subject, sandbox, {.search_ms = 60'000});
    REQUIRE(report.ok());
    CAPTURE(compiler, report->note);
    REQUIRE(report->failure.has_value());
    REQUIRE_FALSE(report->fixes.empty());
    CHECK(report->fixes.front().diff.find("return width * height;") != std::string::npos);
  }
}
