// What is held against a change that passes, and what of it counts.
#include "lsp/features/debug/compare.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("a default that is made anew is not doubted for a part of it that means nothing else") {
  const Report report = debug_project(
      "events.py",
      "class Event:\n    def __init__(self, name, tags=[], guests=None):\n"
      "        self.name = name\n        self.tags = tags\n        self.guests = guests or {}\n\n"
      "    def tag(self, *names):\n        self.tags.extend(names)\n        return self\n",
      "test_events.py",
      "from events import Event\n\n\ndef test_tags():\n"
      "    assert Event('a').tag('x', 'y').tags == ['x', 'y']\n\n\ndef test_apart():\n"
      "    assert Event('b').tag('z').tags == ['z']\n\n\ndef test_guests():\n"
      "    assert Event('c', guests={'ann': 1}).guests == {'ann': 1}\n");
  REQUIRE_FALSE(report.fixes.empty());
  INFO(report.fixes.front().evidence);
  CHECK(report.fixes.front().what == "mutable default");
  CHECK(report.fixes.front().verified == Verified::yes);
}

namespace {

CompareLimits limits(const std::string& before, std::set<size_t> additions = {}) {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40),
          .batches = true,
          .first_alone = true,
          .before = before,
          .additions = std::move(additions)};
}

Comparison check_compare(const Project& project, const std::vector<std::string>& texts,
                         const CompareLimits& limits) {
  runner::Runner sandbox;
  return compare(sandbox, project.subject, texts[0], texts, limits);
}

}  // namespace

TEST_CASE("a statement besides the fix counts where the fix itself changes what was there") {
  const std::string before = "def f(values):\n    return 0\n";
  const std::string fix = "def f(values):\n    return sum(values) / len(values)\n";
  const std::string more =
      "def f(values):\n    if not values: return 0\n"
      "    return sum(values) / len(values)\n";
  const Project project("f.py", before, "test_f.py",
                        "from f import f\n\n\ndef test_f():\n    assert f([2, 4]) == 3\n");
  // Of nothing the fix makes an error, which was 0.
  CHECK(check_compare(project, {fix, more}, limits(before, {1})).difference.has_value());
  // Here it was an error before.
  const std::string whole = "def f(values):\n    return sum(values) // len(values) - 1\n";
  CHECK_FALSE(check_compare(project, {fix, more}, limits(whole, {1})).difference.has_value());
  // No addition.
  CHECK(check_compare(project, {fix, more}, limits(whole)).difference.has_value());
}

TEST_CASE("a change that breaks what went well is no reason to doubt another one") {
  const std::string before = "def f(values, i):\n    return values[i] if i < 1 else 0\n";
  const std::string fix = "def f(values, i):\n    return values[i] if i < len(values) else 0\n";
  const std::string other = "def f(values, i):\n    return values[i]\n";
  const std::string tests = "from f import f\n\n\ndef test_f():\n    assert f([3, 5, 7], 1) == 5\n";
  const Project project("f.py", before, "test_f.py", tests);
  CHECK_FALSE(check_compare(project, {fix, other}, limits(before)).difference.has_value());
  // An error that somebody names may be meant.
  const Project named("f.py", before, "test_f.py", tests + "\n# or an IndexError\n");
  CHECK(check_compare(named, {fix, other}, limits(before)).difference.has_value());
}

TEST_CASE("a later line tells apart what only broke down before") {
  const Project project("f.py", "def f(n):\n    return n\n", "test_f.py",
                        "from f import f\n\n\ndef test_f():\n    assert f(0) == 0\n"
                        "    assert f(2) == 4\n");
  const std::string fix = "def f(n):\n    return n * 2\n";
  CHECK(check_compare(project, {fix, "def f(n):\n    return n + 2 if n else None + 1\n"},
                      limits("def f(n):\n    return n\n"))
            .difference.has_value());
}

TEST_CASE("what the first does not end with tells nothing where nobody ends with it") {
  const Project project("f.py", "def f(n):\n    return n\n", "test_f.py",
                        "from f import f\n\n\ndef test_f():\n    assert f(2) == 4\n");
  const std::string head = "def f(n):\n    while n > 90: pass\n    return n ";
  const Comparison alike =
      check_compare(project, {head + "* 2\n", head + "+ n\n"}, limits(head + "* 1\n"));
  CHECK(alike.complete);
  CHECK(alike.inputs >= 5);
  CHECK_FALSE(alike.difference.has_value());
  const std::string ends = "def f(n):\n    return n * ";
  CHECK_FALSE(
      check_compare(project, {head + "* 2\n", head + "+ n\n"}, limits(ends + "1\n")).complete);
  CHECK_FALSE(
      check_compare(project, {head + "* 2\n", ends + "2\n"}, limits(head + "* 1\n")).complete);
}
