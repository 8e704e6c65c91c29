#include "lsp/features/debug/types_cpp.h"

#include <algorithm>

namespace lsp::features::debug {
namespace {

using syntax::no_node;
using syntax::Nodes;
using Kind = DeclaredTypes::Kind;

constexpr std::string_view number_types[] = {
    "int",     "char",     "bool",      "short",    "long",     "unsigned", "signed",  "float",
    "double",  "size_t",   "ptrdiff_t", "ssize_t",  "int8_t",   "int16_t",  "int32_t", "int64_t",
    "uint8_t", "uint16_t", "uint32_t",  "uint64_t", "intptr_t", "uintptr_t"};

std::string_view without_std(std::string_view type) {
  return type.starts_with("std::") ? type.substr(5) : type;
}

Kind kind_of_type(const Nodes& nodes, size_t type) {
  const std::string_view kind = nodes[type].kind, text = without_std(nodes.text(type));
  if (text == "void") return Kind::nothing;
  if (kind == "sized_type_specifier") return Kind::number;
  if (std::find(std::begin(number_types), std::end(number_types), text) != std::end(number_types)) {
    return Kind::number;
  }
  const bool object = kind == "template_type" || text == "string" || text == "string_view" ||
                      (kind == "qualified_identifier" && text.ends_with(">"));
  return object ? Kind::object : Kind::unknown;
}

}  // namespace

DeclaredTypes::DeclaredTypes(const Nodes& nodes) {
  for (size_t node = 1; node < nodes.size(); ++node) {
    const std::string_view kind = nodes[node].kind;
    const bool declares = kind == "parameter_declaration" || kind == "declaration" ||
                          kind == "field_declaration" || kind == "for_range_loop" ||
                          kind == "optional_parameter_declaration" || kind == "function_definition";
    if (!declares) continue;
    for (const size_t child : nodes.children(node)) {
      if (nodes[child].field == "declarator") declare(nodes, node, child);
    }
  }
}

void DeclaredTypes::declare(const Nodes& nodes, size_t declaration, size_t declarator) {
  const size_t type = nodes.child(declaration, "type");
  Kind kind = type == no_node ? Kind::unknown : kind_of_type(nodes, type);
  // From the outside inwards: what is nearest to the name says what it is.
  size_t name = no_node;
  for (size_t node = declarator; node < nodes[declarator].end; ++node) {
    const std::string_view part = nodes[node].kind;
    if (part == "pointer_declarator") kind = Kind::pointer;
    if (part == "array_declarator") kind = Kind::object;
    if (part == "function_declarator") kind = Kind::function;
    if (part == "identifier" || part == "field_identifier") {
      name = node;
      break;
    }
    // Initializers and parameters hold names that are not declared here.
    if (part == "parameter_list" || part == "argument_list" || part == "initializer_list") return;
  }
  if (name == no_node) return;
  if (nodes[name].kind == "field_identifier") members_.emplace(nodes.text(name));
  const Type found{kind, type == no_node ? "" : std::string(nodes.text(type))};
  const auto [at, is_new] = types_.emplace(nodes.text(name), found);
  if (!is_new && (at->second.kind != kind || at->second.text != found.text)) {
    const bool both_numbers = at->second.kind == Kind::number && kind == Kind::number;
    if (!both_numbers) at->second.kind = Kind::unknown;
  }
}

Kind DeclaredTypes::kind_of(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? Kind::unknown : found->second.kind;
}

bool DeclaredTypes::are_alike(const std::string& one, const std::string& other) const {
  const auto first = types_.find(one), second = types_.find(other);
  if (first == types_.end() || second == types_.end()) return true;
  const Kind kind = first->second.kind, its = second->second.kind;
  if (kind == Kind::unknown || its == Kind::unknown) return true;
  return kind == its && (kind == Kind::number || kind == Kind::function ||
                         first->second.text == second->second.text);
}

Kind DeclaredTypes::result_of(const Nodes& nodes, size_t function) {
  const size_t type = nodes.child(function, "type");
  const size_t declarator = nodes.child(function, "declarator");
  if (type == no_node) return Kind::nothing;  // a constructor
  const bool pointer = declarator != no_node && nodes[declarator].kind == "pointer_declarator";
  return pointer ? Kind::pointer : kind_of_type(nodes, type);
}

}  // namespace lsp::features::debug
