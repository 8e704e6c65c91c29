// How tests are made and written in a language. Internal to this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lsp/features/testing/cases.h"
#include "lsp/features/testing/testing.h"

namespace lsp::features::testing {

struct About {
  const debug::Question& question;
  const Target& target;
  const syntax::Tree& tree;
  sandbox::runner::Runner& sandbox;
  std::stop_token stop;
};

class Form {
 public:
  explicit Form(const About& about) : about_(about) {}
  virtual ~Form() = default;

  // The names that a file of tests may have, in order.
  virtual std::vector<std::string> files() const = 0;
  // From what the function's documentation says of it. Runs the program.
  virtual engine::base::Result<Cases> from_examples() const = 0;
  // From what a model says of the function. Runs the program.
  virtual engine::base::Result<Cases> from_model(chat::Model& model) const = 0;
  // What the case at that place is called.
  virtual std::string name_of(const Case& its, size_t place) const = 0;
  virtual std::string text_of(const std::vector<Case>& cases) const = 0;

 protected:
  // The function, as a model is shown it.
  std::string definition() const;
  const About about_;
};

std::unique_ptr<Form> python_form(const About& about);
std::unique_ptr<Form> javascript_form(const About& about);

}  // namespace lsp::features::testing
