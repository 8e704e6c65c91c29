// Programs whose tests say nothing without pytest.
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/observe.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

std::vector<std::optional<Trial>> check_batch(const Project& project,
                                              const std::vector<std::string>& texts) {
  std::vector<Attempt> attempts;
  for (const std::string& text : texts) attempts.push_back({text});
  runner::Runner sandbox;
  Version version{.text = project.subject.question.text, .pace = Pace::quick};
  version.deadline_ms = 1'500;
  return try_batch(sandbox, project.subject, attempts, version);
}

std::string account(const std::string& withdraw) {
  return "class Account:\n    def __init__(self, balance):\n        self.balance = balance\n"
         "        self.history = []\n\n    def withdraw(self, amount):\n" +
         withdraw +
         "            raise ValueError('too much')\n        self.balance -= amount\n"
         "        self.history.append(amount)\n";
}

const char* account_tests =
    "import pytest\nfrom account import Account\n\n\n@pytest.fixture\ndef account():\n"
    "    return Account(100)\n\n\n@pytest.mark.parametrize('amount, left', [(30, 70), (100, 0)])\n"
    "def test_withdraw(account, amount, left):\n    account.withdraw(amount)\n"
    "    assert account.balance == left\n\n\nclass TestTooMuch:\n"
    "    def test_it(self, account):\n        with pytest.raises(ValueError):\n"
    "            account.withdraw(101)\n";

}  // namespace

TEST_CASE("a batch under pytest tells each version's tests, whatever the one before it did") {
  const std::string red = account("        if amount >= self.balance:\n");
  const std::string green = account("        if amount > self.balance:\n");
  const Project project("account.py", red, "test_account.py", account_tests);
  REQUIRE(needs_pytest(project.subject));
  const auto trials =
      check_batch(project, {red, green, "import os\nos._exit(0)\n", "while True: pass\n",
                            "def f(:\n", green, red, "import pytest\npytest.exit('no')\n", green});
  std::string ends;
  for (const auto& trial : trials) ends += trial && trial->green ? 'g' : 'r';
  CHECK(ends == "rgrrrgrrg");
  const std::map<std::string, std::string> tests = trials[6]->tests;
  CHECK(tests.size() == 3);
  CHECK(tests.at("test_account.py::test_withdraw[30-70]") == "passed");
  CHECK(tests.at("test_account.py::test_withdraw[100-0]") == "failed");
  CHECK(trials[5]->tests.at("test_account.py::TestTooMuch::test_it") == "passed");
}

TEST_CASE("a batch under pytest tells what the tests print, and nothing of another version") {
  const std::string program = "def f(n):\n    return n * ";
  const Project project("f.py", program + "1\n", "test_f.py",
                        "import pytest\nfrom f import f\n\n\ndef test_f():\n"
                        "    print('it gives', f(2))\n    assert f(2) == 4\n");
  const auto trials = check_batch(project, {program + "1\n", program + "2\n", program + "3\n"});
  REQUIRE(trials.size() == 3);
  CHECK(trials[0]->output == "it gives 2\n");
  CHECK(trials[1]->output == "it gives 4\n");
  CHECK(trials[2]->output == "it gives 6\n");
}

TEST_CASE("each version has its own conftest, whatever the one before it did to it") {
  const std::string program = "class Shop:\n    rate = ";
  const Project project("shop.py", program + "1\n", "test_shop.py",
                        "def test_rate(shop, other):\n    assert shop.rate == 2\n"
                        "    assert other == ['fresh', 'auto']\n");
  project.folder.write("project/conftest.py",
                       "import pytest\nfrom shop import Shop\n\nRATE = Shop.rate\n\n\n"
                       "@pytest.fixture\ndef shop():\n    assert RATE == Shop.rate\n"
                       "    return Shop()\n\n\n"
                       "@pytest.fixture\ndef other():\n    return ['fresh']\n\n\n"
                       "@pytest.fixture(autouse=True)\ndef more(other):\n"
                       "    other.append('auto')\n");
  REQUIRE(needs_pytest(project.subject));
  const auto trials =
      check_batch(project, {program + "2\n", program + "1\n", "Shop = 1\n", program + "2\n",
                            "def f(:\n", program + "2\n", program + "3\n", program + "2\n"});
  std::string ends;
  for (const auto& trial : trials) ends += trial && trial->green ? 'g' : 'r';
  CHECK(ends == "grrgrgrg");
  CHECK(trials[3]->tests.at("test_shop.py::test_rate") == "passed");
  CHECK(trials[6]->tests.at("test_shop.py::test_rate") == "failed");
}

TEST_CASE("tests in a package that says nothing do without pytest, unless they import from it") {
  const auto needs = [](const std::string& init, const std::string& tests) {
    const support::TemporaryFolder folder;
    folder.write("project/f.py", "");
    folder.write("project/tests/__init__.py", init);
    folder.write("project/tests/test_f.py", "import unittest\n" + tests);
    const auto subject = find_subject({.file = folder.path("project/f.py"),
                                       .text = "",
                                       .tests = folder.path("project/tests/test_f.py"),
                                       .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    return needs_pytest(*subject);
  };
  const std::string cases = "class F(unittest.TestCase):\n    pass\n";
  CHECK_FALSE(needs("", "from f import f\n" + cases));
  CHECK(needs("", "from . import tools\n" + cases));
  CHECK(needs("import sys\n", "from f import f\n" + cases));
}

TEST_CASE(
    "tests of a package that is found from above it need pytest, and are run for each version") {
  const support::TemporaryFolder folder;
  const std::string wrong = "def twice(n):\n    return n + 2\n";
  folder.write("project/shapes/__init__.py", "");
  folder.write("project/shapes/flat/__init__.py", "");
  folder.write("project/shapes/flat/f.py", wrong);
  folder.write("project/shapes/flat/test_f.py",
               "import unittest\nfrom shapes.flat.f import twice\n\n\nclass F(unittest.TestCase):\n"
               "    def test_f(self):\n        self.assertEqual(twice(3), 6)\n");
  const auto subject = find_subject({.file = folder.path("project/shapes/flat/f.py"),
                                     .text = wrong,
                                     .tests = folder.path("project/shapes/flat/test_f.py"),
                                     .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  CHECK(needs_pytest(*subject));
  runner::Runner sandbox;
  const std::string right = "def twice(n):\n    return n * 2\n";
  const Trials trials = try_batch(sandbox, *subject, {{wrong}, {right}}, {.text = wrong});
  REQUIRE((trials[0] && trials[1]));
  CHECK_FALSE(trials[0]->green);
  CHECK(trials[1]->green);
}

TEST_CASE("other inputs leave alone what is said to pytest") {
  const auto tree = tree_of("python", account_tests);
  const lsp::syntax::Nodes nodes(*tree);
  bool varied = false;
  for (unsigned variant = 0; variant < 20; ++variant) {
    const std::string said = observing(nodes, lsp::syntax::Language::python, variant);
    CHECK(said.find("parametrize('amount, left', [") != std::string::npos);
    varied = varied || said.find("(30, 70)") == std::string::npos;
  }
  CHECK(varied);
}

TEST_CASE("a fix under pytest comes before itself with a guard that passes as well") {
  const Report report = debug_project("account.py", account("        if amount >= self.balance:\n"),
                                      "test_account.py", account_tests, 60'000);
  REQUIRE_FALSE(report.fixes.empty());
  CHECK(report.fixes.front().diff.find("+        if amount > self.balance") != std::string::npos);
}
