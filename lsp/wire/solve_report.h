// What `lemma solve --json` prints.
#pragma once

#include <string>
#include <vector>

namespace lsp::wire {

struct SolveReport {
  enum class Checked { no, partly, yes };
  struct Step {
    std::string rule;
    std::string formula;
    bool checked;
  };
  std::string formula;  // of many: which one
  std::string refused;  // why there is no answer; the rest is then empty
  std::string answer;
  std::string latex;
  std::string decimal;  // empty: says no more than the answer
  Checked checked = Checked::no;
  std::string how;
  std::string error_bound;  // empty: the answer is exact
  std::string program;
  std::string read_as;
  std::vector<std::string> notes;
  std::vector<Step> steps;
  std::string no_steps;  // why there are none, where they were asked for
  double ms = 0;
};

std::string to_json(const SolveReport& report);
std::string steps_to_json(const SolveReport& report);  // and no answer
std::string to_json(const std::vector<SolveReport>& reports);

}  // namespace lsp::wire
