// A formula before the cursor, and its answer as a completion: "# 17 * 23 =" gives " 391".
//
// What runs is lemma's own program over the tree of the formula, in the sandbox: nothing that the
// folder holds. Thread-safe; answer() blocks its worker.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "lsp/server/model.h"
#include "sandbox/runner/run.h"

namespace lsp {

class Formulas {
 public:
  // Nothing where no formula asks for an answer. One without a text says in its provenance why
  // there is none, and no model should guess at it then.
  std::optional<server::Answer> answer(const server::Question& question, std::stop_token stop);

  // Gives the interpreters' memory back; the next formula makes new ones.
  void free();

 private:
  std::shared_ptr<sandbox::runner::Runner> runner();

  std::mutex mutex_;
  std::shared_ptr<sandbox::runner::Runner> runner_;  // made for the first formula
};

}  // namespace lsp
