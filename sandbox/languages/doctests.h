// Python's doctests. What they type goes into the sandbox; what must come of it stays outside, and
// this process compares. https://docs.python.org/3/library/doctest.html says what matches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/languages/records.h"

namespace sandbox::languages {

struct Doctest {
  struct Example {
    int line = 0;  // from 1
    std::string source;
    std::string expected;              // every line with its end
    std::vector<std::string> options;  // "+ELLIPSIS"
  };
  std::string name;  // "doctest MODULE.CLASS.FUNCTION"
  std::vector<Example> examples;
};

struct Doctests {
  std::vector<Doctest> tests;
  std::string text;  // the file with empty lines in place of what is expected
};

// Those in the file's docstrings. Any bytes may come.
Doctests find_doctests(std::string_view text, const std::string& module);

// What the interpreter printed, and the last line that it says about an exception; both empty where
// there was none.
bool matches(const Doctest::Example& example, const std::string& output,
             const std::string& exception);

// Adds the tests and their outcomes to the findings, and takes away the failures that were
// expected. Returns what to tell people about the others.
std::string judge(const std::vector<Doctest>& tests, const std::string& file, Findings& findings);

}  // namespace sandbox::languages
