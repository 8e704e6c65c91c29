// Where a program's tests are found, and when they may be another's.
#include <filesystem>

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

struct File {
  const char* name;
  const char* text;
};

// The tests that are found for the first of the files, below the project; "" where none are.
std::string tests_among(const std::vector<File>& files) {
  const support::TemporaryFolder folder;
  for (const auto& [name, text] : files) {
    folder.write(std::string("project/") + name, text);
  }
  const std::string top = folder.path("project");
  const auto tests = tests_for(top + "/" + files.front().name, top);
  return tests ? tests->substr(top.size() + 1) : "";
}

}  // namespace

TEST_CASE("tests are found beside a program's folder, in the layouts of each language") {
  const char* python = "from prices import total\n";
  CHECK(tests_among({{"src/prices.py", ""}, {"tests/test_prices.py", python}}) ==
        "tests/test_prices.py");
  CHECK(tests_among({{"src/shop/prices.py", ""}, {"tests/shop/test_prices.py", "shop.prices"}}) ==
        "tests/shop/test_prices.py");
  CHECK(tests_among({{"src/shop/prices.py", ""},
                     {"tests/test_prices.py", "from shop.prices import total\n"}}) ==
        "tests/test_prices.py");
  CHECK(tests_among({{"src/queue.js", ""}, {"test/queue.test.js", "require('../src/queue.js')"}}) ==
        "test/queue.test.js");
  CHECK(tests_among({{"src/queue.ts", ""}, {"__tests__/queue.spec.ts", "from '../src/queue'"}}) ==
        "__tests__/queue.spec.ts");
  CHECK(
      tests_among({{"src/median.cpp", ""}, {"tests/median_test.cpp", "#include \"median.h\"\n"}}) ==
      "tests/median_test.cpp");
  CHECK(tests_among({{"src/prices.py", ""},
                     {"src/test_prices.py", ""},
                     {"tests/test_prices.py", python}}) == "src/test_prices.py");
}

TEST_CASE("tests that may be those of another file of the same name are not taken") {
  const char* some = "from utils import f\n";
  CHECK(tests_among({{"a/utils.py", ""}, {"b/utils.py", ""}, {"tests/test_utils.py", some}}) == "");
  CHECK(tests_among({{"a/utils.py", ""},
                     {"b/utils.py", ""},
                     {"tests/test_utils.py", "from a.utils import f\n"}}) == "tests/test_utils.py");
  CHECK(tests_among({{"a/utils.py", ""},
                     {"b/utils.py", ""},
                     {"tests/test_utils.py", "from b.utils import f\n"}}) == "");
  CHECK(tests_among({{"src/deep/down/utils.py", ""}, {"tests/test_utils.py", some}}) == "");
}

TEST_CASE("tests that import from a package are those of its modules, also below src") {
  const char* some = "from shop import Cart\n\n\ndef test_cart():\n    Cart()\n";
  CHECK(tests_among({{"src/shop/cart.py", ""}, {"tests/test_cart.py", some}}) ==
        "tests/test_cart.py");
  CHECK(tests_among(
            {{"src/shop/cart.py", ""}, {"src/bank/cart.py", ""}, {"tests/test_cart.py", some}}) ==
        "tests/test_cart.py");
  CHECK(tests_among(
            {{"src/bank/cart.py", ""}, {"src/shop/cart.py", ""}, {"tests/test_cart.py", some}}) ==
        "");
  CHECK(tests_among({{"src/shop/cart.py", ""},
                     {"tests/test_cart.py", "def test_it(cart): ...\n"}}) == "tests/test_cart.py");
  CHECK(tests_among({{"lib/a/workshop/cart.py", ""}, {"tests/test_cart.py", some}}) == "");
}

TEST_CASE("tests in JavaScript are found by the names that Node itself knows") {
  const char* some = "const test = require('node:test');\n";
  const char* plain = "const assert = require('assert');\nassert(require('..'));\n";
  CHECK(tests_among({{"dates.js", ""}, {"dates-test.js", some}}) == "dates-test.js");
  CHECK(tests_among({{"dates.js", ""}, {"test-dates.js", some}}) == "test-dates.js");
  CHECK(tests_among({{"lib/dates.js", ""}, {"test/dates.js", some}}) == "test/dates.js");
  CHECK(tests_among({{"lib/dates.js", ""}, {"test/dates.js", "exports.a = 1;\n"}}) == "");
  CHECK(tests_among({{"index.js", ""}, {"test.js", plain}}) == "test.js");
  CHECK(tests_among({{"index.js", ""}, {"test/index.js", plain}}) == "test/index.js");
  CHECK(tests_among({{"dates.js", ""}, {"test.js", plain}}) == "");
  CHECK(tests_among({{"dates.py", ""}, {"test/dates.py", "assert 1\n"}}) == "");
  const support::TemporaryFolder folder;
  const auto tested = [&](const char* tests) {
    const auto program = tested_by(folder.path(tests));
    return program ? program->substr(folder.path("").size()) : "";
  };
  folder.write("index.js", "");
  folder.write("test.js", plain);
  folder.write("lib/dates.js", "");
  folder.write("test/dates.js", some);
  folder.write("test/tools.js", "exports.a = 1;\n");
  folder.write("lib/tools.js", "");
  CHECK(tested("test.js") == "index.js");
  CHECK(tested("test/dates.js") == "lib/dates.js");
  CHECK(tested("test/tools.js") == "");
  CHECK(tested("lib/dates.js") == "");
}

TEST_CASE("tests that are a program with assertions are run as one") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/index.js", "module.exports = (n) => n - 1;\n");
  folder.write("project/test.js",
               "const assert = require('assert');\nconst next = require('.');\n"
               "assert.strictEqual(next(1), 2);\nassert.strictEqual(next(7), 8);\n");
  folder.write("project/shapes.py", "def area(a, b):\n    return a + b\n");
  folder.write("project/check.py",
               "from shapes import area\n\nassert area(2, 3) == 6\nassert area(4, 5) == 20\n");
  runner::Runner sandbox;
  const auto fix = [&](const char* name, const char* tests, const std::string& text) {
    const auto subject = find_subject({.file = folder.path("project") + "/" + name,
                                       .text = text,
                                       .tests = folder.path("project") + "/" + tests,
                                       .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    CHECK(subject->proof == Proof::assertions);
    const auto report = debug(*subject, sandbox, {.search_ms = 30'000});
    REQUIRE(report.ok());
    REQUIRE(report->failure);
    INFO(report->note);
    REQUIRE_FALSE(report->fixes.empty());
    return report->fixes.front().diff;
  };
  CHECK(fix("index.js", "test.js", "module.exports = (n) => n - 1;\n").find("=> n + 1;") !=
        std::string::npos);
  CHECK(fix("shapes.py", "check.py", "def area(a, b):\n    return a + b\n").find("return a * b") !=
        std::string::npos);
}

TEST_CASE("a link to tests outside of the project is not followed") {
  const support::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("project/tests"));
  folder.write("project/src/prices.py", "");
  folder.write("other.py", "from prices import total\n");
  std::filesystem::create_symlink(folder.path("other.py"),
                                  folder.path("project/tests/test_prices.py"));
  CHECK_FALSE(tests_for(folder.path("project/src/prices.py"), folder.path("project")));
}

TEST_CASE("C++ in several files is mended where its tests know its header alone") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  const std::string program =
      "#include \"shop/median.h\"\n\n#include <algorithm>\n\n"
      "double median(std::vector<double> values) {\n"
      "  std::sort(values.begin(), values.end());\n  size_t middle = values.size() / 2;\n"
      "  if (values.size() % 2 == 1) return values[middle];\n"
      "  return (values[middle] + values[middle + 1]) / 2;\n}\n";
  folder.write("project/include/shop/median.h",
               "#pragma once\n#include <vector>\ndouble median(std::vector<double> values);\n");
  folder.write("project/version", "1.0\n");  // not the standard library's header
  folder.write("project/src/median.cpp", program);
  folder.write("project/tests/median_test.cpp",
               "#include <cassert>\n#include <shop/median.h>\n\nint main() {\n"
               "  assert(median({1, 2, 3}) == 2);\n  assert(median({1, 2, 3, 4}) == 2.5);\n"
               "  assert(median({7, 2, 9, 4}) == 5.5);\n  assert(median({3, 1}) == 2);\n}\n");
  const auto subject = find_subject({.file = folder.path("project/src/median.cpp"),
                                     .text = program,
                                     .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  CHECK(subject->proof == Proof::tests);
  runner::Runner sandbox;
  const auto report = debug(*subject, sandbox, {.search_ms = 30'000});
  REQUIRE(report.ok());
  REQUIRE(report->failure);
  REQUIRE_FALSE(report->failure->frames.empty());
  CHECK(report->failure->frames.front().line == 6);  // of the tests, as they are written
  INFO(report->note);
  REQUIRE_FALSE(report->fixes.empty());
  INFO(report->fixes[0].evidence);
  CHECK(report->fixes[0].diff.find("+  return (values[middle] + values[middle - 1]) / 2;") !=
        std::string::npos);
}

TEST_CASE("a header with bodies is mended by its tests") {
  const std::string header =
      "#pragma once\n\n#include <vector>\n\nclass Queue {\n public:\n"
      "  explicit Queue(int most) : most_(most) {}\n"
      "  bool is_full() const { return size() > most_; }\n"
      "  bool push(int value) {\n    if (is_full()) return false;\n"
      "    values_.push_back(value);\n    return true;\n  }\n"
      "  int size() const { return static_cast<int>(values_.size()); }\n\n private:\n"
      "  int most_;\n  std::vector<int> values_;\n};\n";
  const std::string tests =
      "#include \"queue.hpp\"\n\n#include <cassert>\n\nint main() {\n  Queue queue(2);\n"
      "  assert(!queue.is_full());\n  assert(queue.push(1));\n  assert(queue.push(2));\n"
      "  assert(queue.is_full());\n  assert(!queue.push(3));\n  assert(queue.size() == 2);\n"
      "  Queue none(0);\n  assert(none.is_full());\n}\n";
  for (const char* name : {"queue.hpp", "queue.h"}) {
    std::string including = tests;
    including.replace(including.find("queue.hpp"), 9, name);
    const Report report = debug_project(name, header, "test_queue.cpp", including, 120'000);
    INFO(name << ": " << report.note);
    REQUIRE_FALSE(report.fixes.empty());
    CHECK(report.fixes[0].diff.find("return size() >= most_") != std::string::npos);
    INFO(report.fixes[0].evidence);
    CHECK(report.fixes[0].evidence.find("tried in the time") == std::string::npos);
  }
  const support::TemporaryFolder folder;
  folder.write("project/queue.hpp", header);
  folder.write("project/test_queue.cpp", tests);
  CHECK(tested_by(folder.path("project/test_queue.cpp")) == folder.path("project/queue.hpp"));
  CHECK_FALSE(source_of(folder.path("project/queue.hpp")));
  folder.write("project/queue.cpp", "");
  CHECK(source_of(folder.path("project/queue.hpp")) == folder.path("project/queue.cpp"));
  CHECK(tested_by(folder.path("project/test_queue.cpp")) == folder.path("project/queue.cpp"));
}

TEST_CASE("a header without tests says what would run it") {
  const support::TemporaryFolder folder;
  folder.write("project/queue.hpp", "inline int one() { return 1; }\n");
  const auto subject = find_subject({.file = folder.path("project/queue.hpp"),
                                     .text = "inline int one() { return 1; }\n",
                                     .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  runner::Runner sandbox({.ready = 0});
  const auto report = debug(*subject, sandbox, {});
  REQUIRE_FALSE(report.ok());
  CHECK(report.message().find("test_queue.cpp") != std::string::npos);
}

TEST_CASE("what is only linked with others, and has no tests, is not searched for a fix") {
  const std::string text = "int twice(int number) {\n  return number + 2;\n}\n";
  const Report report = debug_project("twice.cpp", text, "", "");
  CHECK(report.note.find("it has no main function, and no tests of it were found") == 0);
}

TEST_CASE("where nothing fails and no tests were found, that is said") {
  const Report report = debug_project("twice.py", "def twice(n):\n    return n + 2\n", "", "");
  CHECK(report.note.find("no tests of it were found") != std::string::npos);
}
