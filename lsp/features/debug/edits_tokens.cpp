// Operators, constants and well-known names taken for one another.
#include <algorithm>
#include <charconv>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

// Tree-sitter has a token for each operator; `is not` and `not in` are two.
bool is_operator(const Edits& edits, size_t node) {
  const size_t parent = edits.nodes[node].parent;
  if (parent == no_node || edits.nodes[node].named) return false;
  const Role role = edits.role(parent);
  return role == Role::binary || role == Role::assignment || role == Role::loop ||
         edits.nodes[parent].kind == "update_expression";
}

// `x + 0`, `1 * x`, `x -= 0`. That the operation goes, or the statement, is an edit of its own, and
// the one that a person would write.
bool has_no_effect(std::string_view left, std::string_view sign, std::string_view right) {
  if (sign.ends_with("=")) sign.remove_suffix(1);
  const auto is_one_of = [&](std::initializer_list<std::string_view> signs) {
    return std::find(signs.begin(), signs.end(), sign) != signs.end();
  };
  return (right == "0" && is_one_of({"+", "-", "<<", ">>", "|", "^"})) ||
         (left == "0" && is_one_of({"+", "|", "^"})) ||
         (right == "1" && is_one_of({"*", "/", "//", "**"})) || (left == "1" && sign == "*");
}

// Where the token `node` is an operator or one of its operands.
void replace_token(Edits& edits, size_t node, const std::string& text, std::string_view what,
                   double prior) {
  const size_t parent = edits.nodes[node].parent;
  const Role around = edits.role(parent);
  if (around == Role::binary || around == Role::assignment) {
    std::string parts[3];
    const char* const fields[] = {"left", "operator", "right"};
    for (int i = 0; i < 3; ++i) {
      const size_t part = edits.nodes.child(parent, fields[i]);
      if (part != no_node) parts[i] = part == node ? text : edits.text(part);
    }
    if (has_no_effect(parts[0], parts[1], parts[2])) return;
  }
  edits.replace(node, text, what, prior);
}

// Whether a number is where the search for a largest or a smallest value begins, by its name.
bool is_extreme(const Edits& edits, size_t node) {
  size_t name = edits.nodes.child(edits.nodes[node].parent, "declarator");
  if (name == no_node) name = edits.nodes.child(edits.nodes[node].parent, "left");
  if (name == no_node) name = edits.nodes.child(edits.nodes[node].parent, "name");
  if (name == no_node) return false;
  const std::string_view text = edits.nodes.text(name);
  static constexpr std::string_view words[] = {"best", "max",   "min",    "most",  "least",
                                               "gest", "ghest", "lowest", "llest", "test"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// Whether a number is where a loop begins to count: `for (let i = 0; …)`.
bool counts(const Edits& edits, size_t node) {
  const size_t loop = edits.nodes.around(node, {"for_statement"});
  const size_t start = loop == no_node ? no_node : edits.nodes.child(loop, "initializer");
  return start != no_node && edits.nodes.is_within(node, start);
}

void add_numbers(Edits& edits, size_t node) {
  const std::string text = edits.text(node);
  long value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return;
  replace_token(edits, node, std::to_string(value + 1), "constant", value < 3 ? 0.8 : 0.6);
  if (value > 0) replace_token(edits, node, std::to_string(value - 1), "constant", 0.8);
  // In Python what is at one end may be meant to be at the other.
  const bool ends = edits.grammar.language == syntax::Language::python &&
                    edits.role(edits.nodes[node].parent) == Role::subscript;
  if (value == 0) replace_token(edits, node, "-1", "constant", ends ? 0.9 : 0.6);
  if (value > 0) replace_token(edits, node, "-" + text, "constant", 0.3);
  for (const long other : {0, 1, 2}) {
    if (other != value) replace_token(edits, node, std::to_string(other), "constant", 0.3);
  }
  // Two digits in the wrong order.
  for (size_t i = 0; text.size() > 2 && i + 1 < text.size(); ++i) {
    std::string swapped = text;
    std::swap(swapped[i], swapped[i + 1]);
    if (swapped[0] == '0') continue;  // in some languages it would be octal
    replace_token(edits, node, swapped, "constant", 0.3);
  }
  // A zero too few, or too many: per cent, milliseconds.
  if (value >= 10 && text.back() == '0') {
    replace_token(edits, node, text + "0", "constant", 0.3);
    if (value > 10) replace_token(edits, node, text.substr(0, text.size() - 1), "constant", 0.3);
  }
  const bool python = edits.grammar.language == syntax::Language::python;
  const bool script = is_script(edits.grammar.language);
  if (value != 0 || counts(edits, node)) return;
  for (const std::string& name : edits.parameters(edits.function_around(node))) {
    edits.replace(node, name + "[0]", "initial value", is_extreme(edits, node) ? 0.9 : 0.4);
  }
  if (python) {
    for (const char* other : {"float('inf')", "float('-inf')", "None", "[]", "''"}) {
      edits.replace(node, other, "initial value", 0.2);
    }
  } else if (script) {
    for (const char* other : {"Infinity", "-Infinity", "null", "''"}) {
      edits.replace(node, other, "initial value", 0.2);
    }
  }
}

void add_constants(Edits& edits, size_t node) {
  const std::string text = edits.text(node);
  static constexpr Replacement others[] = {
      {"True", "False", 0.8}, {"False", "True", 0.8}, {"true", "false", 0.8},
      {"false", "true", 0.8}, {"None", "0", 0.3},     {"None", "[]", 0.4},
      {"null", "0", 0.3},     {"null", "[]", 0.3},    {"''", "' '", 0.3},
      {"\"\"", "\" \"", 0.3}, {"[]", "{}", 0.2},      {"{}", "[]", 0.2},
      {"' '", "''", 0.3},     {"\" \"", "\"\"", 0.3}};
  for (const auto& [from, to, prior] : others) {
    if (text == from) edits.replace(node, std::string(to), "constant", prior);
  }
}

// `open(path, 'w')`, where what is there is to stay, or not.
void add_mode(Edits& edits, size_t node) {
  std::string mode = edits.text(node);
  const bool known = mode.size() == 3 && (mode[1] == 'w' || mode[1] == 'a');
  const size_t arguments = edits.nodes[node].parent;
  if (!known || arguments == no_node || edits.role(arguments) != Role::arguments) return;
  const size_t function = edits.nodes.child(edits.nodes[arguments].parent, "function");
  if (function == no_node || !edits.nodes.text(function).ends_with("open")) return;
  mode[1] = mode[1] == 'w' ? 'a' : 'w';
  edits.replace(node, mode, "constant", 0.6);
}

// `text.replace(/ /, '')`, where all were meant.
void add_flag(Edits& edits, size_t node) {
  if (edits.nodes[node].kind != "regex") return;
  const size_t call = edits.nodes[edits.nodes[node].parent].parent;
  const size_t function = call == no_node ? no_node : edits.nodes.child(call, "function");
  if (function == no_node || !edits.nodes.text(function).ends_with(".replace")) return;
  const std::string text = edits.text(node);
  const bool all = text.substr(text.rfind('/')).find('g') != std::string::npos;
  if (!all) edits.replace(node, text + "g", "wrong call", 0.9);
}

void add_word(Edits& edits, size_t node) {
  const std::string text = edits.text(node);
  for (const auto& [from, to, prior] : edits.grammar.words) {
    if (text == from) edits.replace(node, std::string(to), "wrong call", prior);
  }
}

}  // namespace

void add_token_edits(Edits& edits) {
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const auto& each = edits.nodes[node];
    if (is_operator(edits, node)) {
      for (const auto& [from, to, prior] : operators()) {
        const bool comment =
            edits.grammar.language != syntax::Language::python && to.starts_with("//");
        if (edits.text(node) != from || comment) continue;
        replace_token(edits, node, std::string(to), "operator", prior);
      }
      continue;
    }
    const Role role = edits.role(node);
    if (role == Role::number) add_numbers(edits, node);
    if (role == Role::constant || role == Role::string || role == Role::collection) {
      add_constants(edits, node);
    }
    const bool is_word = each.end == node + 1 && (each.named || each.field == "kind");
    if (is_word && role != Role::string) add_word(edits, node);
    add_flag(edits, node);
    if (role == Role::string) add_mode(edits, node);
    if (each.kind == ".") {
      const bool member = edits.role(each.parent) == Role::member;
      const bool nothing = edits.clues.message.find("undefined") != std::string::npos ||
                           edits.clues.message.find("null") != std::string::npos;
      const bool script = is_script(edits.grammar.language);
      if (member && script && each.kind == ".") {
        edits.replace(node, "?.", "missing value", nothing ? 0.9 : 0.2);
      }
    }
    if (each.kind == "declaration" && edits.grammar.language == syntax::Language::cpp) {
      const size_t declarator = edits.nodes.child(node, "declarator");
      const bool plain =
          declarator != no_node && (edits.nodes[declarator].kind == "identifier" ||
                                    edits.nodes[declarator].kind == "array_declarator");
      if (plain) edits.replace(declarator, edits.text(declarator) + " = {}", "initial value", 0.8);
    }
    // A parameter or a loop's variable that is a copy and should not be.
    const bool parameter = each.kind == "parameter_declaration" || each.kind == "for_range_loop";
    const size_t name = parameter ? edits.nodes.child(node, "declarator") : no_node;
    if (name != no_node && edits.nodes[name].kind == "identifier") {
      edits.replace(name, "&" + edits.text(name), "copy", 0.7);
    } else if (name != no_node && edits.nodes[name].kind == "reference_declarator") {
      edits.replace(name, edits.text(name).substr(1), "copy", 0.3);
    }
  }
}

}  // namespace lsp::features::debug
