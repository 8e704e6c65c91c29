#include "lsp/editor_tests.h"

#include "lsp/features/testing/testing.h"
#include "lsp/questions.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace testing = features::testing;

class EditorTester : public server::Tester {
 public:
  EditorTester(std::string python, std::shared_ptr<features::chat::Model> model)
      : python_(std::move(python)), model_(std::move(model)) {}

  std::vector<server::Testable> functions(const server::Snapshot& document) const override {
    std::vector<server::Testable> functions;
    // Most files have no examples, and need not be parsed for that to be known.
    const std::string_view text = document->text();
    const bool told = text.find(">>> ") != text.npos || text.find("// =>") != text.npos;
    if (!told && model_ == nullptr) return functions;
    const auto tree = code_tree(document);
    if (!tree) return functions;
    const auto examples =
        model_ == nullptr ? testing::Examples::needed : testing::Examples::optional;
    for (const testing::Target& target : testing::targets_in(*tree, examples)) {
      functions.push_back({target.function, target.definition});
    }
    return functions;
  }

  base::Result<server::NewTests> write(const server::Snapshot& document,
                                       const server::Testable& function,
                                       std::stop_token stop) override {
    const auto question =
        question_of(text::path_of(document->uri()), std::string(document->text()), python_);
    sandbox::runner::Runner sandbox({.ready = 0});
    const auto model = may_be_shown(question.file) ? model_.get() : nullptr;
    auto made = testing::write_tests(question, {function.function, function.definition}, sandbox,
                                     {.model = model, .stop = std::move(stop)});
    if (!made) return made.error();
    return server::NewTests{std::move(made->file), std::move(made->text),
                            std::move(made->evidence)};
  }

 private:
  const std::string python_;
  const std::shared_ptr<features::chat::Model> model_;
};

}  // namespace

std::shared_ptr<server::Tester> make_tester(std::string python,
                                            std::shared_ptr<features::chat::Model> model) {
  return std::make_shared<EditorTester>(std::move(python), std::move(model));
}

}  // namespace lsp
