// Where people would start debugging: a test, the examples of a docstring, the main program.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/syntax/language.h"
#include "sandbox/languages/records.h"

namespace lsp::features::debug {

struct Start {
  enum class Kind { test, examples, program };
  Kind kind;
  size_t line;       // from 0: a lens stands here
  size_t begin = 0;  // the lines [begin, end), from 0, are about it
  size_t end = 0;
  // As runs report it: "Mean.test_of_one", "suite > test", "doctest mean.mean". Empty: the program.
  std::string test = {};
};

// In order. Read line by line, since editors ask after each change: blocks are told by their
// indentation. `module` is the file's name without its ending.
std::vector<Start> starts_of(std::string_view text, syntax::Language language,
                             const std::string& module);

// The innermost one that the line, from 0, is about.
std::optional<Start> start_at(const std::vector<Start>& starts, size_t line);

// The name of a test as different runners report it: of "a/test_b.py::C::test_d" "C.test_d".
std::string plain_name(const std::string& reported);

// Whether a reported test is that of a start; of a test with parameters each one is.
bool is_of(const std::string& reported, const Start& start);

}  // namespace lsp::features::debug
