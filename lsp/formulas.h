// Formulas in documents, answered: as a completion before the cursor ("# 17 * 23 =" gives " 391"),
// and with the steps below by a command. A selection in words is a problem for a model, where one
// that can be spoken to is at hand.
//
// What runs is lemma's own program over the tree of the formula, or what that model wrote, in the
// sandbox: nothing that the folder holds. Thread-safe; answer() and work_out() block their worker.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/chat/model.h"
#include "lsp/server/model.h"
#include "lsp/server/solver.h"
#include "sandbox/runner/run.h"

namespace lsp {

class Formulas : public server::Solver {
 public:
  // `model` may be null: then problems in words are none.
  explicit Formulas(std::shared_ptr<features::chat::Model> model = nullptr, int thinking_tokens = 0)
      : model_(std::move(model)), thinking_tokens_(thinking_tokens) {}

  // Nothing where no formula asks for an answer. One without a text says in its provenance why
  // there is none, and no model should guess at it then.
  std::optional<server::Answer> answer(const server::Question& question, std::stop_token stop);

  std::vector<server::Formula> asked(const text::Document& document) const override;
  std::optional<server::Formula> formula_in(const text::Document& document,
                                            text::Range selection) const override;
  server::base::Result<server::Worked> work_out(const text::Document& document,
                                                const server::Formula& formula,
                                                const std::string& locale, const At& at,
                                                std::stop_token stop) override;

  // Gives the interpreters' memory back; the next formula makes new ones.
  void free();

 private:
  std::shared_ptr<sandbox::runner::Runner> runner();

  const std::shared_ptr<features::chat::Model> model_;
  const int thinking_tokens_;
  std::mutex mutex_;
  std::shared_ptr<sandbox::runner::Runner> runner_;  // made for the first formula
};

}  // namespace lsp
