// What the server asks of those who run programs for the values of expressions. The program puts
// lsp/features/values and the sandbox behind this (lsp/editor_values.h), tests what they want.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

struct Value {
  size_t line;  // from 0
  std::string text;
  size_t times;  // how often the line was reached; the text is of the last time
};

struct Values {
  std::vector<Value> values;
  std::string problem;  // how the program ended, where not well
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // The lines (from 0) that ask for the value of what stands before: "# =>". Cheap.
  virtual std::vector<size_t> places(const text::Document& document) const = 0;
  // Blocks, on a worker thread; runs the program in the sandbox alone. `others` are open too, and
  // newer than what is on the disk. An error says why it could not be run.
  virtual base::Result<Values> evaluate(const Snapshot& document,
                                        const std::vector<Snapshot>& others,
                                        std::stop_token stop) = 0;
};

}  // namespace lsp::server
