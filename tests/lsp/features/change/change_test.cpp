// From an instruction to a change and what was seen of it, in real sandboxes, with a scripted
// model.
#include "lsp/features/change/change.h"

#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace lsp::features;
using engine::base::Result;
using lsp::features::change::Change;
using lsp::features::change::Seen;

namespace {

// A test double: it says its replies one after the other, the last one again and again.
class Replies : public chat::Model {
 public:
  explicit Replies(std::vector<std::string> replies) : replies_(std::move(replies)) {}
  std::string name() const override { return "scripted"; }
  chat::Ability ability() const override { return chat::Ability::instruct; }
  Result<chat::Reply> chat(const std::vector<chat::Message>& messages, const chat::Sampling&,
                           const chat::OnPiece& on_piece, std::stop_token) override {
    conversations.push_back(messages);
    if (replies_.empty()) return engine::base::Error{"nobody there"};
    chat::Reply reply{.text = replies_[std::min(conversations.size(), replies_.size()) - 1]};
    on_piece({chat::PieceKind::text, reply.text});
    reply.reason = reason;
    return reply;
  }
  std::vector<std::vector<chat::Message>> conversations;
  chat::Reply::Reason reason = chat::Reply::Reason::finished;

 private:
  const std::vector<std::string> replies_;
};

const std::string program =
    "def clamp(value, low, high):\n    return max(low, min(value, high))\n\n\n"
    "def double(x):\n    return x * 3\n";
const std::string tests =
    "from work import clamp\n\n\ndef test_low():\n    assert clamp(-1, 0, 5) == 0\n\n\n"
    "def test_high():\n    assert clamp(9, 0, 5) == 5\n";

std::string block(const std::string& code) { return "```\n" + code + "```\n"; }

// A clamp with that body.
std::string clamp(const std::string& body) {
  return block("def clamp(value, low, high):\n    " + body + "\n");
}

struct Project {
  support::TemporaryFolder folder{support::Readable::by_all};
  std::string text = program;
  std::string name = "work.py";
  std::string beside = "test_work.py", tested = tests;
  size_t first = 0, last = 1;
  bool runs = true;
  bool only_comments = false;
  bool tells_messages = false;
  lsp::text::Tongue tongue = lsp::text::Tongue::english;
  std::vector<std::string> progress = {};

  Result<Change> change(chat::Model& model) {
    std::ofstream(folder.path() / name) << text;
    if (!beside.empty()) std::ofstream(folder.path() / beside) << tested;
    const auto language = lsp::syntax::language_of("", "file:///" + name, text);
    const lsp::text::Document document("", "", 0, text);
    const auto subject = debug::find_subject({.file = folder.path() / name,
                                              .text = text,
                                              .workspace = folder.path(),
                                              .python = "/usr/bin/python3"});
    sandbox::runner::Runner sandbox({.ready = 0});
    change::Options options{.tongue = tongue};
    options.on_progress = [this](const std::string& how_far) { progress.push_back(how_far); };
    options.tells_messages = tells_messages;
    if (subject && runs) {
      options.subject = &*subject;
      options.sandbox = &sandbox;
      options.shows_tests = true;
    } else {
      options.not_run = "its folder is not trusted";
    }
    return change::change({.name = name,
                           .text = text,
                           .language = language,
                           .part = change::part_of_lines(document, first, last),
                           .instruction = "do it otherwise",
                           .only_comments = only_comments},
                          model, options);
  }
};

}  // namespace

TEST_CASE("a change that does the same is seen to do so, beyond what the tests say") {
  Project project;
  Replies model({clamp("return min(high, max(value, low))")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::passes);
  REQUIRE(made->evidence.size() == 2);
  CHECK(made->evidence[0] == "passes 2 of 2 tests");
  // Where low is above high, the two differ.
  CHECK(made->evidence[1].find(", before ") != std::string::npos);
  CHECK(made->author == "scripted");
  CHECK(made->attempts == 1);
  CHECK(made->text.find("min(high, max(value, low))\n\n\ndef double") != std::string::npos);
  CHECK(made->diff.starts_with("--- a/work.py\n+++ b/work.py\n"));
  const std::string& asked = model.conversations[0][1].text;
  CHECK(asked.find("The request: do it otherwise") != std::string::npos);
  CHECK(asked.find("test_low") != std::string::npos);
  CHECK(project.progress ==
        std::vector<std::string>{"scripted is asked", "4 lines written", "its tests are run"});
}

TEST_CASE("what is only written otherwise does the same on other inputs") {
  Project project;
  Replies model({clamp("top = min(value, high)\n    return max(low, top)")});
  const auto made = project.change(model);
  REQUIRE(made);
  REQUIRE(made->evidence.size() == 2);
  CHECK(made->evidence[1].starts_with("what its tests look at is as before on "));
}

TEST_CASE("a test that passed and fails is told to the model, without what the run has said") {
  Project project;
  project.tells_messages = false;
  Replies model({clamp("return 97531"), clamp("return sorted((low, value, high))[1]")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::passes);
  CHECK(made->attempts == 2);
  CHECK(made->evidence.back() == "the model's attempt 2");
  REQUIRE(model.conversations.size() == 2);
  const std::string& told = model.conversations[1].back().text;
  CHECK(told.find("these tests do not pass any more: test_high, test_low.") != std::string::npos);
  CHECK(told.find("97531") == std::string::npos);
  CHECK(told.find("Assertion") == std::string::npos);
  Project here;
  here.tells_messages = true;
  Replies local({clamp("return 97531"), clamp("return sorted((low, value, high))[1]")});
  REQUIRE(here.change(local));
  CHECK(local.conversations[1].back().text.find("Assertion") != std::string::npos);
}

TEST_CASE("what a model means to break is offered, said to break it, and not asked for again") {
  Project project;
  Replies model({clamp("return low")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::breaks);
  CHECK(model.conversations.size() == 2);
  CHECK(made->evidence[0].starts_with("a test that passed does not any more: test_high ("));
  CHECK(made->evidence[1] == "passes 1 of 2 tests");
}

TEST_CASE("the best attempt is the one that breaks fewest, and taking all back is none") {
  Project project;
  Replies model(
      {clamp("return high + 1"), clamp("return low"), clamp("return max(low, min(value, high))")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->attempts == 2);
  CHECK(made->text.find("return low\n") != std::string::npos);
}

TEST_CASE("what mends a test says so, and what stays red is no breach") {
  Project project;
  project.tested +=
      "\n\ndef test_double():\n    from work import double\n    assert double(2) == 4\n";
  project.first = 4, project.last = 5;
  Replies model({block("def double(x):\n    return 2 * x\n")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::passes);
  CHECK(made->evidence == std::vector<std::string>{"passes 3 of 3 tests; 1 of them failed before"});
  project.first = 0, project.last = 1;
  Replies other({clamp("top = min(value, high)\n    return max(low, top)")});
  const auto beside = project.change(other);
  REQUIRE(beside);
  CHECK(beside->seen == Seen::nothing);
  CHECK(beside->evidence ==
        std::vector<std::string>{"passes 2 of 3 tests", "what fails failed before"});
}

TEST_CASE("a change of comments is seen to be one, and its examples are run") {
  Project project;
  const std::string body = "return max(low, min(value, high))";
  Replies model({clamp("# So.\n    " + body)});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::passes);
  CHECK(made->evidence ==
        std::vector<std::string>{"only comments and blanks are changed: the code is the same",
                                 "passes 2 of 2 tests"});
  Project documented;
  documented.beside = "";
  Replies examples({clamp("'''\n    >>> clamp(7, 0, 5)\n    6\n    '''\n    " + body),
                    clamp("'''\n    >>> clamp(7, 0, 5)\n    5\n    '''\n    " + body)});
  documented.text = "'''\n>>> double(0)\n0\n'''\n" + program;
  documented.first = 4, documented.last = 5;
  const auto mended = documented.change(examples);
  REQUIRE(mended);
  CHECK(mended->seen == Seen::passes);
  CHECK(mended->attempts == 2);
  CHECK(mended->evidence[1] == "passes 2 of 2 tests");
}

TEST_CASE("where only comments are asked for, other code is a fault") {
  Project project;
  project.only_comments = true;
  project.runs = false;
  const std::string code = clamp("'''Clamps.'''\n    return max(low, min(value, high))");
  Replies model({clamp("'''Clamps.'''\n    return value"), code});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::passes);
  CHECK(made->evidence ==
        std::vector<std::string>{"only comments and blanks are changed: the code is the same",
                                 "the model's attempt 2"});
  CHECK(model.conversations[1].back().text.find("first here:\n```\n    return value\n```\n") !=
        std::string::npos);
  Replies stubborn({clamp("'''Clamps.'''\n    return value")});
  const auto other = project.change(stubborn);
  REQUIRE(other);
  CHECK(other->seen == Seen::breaks);
  CHECK(other->evidence[0] == "it changes the code itself, first in line 3");
  // A comment alone is put where it belongs.
  Replies alone({"'''Clamps.'''"});
  const auto documented = project.change(alone);
  REQUIRE(documented);
  CHECK(documented->attempts == 1);
  CHECK(documented->text.starts_with(
      "def clamp(value, low, high):\n    '''Clamps.'''\n    return max("));
}

TEST_CASE("what does not parse goes back with the line") {
  Project project;
  Replies model({clamp("return max(low"), clamp("return max(low, min(value, high) + 0)")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->attempts == 2);
  CHECK(model.conversations[1].back().text.find("return max(low\n") != std::string::npos);
  Replies stubborn({clamp("return max(low")});
  const auto broken = project.change(stubborn);
  REQUIRE(broken);
  CHECK(broken->seen == Seen::breaks);
  CHECK(broken->evidence[0].starts_with("the file does not parse with it, first in line "));
}

TEST_CASE("nothing is run where that may not be, or there is nothing to run") {
  Project project;
  project.runs = false;
  Replies model({clamp("return 1")});
  CHECK(project.change(model)->evidence ==
        std::vector<std::string>{"nothing was run: its folder is not trusted"});
  Project alone;
  alone.beside = "";
  alone.tongue = lsp::text::Tongue::german;
  Replies other({clamp("return 1")});
  const auto made = alone.change(other);
  REQUIRE(made);
  CHECK(made->seen == Seen::nothing);
  CHECK(made->evidence == std::vector<std::string>{"dazu wurden keine Tests gefunden"});
}

TEST_CASE("doctests and other languages are run as well") {
  Project python;
  python.beside = "";
  python.text =
      "def half(x):\n    \"\"\"\n    >>> half(8)\n    4.0\n    \"\"\"\n    return x / 2\n";
  python.last = 5;
  Replies model(
      {block("def half(x):\n    \"\"\"\n    >>> half(8)\n    4.0\n    \"\"\"\n    return 4.0\n")});
  const auto made = python.change(model);
  REQUIRE(made);
  INFO(made->evidence[0]);
  CHECK(made->evidence.back().find(", before ") != std::string::npos);
  Project script;
  script.name = "work.js", script.beside = "work.test.js";
  script.text = "function twice(x) {\n  return x * 2\n}\nmodule.exports = { twice }\n";
  script.tested =
      "const test = require('node:test')\nconst assert = require('node:assert')\n"
      "const { twice } = require('./work.js')\n"
      "test('twice', () => {\n  assert.strictEqual(twice(2), 4)\n})\n";
  script.last = 2;
  Replies other({block("function twice(x) {\n  return x + 2\n}\n")});
  const auto changed = script.change(other);
  REQUIRE(changed);
  CHECK(changed->evidence[0] == "passes 1 of 1 test");
  CHECK(changed->evidence.back().find(", before ") != std::string::npos);
}

TEST_CASE("a test that is not run any more is one that does not pass") {
  Project project;
  Replies model({clamp("import unittest\n    raise unittest.SkipTest")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::breaks);
  CHECK(made->evidence[0].starts_with("2 tests that passed do not any more: "));
}

TEST_CASE("a test that the change takes away is told of") {
  Project project;
  project.beside = "";
  project.text =
      "def half(x):\n    \"\"\"\n    >>> half(8)\n    4.0\n    >>> half(2)\n    1.0\n"
      "    \"\"\"\n    return x / 2\n\n\ndef id(x):\n    \"\"\"\n    >>> id(1)\n"
      "    1\n    \"\"\"\n    return x\n";
  project.last = 7;
  Replies model({block("def half(x):\n    return x / 3\n")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->seen == Seen::nothing);
  CHECK(made->evidence[0].starts_with("a test is no longer there: "));
}

TEST_CASE("what comes by chance is not said to be the change's doing") {
  Project project;
  project.text = "import random\n\n\ndef near(x):\n    return x + random.random()\n";
  project.tested = "from work import near\n\n\ndef test_near():\n    assert near(1) >= 1\n";
  project.first = 3, project.last = 4;
  Replies model({block("def near(x):\n    return random.random() + x\n")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->evidence == std::vector<std::string>{"passes 1 of 1 test"});
}

TEST_CASE("where no test runs what was written, that is said and nothing is compared") {
  Project project;
  project.first = 4, project.last = 5;
  Replies model({block("def double(x):\n    return 2 * x\n")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->evidence ==
        std::vector<std::string>{"passes 2 of 2 tests",
                                 "its tests run none of the lines that were written"});
}

TEST_CASE("inputs on which it does not end any more are told of") {
  Project project;
  Replies model({clamp("while low > value: pass\n    return max(low, min(value, high))")});
  project.tested = "from work import clamp\n\n\ndef test_it():\n    assert clamp(3, 0, 5) == 3\n";
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->evidence.back() == "on some other inputs it does not end in time, as it did before");
}

TEST_CASE("code that was left out is asked for once more") {
  Project project;
  Replies model({clamp("# ... as before"), clamp("return max(low, min(value, high + 0))")});
  const auto made = project.change(model);
  REQUIRE(made);
  CHECK(made->attempts == 2);
  CHECK(model.conversations[1].back().text.find("# ... as before") != std::string::npos);
}

TEST_CASE("what the model does not do is an error that says so") {
  Project project;
  Replies nobody({});
  CHECK(project.change(nobody).message() == "nobody there");
  Replies words({"I would rather\nnot."});
  CHECK(project.change(words).message() == "the model wrote no code, but: I would rather not.");
  Replies silent({" "});
  CHECK(project.change(silent).message() == "the model's answer is empty");
  Replies same({clamp("return max(low, min(value, high))")});
  CHECK(project.change(same).message() == "the model left everything as it is");
  Project latin;
  latin.text =
      "def f(x):\n    return 'f\xFC"
      "r'\n";
  Replies unasked({clamp("return 1")});
  CHECK(latin.change(unasked).message().find("no text in UTF-8") != std::string::npos);
  CHECK(unasked.conversations.empty());
  Replies cut({clamp("return 1")});
  cut.reason = chat::Reply::Reason::limit;
  CHECK(project.change(cut).message() == "the model's answer was cut off before its end");
}
