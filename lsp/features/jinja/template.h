// Chat templates, as models' files bring them: Jinja2's language with the settings and functions
// that Hugging Face's transformers renders them with (`apply_chat_template`).
//
// Known are expressions, if, for, set, macro, break and continue, the filters, tests and methods of
// operations.h, and namespace(), range(), dict(), raise_exception() and strftime_now(). Whatever
// else a template asks for is an error that names it and its line, once the template comes to it:
// half of a template may be about tools, which are never given here. A template comes with a file
// from elsewhere; it reads nothing but what it is given, and ends: steps, nesting and sizes are
// bounded.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/jinja/syntax.h"
#include "lsp/features/jinja/value.h"

namespace lsp::features::jinja {

// Immutable once it is parsed.
class Template {
 public:
  static engine::base::Result<Template> parse(std::string source);

  // With these names. An error is also what the template itself refuses.
  engine::base::Result<Text> render(const Dict& names) const;

 private:
  Template(std::string source, std::vector<Statement> body)
      : source_(std::move(source)), body_(std::move(body)) {}

  std::string source_;
  std::vector<Statement> body_;
};

}  // namespace lsp::features::jinja
