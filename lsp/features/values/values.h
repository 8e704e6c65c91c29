// The values of expressions while a program runs: "total * 2  # =>" in Python, "// =>" in
// JavaScript and TypeScript. Each expression that a line asks for is wrapped where it stands, so
// that lines keep their numbers and the program does what it did; then it runs once, in the
// sandbox.
//
// Free functions; evaluate() blocks its worker.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/syntax/tree.h"
#include "sandbox/runner/run.h"

namespace lsp::features::values {

// Lines (from 0) that end in such a comment, by the text alone. Cheap; one within a string is
// among them.
std::vector<size_t> asking_lines(std::string_view text, syntax::Language language);

struct Question {
  std::string file;  // absolute
  std::shared_ptr<const syntax::Tree> tree;
  std::optional<std::string> workspace;  // seen by the run
  struct Buffer {
    std::string file;
    std::string text;
  };
  std::vector<Buffer> others;  // newer than what is on the disk
  std::string python;          // empty: as sandbox/languages finds one
  uint32_t deadline_ms = 5'000;
  std::stop_token stop = {};
};

struct Value {
  size_t line;
  std::string text;  // as the language shows it; of the last time
  size_t times;
};

struct Found {
  std::vector<Value> values;  // by line; none for a line that was not reached
  std::string problem;        // a sentence, where the program did not end well
};

// The text with the expressions wrapped: each prints `mark` and its line, its value, and `mark`.
std::string with_prints(const syntax::Tree& tree, std::string_view mark);

engine::base::Result<Found> evaluate(const Question& question, sandbox::runner::Runner& runner);

}  // namespace lsp::features::values
