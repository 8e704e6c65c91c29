// What a condition leaves out: that an index is within, that something is there; another one of
// the program's own comparisons; a case that only the comments name.
#include <algorithm>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;
using Kind = DeclaredTypes::Kind;

constexpr size_t max_comparisons = 6, max_constants = 8;

bool is_comparison(std::string_view sign) {
  return sign == "<" || sign == "<=" || sign == ">" || sign == ">=" || sign == "==" || sign == "!=";
}

std::string_view sign_of(const Edits& edits, size_t node) {
  const size_t sign = edits.nodes.child(node, "operator");
  return edits.role(node) != Role::binary || sign == no_node ? "" : edits.nodes.text(sign);
}

// What must hold for the parts of an expression to be read at all.
std::set<std::string> needs_of(const Edits& edits, size_t within) {
  std::set<std::string> needs;
  for (size_t node = within; node < edits.nodes[within].end; ++node) {
    const Role role = edits.role(node);
    if (role == Role::subscript) {
      const size_t object = edits.nodes.child(node, "argument");
      const size_t indices = edits.nodes.child(node, "indices");
      const auto index = indices == no_node ? std::vector<size_t>() : edits.nodes.children(indices);
      if (object == no_node || index.size() != 1) continue;
      const std::string i = edits.text(index[0]), size = edits.text(object) + ".size()";
      needs.insert(i + " < " + size);
      needs.insert(i + " >= 0");
      needs.insert(i + " > 0");
    } else if (role == Role::member) {
      const size_t object = edits.nodes.child(node, "argument");
      const size_t field = edits.nodes.child(node, "field");
      if (object == no_node || field == no_node) continue;
      const std::string name = edits.text(field), its = edits.text(object);
      const bool arrow = edits.nodes.text(node).substr(its.size(), 2) == "->";
      if (arrow && its != "this") needs.insert(its);
      if (name == "front" || name == "back" || name == "top" || name == "pop" ||
          name == "pop_back" || name == "pop_front") {
        needs.insert("!" + its + ".empty()");
      }
    } else if (edits.nodes[node].kind == "pointer_expression") {
      const auto operand = edits.nodes.children(node);
      if (operand.size() == 1 && edits.nodes.text(node).starts_with("*")) {
        needs.insert(edits.text(operand[0]));
      }
    } else if (sign_of(edits, node) == "/" || sign_of(edits, node) == "%") {
      const size_t right = edits.nodes.child(node, "right");
      if (edits.role(right) == Role::identifier) needs.insert(edits.text(right) + " != 0");
    }
  }
  return needs;
}

// In what a condition asks, and before a statement that needs it.
void add_needs(Edits& edits, size_t node) {
  const size_t condition = edits.nodes.child(node, "condition");
  if (condition == no_node) return;
  const auto inner = edits.nodes.children(condition);
  const size_t asked =
      edits.role(condition) == Role::group && inner.size() == 1 ? inner[0] : condition;
  const bool either = sign_of(edits, asked) == "||";
  const std::string text = either ? "(" + edits.text(asked) + ")" : edits.text(asked);
  for (const std::string& need : needs_of(edits, node)) {
    edits.replace(asked, need + " && " + text, "missing condition", 0.5);
  }
}

void add_guarded(Edits& edits, size_t statement) {
  for (const std::string& need : needs_of(edits, statement)) {
    const size_t begin = edits.nodes[statement].range.begin;
    edits.add({{begin, begin}, "if (" + need + ") ", "missing condition", 0.4});
  }
}

// Comparisons of the same function, in what another one asks.
void add_own(Edits& edits, size_t function) {
  std::vector<size_t> comparisons;
  std::set<std::string> seen;
  for (size_t node = function; node < edits.nodes[function].end; ++node) {
    if (is_comparison(sign_of(edits, node)) && seen.insert(edits.text(node)).second) {
      comparisons.push_back(node);
    }
  }
  if (comparisons.size() > max_comparisons) return;
  for (const size_t node : comparisons) {
    for (const size_t other : comparisons) {
      if (node == other) continue;
      for (const char* sign : {" && ", " || "}) {
        edits.replace(node, "(" + edits.text(node) + sign + edits.text(other) + ")",
                      "missing condition", 0.2);
      }
    }
  }
}

// Numbers that comments name and no code does.
std::set<std::string> commented_constants(const Edits& edits) {
  std::set<std::string> code, found;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) == Role::number) code.insert(edits.text(node));
  }
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.nodes[node].kind != "comment") continue;
    const std::string_view text = edits.nodes.text(node);
    for (size_t at = 0; at < text.size();) {
      size_t end = at;
      while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
      const bool word = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
      if (end > at && !word) found.emplace(text.substr(at, end - at));
      at = std::max(end, at + 1);
    }
  }
  std::erase_if(found, [&](const std::string& each) { return code.contains(each); });
  return found;
}

// `year % 100 != 0` where a comment speaks of 400 as well.
void add_commented(Edits& edits) {
  const auto constants = commented_constants(edits);
  if (constants.empty() || constants.size() > max_constants) return;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) == Role::number && edits.is_value(node)) {
      for (const std::string& constant : constants) {
        edits.replace(node, constant, "constant", 0.5);
      }
    }
    const std::string_view sign = sign_of(edits, node);
    if (!is_comparison(sign)) continue;
    const std::string opposite = sign == "==" ? "!=" : sign == "!=" ? "==" : std::string(sign);
    const size_t at = edits.nodes[edits.nodes.child(node, "operator")].range.begin;
    for (size_t number = node; number < edits.nodes[node].end; ++number) {
      if (edits.role(number) != Role::number || edits.text(number) == "0") continue;
      for (const std::string& constant : constants) {
        for (const bool turned : {true, false}) {
          std::string other = edits.text(node);
          const size_t begin = edits.nodes[node].range.begin;
          const auto range = edits.nodes[number].range;
          std::vector<std::pair<size_t, std::pair<size_t, std::string>>> places{
              {range.begin - begin, {range.end - range.begin, constant}}};
          if (turned) places.push_back({at - begin, {sign.size(), opposite}});
          std::sort(places.rbegin(), places.rend());
          for (const auto& [from, what] : places) other.replace(from, what.first, what.second);
          edits.replace(node, "(" + edits.text(node) + (turned ? " || " : " && ") + other + ")",
                        "missing condition", 0.4);
        }
      }
    }
  }
}

}  // namespace

void add_condition_edits(Edits& edits) {
  if (!edits.is_c_like()) return;
  add_commented(edits);
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    if (role == Role::condition || role == Role::loop) add_needs(edits, node);
    if (role == Role::expression_statement && edits.is_statement(node)) add_guarded(edits, node);
    if (role == Role::function) add_own(edits, node);
  }
}

}  // namespace lsp::features::debug
