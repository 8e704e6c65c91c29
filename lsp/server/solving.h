// Formulas as an editor has them: lenses and code actions where some stand, a command that puts the
// worked steps below, and one that gives them away one by one. One formula is worked out at a time.
// Belongs to the loop's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/feature.h"
#include "lsp/server/solver.h"

namespace lsp::server {

class Solving : public Feature {
 public:
  // `solver` may be null: then nothing is offered.
  Solving(std::shared_ptr<Solver> solver, Host host)
      : solver_(std::move(solver)), host_(std::move(host)) {}

  std::vector<std::string> commands() const override;
  // About the span of the command, else the whole document if it holds one formula alone.
  base::Status execute(const wire::ExecuteCommandParams& params, const std::string& uri) override;
  void changed(const std::string& uri) override;
  void cancel(const std::string& token) override;
  void stop() override { work_.reset(); }
  std::vector<wire::CodeAction> actions(const wire::SpanParams& params) override;
  std::vector<wire::CodeLens> lenses(const std::string& uri) override;

 private:
  enum class Wanted { edit, hint };
  struct Work {
    std::string token;  // of its progress
    Snapshot document;
    Formula formula;
    Wanted wanted;
    StopAtEnd stopped;
  };
  // The steps of the formula that hints were asked for last.
  struct Hinted {
    std::string uri;
    std::string formula;
    std::vector<std::string> steps;
    size_t shown;
  };
  std::optional<Formula> formula_of(const text::Document& document, const wire::Span& span) const;
  std::string titled(const text::Sentence& what, const std::string& formula) const;
  void end_work(const std::string& how);
  void worked_out(const std::string& token, base::Result<Worked> result);
  void insert(const text::Document& document, const std::vector<Worked::Edit>& edits);
  void show_next_hint();

  std::shared_ptr<Solver> solver_;
  Host host_;
  std::unique_ptr<Work> work_;
  std::optional<Hinted> hinted_;
  int64_t works_ = 0;
};

}  // namespace lsp::server
