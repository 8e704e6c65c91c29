#include "sandbox/languages/examples.h"

#include <sstream>

namespace sandbox::languages {
namespace {

std::string without_trailing_space(const std::string& text) {
  constexpr const char* space = " \t\r\n";
  std::istringstream lines(text);
  std::string plain;
  for (std::string line; std::getline(lines, line);) {
    plain += line.substr(0, line.find_last_not_of(space) + 1) + "\n";
  }
  return plain.substr(0, plain.find_last_not_of(space) + 1);
}

}  // namespace

engine::base::Result<std::vector<Answer>> run_examples(runner::Runner& runner, Program program,
                                                       const std::vector<Example>& examples) {
  std::vector<Answer> answers;
  for (const auto& [input, expected] : examples) {
    program.input = input;
    const auto prepared = prepare(program);
    if (!prepared) return prepared.error();
    Answer answer{.run = run(runner, *prepared)};
    runner::Outcome& outcome = answer.run.outcome;
    answer.matches =
        outcome.output.dropped() == 0 &&
        without_trailing_space(outcome.output.text()) == without_trailing_space(expected);
    if (outcome.verdict == runner::Verdict::passed && !answer.matches) {
      outcome.verdict = runner::Verdict::failed;
      outcome.reason = "it printed something else than expected";
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace sandbox::languages
