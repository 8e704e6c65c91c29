// What C and C++ say of their names where these are declared: enough to leave out changes that no
// compiler would take. Nothing is known of other languages' names.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "lsp/syntax/nodes.h"

namespace lsp::features::debug {

class DeclaredTypes {
 public:
  enum class Kind { unknown, nothing, number, pointer, object, function };

  DeclaredTypes() = default;
  explicit DeclaredTypes(const syntax::Nodes& nodes);

  Kind kind_of(std::string_view name) const;
  // Whether one may stand where the other does, as far as is known.
  bool are_alike(const std::string& one, const std::string& other) const;
  // Of a function_definition's results; `nothing` for void and for constructors.
  static Kind result_of(const syntax::Nodes& nodes, size_t function);
  // Whether the program itself declares a member of that name.
  bool is_member(const std::string& name) const { return members_.contains(name); }

 private:
  struct Type {
    Kind kind;
    std::string text;
  };
  void declare(const syntax::Nodes& nodes, size_t declaration, size_t declarator);

  std::map<std::string, Type, std::less<>> types_;
  std::set<std::string> members_;
};

}  // namespace lsp::features::debug
