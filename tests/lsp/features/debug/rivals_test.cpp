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

CompareLimits limits(const std::string& before) {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40),
          .batches = true,
          .first_alone = true,
          .before = before};
}

Comparison check_compare(const Project& project, const std::vector<std::string>& texts,
                         const CompareLimits& limits) {
  runner::Runner sandbox;
  return compare(sandbox, project.subject, texts[0], texts, limits);
}

}  // namespace

// Once they were no reason: whether a test asks for it, and what the program did before, say too
// little of what is meant, and wrong fixes were called verified.
TEST_CASE(
    "a statement besides the fix, and a change that ends in an error, are reasons for doubt") {
  const std::string before = "def f(values):\n    return sum(values) // len(values) - 1\n";
  const std::string fix = "def f(values):\n    return sum(values) / len(values)\n";
  const std::string more =
      "def f(values):\n    if not values: return 0\n"
      "    return sum(values) / len(values)\n";
  const Project mean("f.py", before, "test_f.py",
                     "from f import f\n\n\ndef test_f():\n    assert f([2, 4]) == 3\n");
  CHECK(check_compare(mean, {fix, more}, limits(before)).difference.has_value());
  const std::string guarded = "def f(values, i):\n    return values[i] if i < 1 else 0\n";
  const Project item("f.py", guarded, "test_f.py",
                     "from f import f\n\n\ndef test_f():\n    assert f([3, 5, 7], 1) == 5\n");
  const std::string longer = "def f(values, i):\n    return values[i] if i < len(values) else 0\n";
  const std::string other = "def f(values, i):\n    return values[i]\n";
  CHECK(check_compare(item, {longer, other}, limits(guarded)).difference.has_value());
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

TEST_CASE("a number that fits all that the tests see of a variable is no step that is missing") {
  const std::string door =
      "class Door:\n    def __init__(self, room):\n        self.room = room\n"
      "        self.inside = []\n        self.refused = 0\n\n"
      "    def enter(self, name):\n        if len(self.inside) >= self.room:\n"
      "            return False\n        self.inside.append(name)\n        return True\n";
  const Report report =
      debug_project("door.py", door, "test_door.py",
                    "from door import Door\n\n\ndef test_door():\n    door = Door(2)\n"
                    "    assert door.enter('ann')\n    assert door.enter('bob')\n"
                    "    assert not door.enter('cid')\n    assert door.refused == 1\n");
  for (const Fix& fix : report.fixes) {
    INFO(fix.diff << fix.evidence);
    CHECK(fix.verified == Verified::no);
  }
}

TEST_CASE("what a change does is known by its results, where these are always the same") {
  const std::string before = "count = 0\n\n\ndef f(n):\n    return count + (n > 9)\n";
  const Project project("f.py", before, "test_f.py",
                        "from f import f\n\n\ndef test_f():\n    assert f(3) == 1\n");
  runner::Runner sandbox;
  const auto effect = [&](const std::string& after) {
    return effect_of(sandbox, project.subject, before, after, limits(before));
  };
  const Effect many = effect("count = 1\n\n\ndef f(n):\n    return count + n\n");
  CHECK(many.inputs >= 3);
  CHECK_FALSE(many.only.has_value());
  const Effect one = effect("count = 1\n\n\ndef f(n):\n    return count\n");
  CHECK(one.inputs >= 3);
  CHECK(one.only == "1");
  CHECK(effect(before).inputs == 0);
}
