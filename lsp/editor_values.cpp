#include "lsp/editor_values.h"

#include <cstdlib>

#include "engine/base/format.h"
#include "lsp/features/values/values.h"
#include "lsp/text/uri.h"
#include "sandbox/policy/workspace.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace values = features::values;

class EditorEvaluator : public server::Evaluator {
 public:
  explicit EditorEvaluator(std::string python) : python_(std::move(python)) {}

  std::vector<size_t> places(const text::Document& document) const override {
    // By its name, as a run takes it.
    const auto language = syntax::language_of("", document.uri(), document.text());
    if (!language) return {};
    return values::asking_lines(document.text(), *language);
  }

  base::Result<server::Values> evaluate(const server::Snapshot& document,
                                        const std::vector<server::Snapshot>& others,
                                        std::stop_token stop) override {
    const std::string path = text::path_of(document->uri());
    const char* home = std::getenv("HOME");
    values::Question question{.file = path,
                              .tree = syntax::Tree::parse(document, nullptr),
                              .python = python_,
                              .stop = std::move(stop)};
    if (!question.tree) return base::fail(path, " cannot be parsed");
    question.workspace = sandbox::policy::workspace_of(path, home == nullptr ? "" : home);
    for (const server::Snapshot& other : others) {
      const std::string at = text::path_of(other->uri());
      const bool inside = question.workspace && at.starts_with(*question.workspace + "/");
      if (inside && other->uri().starts_with("file:")) {
        question.others.push_back({at, std::string(other->text())});
      }
    }
    sandbox::runner::Runner sandbox({.ready = 0});
    auto found = values::evaluate(question, sandbox);
    if (!found) return found.error();
    server::Values result{{}, std::move(found->problem)};
    for (auto& [line, text, times] : found->values) {
      result.values.push_back({line, std::move(text), times});
    }
    return result;
  }

 private:
  const std::string python_;
};

}  // namespace

std::shared_ptr<server::Evaluator> make_evaluator(std::string python) {
  return std::make_shared<EditorEvaluator>(std::move(python));
}

}  // namespace lsp
