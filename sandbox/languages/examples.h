// Examples of what a program must print: the input goes into the sandbox, the expected output stays
// outside, and this process compares. A program cannot pass by reading the answers.
#pragma once

#include <string>
#include <vector>

#include "sandbox/languages/language.h"

namespace sandbox::languages {

struct Example {
  std::string input;
  std::string expected;
};

struct Answer {
  Run run;  // `passed` only where it ended well and printed what was expected
  // Whether the output is the expected one, but for space at the ends of lines and of the text.
  bool matches = false;
};

// One sandbox for each example, in order; stops after none of them.
engine::base::Result<std::vector<Answer>> run_examples(runner::Runner& runner, Program program,
                                                       const std::vector<Example>& examples);

}  // namespace sandbox::languages
