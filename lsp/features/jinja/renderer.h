// Carries out a template's statements.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/jinja/operations.h"
#include "lsp/features/jinja/syntax.h"

namespace lsp::features::jinja {

// The first error is remembered; after one, values are undefined and statements do nothing.
class Renderer {
 public:
  Renderer(std::string_view source, const Dict& names);

  engine::base::Result<Text> render(const std::vector<Statement>& body);

 private:
  enum class Flow { on, leave, next };
  using Names = std::map<std::string, Value, std::less<>>;

  Flow run(const std::vector<Statement>& body, Text& out);
  Flow run(const Statement& statement, Text& out);
  Flow run_loop(const Statement& loop, Text& out);
  void assign(const Statement& statement);
  bool bind(const std::vector<std::string>& names, const Value& value, size_t offset);
  void write(const Value& value, size_t offset, Text& out);

  Value evaluate(const Expression& expression);
  Value evaluate_any(const Expression& expression);
  Value evaluate_parts(const Expression& expression);
  Value evaluate_binary(const Expression& expression);
  Value evaluate_call(const Expression& call);
  Value look_up(const std::string& name) const;
  Arguments arguments_of(const Expression& call, size_t first);
  Value call(const Callable& callable, const Arguments& arguments, size_t offset);
  Value call_macro(const Statement& macro, const Arguments& arguments);
  Value value_or_undefined(engine::base::Result<Value> result, size_t offset);

  bool may_go_on(size_t offset);
  void refuse(size_t offset, const std::string& why);
  bool ok() const { return error_.empty(); }

  const std::string_view source_;
  std::vector<Names> scopes_;  // the innermost last; the first are the whole template's
  std::string error_;
  size_t steps_ = 0;
  int depth_ = 0;
};

}  // namespace lsp::features::jinja
