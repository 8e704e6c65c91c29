// Problems in words with a scripted model: replies as models write them, recorded by hand, wrong
// ones among them. What is wrong must never be called checked.
#include "lsp/features/words/words.h"

#include "tests/support/catch.h"

namespace {

using namespace lsp::features::words;
using namespace lsp::features::chat;
using lsp::features::solve::Checked;
using lsp::features::solve::Solution;

const std::string farm =
    "On a farm there are chickens and rabbits, together 35 heads and 94 legs. How many chickens?";

// A test double: it says its replies one after the other, the last one again and again.
class Scripted : public Model {
 public:
  explicit Scripted(std::vector<std::string> replies) : replies_(std::move(replies)) {}
  std::string name() const override { return "scripted"; }
  Ability ability() const override { return Ability::reason; }
  Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token) override {
    if (!error.empty()) return engine::base::Error{error};
    problem = messages.back().text;
    max_tokens = sampling.max_tokens;
    Reply reply;
    reply.text = replies_[std::min(asked++, replies_.size() - 1)];
    for (int i = 0; i < thoughts; ++i) {
      if (on_piece({PieceKind::thought, std::string(400, '.')})) continue;
      reply.text.clear();
      reply.reason = Reply::Reason::stopped;
      return reply;
    }
    on_piece({PieceKind::text, reply.text});
    reply.reason = reason;
    return reply;
  }
  size_t asked = 0;
  int thoughts = 1;
  int max_tokens = 0;
  std::string problem;
  std::string error;
  Reply::Reason reason = Reply::Reason::finished;

 private:
  const std::vector<std::string> replies_;
};

std::string in_fence(const std::string& code) {
  return "Here is the program.\n\n```python\n" + code + "```\nIt tries every number.";
}

const std::string right = in_fence(
    "def solve():\n"
    "    for chickens in range(36):\n"
    "        if 2 * chickens + 4 * (35 - chickens) == 94:\n"
    "            return chickens\n\n"
    "def check(answer):\n"
    "    return 0 <= answer <= 35 and 2 * answer + 4 * (35 - answer) == 94\n");
const std::string right_with_sympy = in_fence(
    "from sympy import symbols, solve as roots\n"
    "def solve():\n"
    "    c, r = symbols('c r')\n"
    "    return roots([c + r - 35, 2*c + 4*r - 94], [c, r])[c]\n"
    "def check(answer):\n"
    "    rabbits = 35 - answer\n"
    "    return rabbits >= 0 and answer * 2 + rabbits * 4 == 94\n");
// Counts the rabbits; what it calls a check computes the same once more.
const std::string wrong = in_fence(
    "def solve():\n    return 94 // 2 - 35\n"
    "def check(answer):\n    return abs(answer - (94 // 2 - 35)) < 1e-9\n");
const std::string wrong_and_sure =
    in_fence("def solve():\n    return 12\ndef check(answer):\n    return answer == 12\n");
const std::string wrong_and_lenient =
    in_fence("def solve():\n    return 12\ndef check(answer):\n    return 35 + 94 > 0\n");
const std::string calls_itself =
    in_fence("def solve():\n    return 12\ndef check(answer):\n    return answer == solve()\n");

struct Outcome {
  Solution solution;
  std::string error;
  size_t asked;
};

Outcome solve(Scripted& model, const std::string& problem = farm, WordsOptions options = {}) {
  sandbox::runner::Runner sandbox({.ready = 0});
  auto found = solve_in_words(problem, model, sandbox, options);
  if (!found) return {{}, found.message(), model.asked};
  return {std::move(*found), "", model.asked};
}

void check_words(const std::vector<std::string>& replies, const std::string& answer,
                 Checked checked, const std::string& how) {
  Scripted model(replies);
  const Outcome outcome = solve(model);
  INFO(outcome.error);
  INFO(outcome.solution.how);
  CHECK(outcome.solution.answer == answer);
  CHECK(outcome.solution.checked == checked);
  CHECK(outcome.solution.how.find(how) != std::string::npos);
}

}  // namespace

TEST_CASE("two samples that agree, and conditions that hold for nothing else, check an answer") {
  Scripted model({right, right_with_sympy});
  const Outcome outcome = solve(model);
  INFO(outcome.error);
  INFO(outcome.solution.how);
  CHECK(outcome.solution.answer == "23");
  CHECK(outcome.solution.checked == Checked::yes);
  CHECK(outcome.solution.how.find("as 2 samples wrote them") != std::string::npos);
  CHECK(outcome.solution.how.find("2 of 2 programs") != std::string::npos);
  CHECK(outcome.solution.program.find("range(36)") != std::string::npos);
  CHECK(outcome.asked == 2);  // a third would say nothing new
  CHECK(model.problem == farm);
}

TEST_CASE("the answer of the many counts, and a wrong sample does not keep it from being checked") {
  check_words({wrong_and_sure, right, right_with_sympy}, "23", Checked::yes, "2 of 3 programs");
  check_words({right, wrong_and_lenient, right_with_sympy}, "23", Checked::yes, "2 of 3 programs");
}

TEST_CASE("wrong answers are not called checked, however sure the model is of them") {
  check_words({wrong_and_sure}, "12", Checked::no, "3 of 3 programs");
  check_words({wrong}, "12", Checked::no, "only compare it with a result of their own");
  check_words({wrong_and_lenient}, "12", Checked::no, "hold for");
  check_words({calls_itself}, "12", Checked::no, "could not be tried");
  check_words({wrong_and_sure, wrong_and_lenient, calls_itself}, "12", Checked::no, "");
  // The majority is wrong, and one sample knows it.
  check_words({wrong_and_sure, wrong_and_sure, right}, "12", Checked::no,
              "the conditions that one sample wrote refuse it");
}

TEST_CASE("one set of conditions alone is not more than partly") {
  check_words({right, "I do not know.", "Nor now."}, "23", Checked::partly, "as 1 sample wrote");
  check_words({right, wrong_and_sure, "Nor now."}, "23", Checked::partly, "1 of 3 programs");
}

TEST_CASE("conditions that leave something open say what else would do") {
  Scripted model(
      {in_fence("def solve():\n    return 24\n"
                "def check(answer):\n    return answer % 4 == 0 and answer > 20\n")});
  const Outcome outcome = solve(model, "Name a multiple of 4 that is greater than 20, please.");
  CHECK(outcome.solution.answer == "24");
  CHECK(outcome.solution.checked == Checked::no);
  CHECK(outcome.solution.how.find("hold for 48 as well") != std::string::npos);
}

TEST_CASE("answers are told apart by their value, not by how they are kept") {
  Scripted model({in_fence("def solve():\n    return 0.5\n"
                           "def check(answer):\n    return answer * 14 == 7\n"),
                  in_fence("from fractions import Fraction\n"
                           "def solve():\n    return Fraction(7, 14)\n"
                           "def check(answer):\n    return 7 / answer == 14\n")});
  const Outcome outcome = solve(model, "Which number times 14 gives exactly 7?");
  CHECK(outcome.solution.answer == "0.5");
  CHECK(outcome.solution.checked == Checked::yes);
}

TEST_CASE("what has no answer says why") {
  const auto check_error = [](const std::string& reply, const std::string& expected) {
    Scripted model({reply});
    const Outcome outcome = solve(model, farm, {.deadline_ms = 2000});
    INFO(outcome.error);
    CHECK(outcome.error.starts_with("scripted gave no answer in 3 attempts"));
    CHECK(outcome.error.find(expected) != std::string::npos);
  };
  check_error("I cannot do that.", "it wrote no program");
  check_error(in_fence("x = 1\n"), "there is no function solve()");
  check_error(in_fence("def solve(:\n"), "SyntaxError");
  check_error(in_fence("def solve():\n    while True: pass\n"), "it ran longer than 2 s");
  check_error(in_fence("import os\nos._exit(0)\n"), "passed");
  check_error(in_fence("def solve():\n    return open('/etc/shadow').read()\n"), "Error");
}

TEST_CASE("a program that fakes a result's line is not believed") {
  Scripted model(
      {in_fence("print('\\nlemma-00 {\"shown\": \"7\", \"key\": \"7\"}')\n"
                "import sys\nsys.__stdout__.write('\\nlemma-1 {}\\n')\n"
                "def solve():\n    return 23\n"
                "def check(answer):\n    return 2*answer + 4*(35-answer) == 94\n")});
  CHECK(solve(model).solution.answer == "23");
}

TEST_CASE("thinking has a budget, and so has a reply") {
  Scripted model({right});
  model.thoughts = 100;  // of 100 tokens each
  const Outcome outcome = solve(model, farm, {.thinking_tokens = 1000});
  CHECK(outcome.error.find("it thought for more than 1000 tokens") != std::string::npos);
  CHECK(model.max_tokens == 1000 + 4096);
  Scripted cut({right});
  cut.reason = Reply::Reason::limit;
  CHECK(solve(cut).error.find("its reply was cut off") != std::string::npos);
}

TEST_CASE("samples vote while there is time") {
  Scripted model({right, right_with_sympy});
  const Outcome outcome = solve(model, farm, {.voting_ms = 0});
  CHECK(outcome.asked == 1);
  CHECK(outcome.solution.answer == "23");
  CHECK(outcome.solution.checked == Checked::partly);  // nobody else has said so
}

TEST_CASE("a model that cannot be asked, and a stop, end it at once") {
  Scripted gone({right});
  gone.error = "https://a/v1 cannot be reached";
  CHECK(solve(gone).error == "https://a/v1 cannot be reached");
  Scripted model({right});
  std::stop_source source;
  WordsOptions options{.stop = source.get_token()};
  options.on_piece = [&](int, const Piece&) { source.request_stop(); };
  CHECK(solve(model, farm, options).error == "stopped");
  CHECK(model.asked == 1);
}

TEST_CASE("a problem in words is several of them, and no formula") {
  CHECK(is_problem(farm));
  CHECK(is_problem("鸡和兔子在一个笼子里,共有35个头和94只脚,有多少只鸡?"));
  for (const char* text : {"integrate x^2 from 0 to 1", "solve x^2 = 2 over the reals", "x + y",
                           "18 is what percent of 72", "the sum", "",
                           "\\begin{cases} x^2 & x > 0 \\\\ -x & x \\le 0 \\end{cases}"}) {
    INFO(text);
    CHECK_FALSE(is_problem(text));
  }
}
