// What the server asks of those who answer formulas. The program puts lsp/features/solve and the
// sandbox behind this (lsp/formulas.h), tests what they want.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

// A formula that stands in a document, or a problem in words that is selected there.
struct Formula {
  std::string text;
  text::Range range;  // bytes: where its answer belongs is decided by it, too
  bool in_words = false;
};

struct Worked {
  struct Edit {
    text::Range range;  // bytes
    std::string text;
  };
  std::vector<Edit> edits;         // that put the answer and the way to it into the document
  std::vector<std::string> steps;  // the way, a line each; the last one says the answer
  std::string no_steps;            // why there are none
};

class Solver {
 public:
  virtual ~Solver() = default;

  // Those that ask for an answer where they stand: behind them an equals sign, or something to work
  // out between dollars.
  virtual std::vector<Formula> asked(const text::Document& document) const = 0;
  // The one that is selected, or the one around an empty selection.
  virtual std::optional<Formula> formula_in(const text::Document& document,
                                            text::Range selection) const = 0;
  // Blocks, on a worker thread; runs lemma's own program, or one that a model wrote for a problem
  // in words, in the sandbox alone. `at` says meanwhile what it is at. An error says why there is
  // no answer.
  using At = std::function<void(const std::string&)>;
  virtual base::Result<Worked> work_out(const text::Document& document, const Formula& formula,
                                        const std::string& locale, const At& at,
                                        std::stop_token stop) = 0;
};

}  // namespace lsp::server
