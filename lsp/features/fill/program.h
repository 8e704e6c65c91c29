// The program of ours that searches, in the sandbox (program/). Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/fill/fill.h"

namespace lsp::features::fill {

struct Task {
  enum class Mode {
    search,   // for the simplest expressions
    weigh,    // these bodies, the preferred ones first
    attempt,  // the program as it is: JavaScript, whose examples are nobody else's tests
  };
  Mode mode;
  const std::string& program;            // its text
  std::vector<std::string> bodies = {};  // without indentation
};

// What it says, as JSON. An error where nothing could be run, or nothing is known of the function.
engine::base::Result<std::string> ask_program(const debug::Subject& subject, const Hole& hole,
                                              sandbox::runner::Runner& sandbox,
                                              const Options& options, const Task& task);

}  // namespace lsp::features::fill
