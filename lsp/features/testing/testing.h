// "Write tests for this": a file of tests from what a function's docstring, or in JavaScript the
// comment before it, says of it.
//
// Each example becomes a test. A call without a result is a value that the user gives: what comes
// of it now is taken for right, and the test says so. A test is kept where it passes, and where at
// least one small change of the function (lsp/features/debug/edits.h) makes it fail: one that no
// change disturbs says nothing. A model may propose further examples, at boundaries and of
// properties: one whose value the code contradicts is said, and no test. Blocks; nothing outside of
// the sandbox runs, and no file is written.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/chat/model.h"
#include "lsp/features/debug/subject.h"
#include "lsp/syntax/tree.h"

namespace lsp::features::testing {

struct Target {
  std::string function;
  syntax::Range definition;  // bytes
};

// optional: where a model can be asked for some.
enum class Examples { needed, optional };
// Functions of Python and JavaScript at the top of a file that have a body, and examples in their
// docstrings or in the comments before them.
std::vector<Target> targets_in(const syntax::Tree& tree, Examples examples);

struct Written {
  std::string file;  // absolute; nothing is there yet
  std::string text;
  // "3 tests pass; 14 of 20 small changes of f() make one fail", then what was left out, and why.
  std::string evidence;
};

struct Options {
  uint32_t changes_ms = 10'000;  // for all changes together
  chat::Model* model = nullptr;  // which sees the function's text, and nothing that ran
  std::stop_token stop = {};
};

// An error says why there are no tests: no example, none that passes, none that says anything.
engine::base::Result<Written> write_tests(const debug::Question& question, const Target& target,
                                          sandbox::runner::Runner& sandbox, const Options& options);

}  // namespace lsp::features::testing
