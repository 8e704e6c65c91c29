// Python: doctests become methods of a unittest.TestCase.
#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/features/debug/trial.h"
#include "lsp/features/testing/form.h"
#include "lsp/features/testing/proposals.h"

namespace lsp::features::testing {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Result;

class PythonForm : public Form {
 public:
  using Form::Form;

  std::vector<std::string> files() const override {
    return {concat("test_", module(), ".py"),
            concat("test_", module(), "_", about_.target.function, ".py")};
  }

  Result<Cases> from_examples() const override {
    if (!can_be_imported()) {
      return fail("'", about_.question.file,
                  "' cannot be imported, since its name is none that Python can write");
    }
    const auto all = sandbox::languages::find_doctests(about_.question.text, module());
    const std::string name = concat("doctest ", module(), ".", about_.target.function);
    const auto own = std::find_if(all.tests.begin(), all.tests.end(),
                                  [&](const auto& each) { return each.name == name; });
    if (own == all.tests.end()) {
      return fail(about_.target.function,
                  "() has no examples: write some into its docstring, as >>> ",
                  about_.target.function, "(…); one without a result takes what it gives now");
    }
    return from_doctest(*own, about_.question.text, Origin::docstring);
  }

  Result<Cases> from_model(chat::Model& model) const override {
    if (!can_be_imported()) return fail("nothing could be tested");
    const auto proposals = propose(definition(), about_.target.function, model, about_.stop);
    if (!proposals) return proposals.error();
    const std::string text = with_proposals(about_.question.text, *proposals);
    const auto all = sandbox::languages::find_doctests(text, module());
    const std::string name = concat("doctest ", module(), ".", proposals_function);
    const auto its = std::find_if(all.tests.begin(), all.tests.end(),
                                  [&](const auto& each) { return each.name == name; });
    if (its == all.tests.end()) return fail("its examples cannot be read");
    return from_doctest(*its, text, Origin::model);
  }

  std::string name_of(const Case&, size_t place) const override {
    return concat("test_", place + 1);
  }

  // Of the names that the cases use those that the program has.
  std::string text_of(const std::vector<Case>& cases) const override {
    std::set<std::string> known{about_.target.function};
    for (const syntax::Symbol& symbol : about_.tree.symbols()) {
      using syntax::SymbolKind;
      const bool in_class = symbol.kind == SymbolKind::method || symbol.kind == SymbolKind::field;
      if (!in_class) known.emplace(symbol.name);
    }
    for (const syntax::Import& import : about_.tree.imports()) {
      known.insert(import.names.begin(), import.names.end());
    }
    std::vector<std::string> names;
    for (const std::string& name : names_in(cases)) {
      if (known.contains(name)) names.push_back(name);
    }
    return file_of(imported_as(), about_.target.function, names, cases);
  }

 private:
  // `text` is the program with the doctest in it.
  Result<Cases> from_doctest(const sandbox::languages::Doctest& doctest, const std::string& text,
                             Origin origin) const {
    debug::Question question = about_.question;
    question.text = text;
    const debug::Subject subject{question, syntax::Language::python, debug::Proof::tests,
                                 about_.question.file, text};
    const debug::Version version{.text = text, .stop = about_.stop};
    const auto trial = debug::try_version(about_.sandbox, subject, version);
    if (!trial) return trial.error();
    Given given;
    for (const auto& output : trial->run.findings.outputs) {
      if (output.test == doctest.name) given.emplace(output.line, output);
    }
    return cases_of(doctest, given, origin);
  }

  // A package's module is imported by its name from the outermost package on.
  std::string imported_as() const {
    std::string name = module();
    std::error_code error;
    auto folder = std::filesystem::path(about_.question.file).parent_path();
    for (; std::filesystem::exists(folder / "__init__.py", error); folder = folder.parent_path()) {
      name = concat(folder.filename().string(), ".", name);
    }
    return name;
  }

  // Names without dots, digits in front and what is no letter; other alphabets are the user's.
  bool can_be_imported() const {
    const std::string name = imported_as();
    char before = '.';
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      const bool letter = std::isalpha(byte) != 0 || c == '_' || byte >= 0x80;
      const bool digit = std::isdigit(byte) != 0;
      if (before == '.' ? !letter : !letter && !digit && c != '.') return false;
      before = c;
    }
    return before != '.';
  }

  std::string module() const { return std::filesystem::path(about_.question.file).stem(); }
};

}  // namespace

std::unique_ptr<Form> python_form(const About& about) {
  return std::make_unique<PythonForm>(about);
}

}  // namespace lsp::features::testing
