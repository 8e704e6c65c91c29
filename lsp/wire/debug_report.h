// What `lemma debug --json` prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/wire/report.h"

namespace lsp::wire {

struct DebugReport {
  struct Failure {
    std::string verdict;
    std::string type;
    std::string message;
    std::vector<RunReport::Frame> frames;  // the outermost first
    std::vector<std::string> tests;        // that are red
    bool reproduced = false;
  };
  struct Hint {
    std::string step;
    std::string text;
    int line;                // from 1; 0: none
    bool generated = false;  // by a model
  };
  enum class Verified { no, yes, no_crash };
  struct Fix {
    std::string diff;
    std::string what;
    Verified verified = Verified::no;  // true, false or "no-crash"
    std::string evidence;
    double ms = 0;
    bool generated = false;  // by a model
  };
  std::optional<Failure> failure;  // null where there is none
  std::vector<Hint> hints;
  std::vector<Fix> fixes;
  std::string note;
  std::string model_note;  // left out where it is empty
  std::string applied;     // the file that was changed, if any
  double ms = 0;
};

std::string to_json(const DebugReport& report);

}  // namespace lsp::wire
