// Values: one more or less, half of an operation, wrapped in a call or freed of one, arguments in
// another order.
#include <algorithm>
#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

bool is_simple(Role role) {
  return role == Role::identifier || role == Role::member || role == Role::subscript ||
         role == Role::call;
}

// Whether a call is given no other pointer of that type: then it is no end of a range.
bool is_only_pointer(const Edits& edits, size_t node) {
  const size_t arguments = edits.nodes[node].parent;
  if (edits.role(arguments) != Role::arguments) return false;
  const auto given = edits.nodes.children(arguments);
  return std::none_of(given.begin(), given.end(), [&](size_t each) {
    return each != node &&
           edits.types.kind_of(edits.nodes.text(each)) == DeclaredTypes::Kind::pointer &&
           edits.types.are_alike(edits.text(node), edits.text(each));
  });
}

void add_neighbours(Edits& edits, size_t node) {
  const Role role = edits.role(node);
  if (!is_simple(role) || edits.nodes[node].field == "function") return;
  const size_t parent = edits.nodes[node].parent;
  const auto kind = edits.types.kind_of(edits.nodes.text(node));
  using Kind = DeclaredTypes::Kind;
  if (kind == Kind::object || kind == Kind::function) return;  // no number
  // A pointer is moved where it is one end of a range; alone it stands for all that it points to.
  if (kind == Kind::pointer && is_only_pointer(edits, node)) return;
  const bool object = edits.nodes[node].field == "object" || edits.nodes[node].field == "value" ||
                      (edits.nodes[node].field == "argument" && edits.role(parent) == Role::member);
  if (object && edits.role(parent) != Role::other && edits.role(parent) != Role::returning) return;
  // Bounds and indices more often than anything else.
  const bool bound = edits.role(parent) == Role::arguments ||
                     edits.role(parent) == Role::subscript || edits.role(parent) == Role::binary ||
                     edits.nodes[parent].kind == "slice" ||
                     edits.nodes[parent].kind == "subscript_argument_list";
  const bool moved = kind == Kind::pointer && edits.role(parent) == Role::arguments;
  const double prior = moved ? 0.1 : bound ? 0.7 : 0.4;
  edits.replace(node, edits.text(node) + " + 1", "off by one", prior);
  edits.replace(node, edits.text(node) + " - 1", "off by one", prior);
}

void add_halves(Edits& edits, size_t node) {
  const auto children = edits.nodes.children(node);
  if (children.size() != 2) return;
  const std::string left = edits.text(children[0]), right = edits.text(children[1]);
  const std::string between(edits.nodes.text().substr(
      edits.nodes[children[0]].range.end,
      edits.nodes[children[1]].range.begin - edits.nodes[children[0]].range.end));
  const double prior = right == "1" ? 0.8 : 0.4;
  edits.replace(node, left, "operation", prior);
  edits.replace(node, right, "operation", right == "1" ? 0.1 : 0.35);
  edits.replace(node, right + between + left, "swapped operands", 0.4);
  if (right == "1") return;
  edits.replace(node, "(" + edits.text(node) + ") + 1", "off by one", 0.3);
  edits.replace(node, "(" + edits.text(node) + ") - 1", "off by one", 0.3);
  // `a - b / c` where `(a - b) / c` was meant.
  const auto inner = edits.nodes.children(children[1]);
  if (edits.role(children[1]) == Role::binary && inner.size() == 2) {
    const size_t cut = edits.nodes[inner[0]].range.end;
    edits.replace(
        node,
        "(" + left + between + edits.text(inner[0]) + ")" +
            std::string(edits.nodes.text().substr(cut, edits.nodes[children[1]].range.end - cut)),
        "grouping", 0.4);
  }
  const auto first = edits.nodes.children(children[0]);
  if (edits.role(children[0]) == Role::binary && first.size() == 2) {
    const size_t from = edits.nodes[node].range.begin, cut = edits.nodes[first[1]].range.begin;
    edits.replace(node,
                  std::string(edits.nodes.text().substr(from, cut - from)) + "(" +
                      edits.text(first[1]) + between + right + ")",
                  "grouping", 0.4);
  }
  // `a - b * c / d` where `(a - b) * c / d` was meant.
  size_t deepest = children[1];
  while (edits.role(deepest) == Role::binary && edits.nodes.children(deepest).size() == 2) {
    deepest = edits.nodes.children(deepest)[0];
  }
  if (edits.role(children[1]) == Role::binary && deepest != inner[0]) {
    const size_t cut = edits.nodes[deepest].range.end;
    edits.replace(
        node,
        "(" + left + between + edits.text(deepest) + ")" +
            std::string(edits.nodes.text().substr(cut, edits.nodes[node].range.end - cut)),
        "grouping", 0.4);
  }
}

// The end of a part, where its length stands, or the other way round.
void add_end_of_part(Edits& edits, size_t first, size_t second, bool takes_length) {
  const std::string from = edits.text(first), to = edits.text(second);
  if (edits.role(first) == Role::number || to.starts_with("-")) return;
  for (size_t node = second; node < edits.nodes[second].end; ++node) {
    if (edits.nodes.text(node) == from) return;  // they know of each other
  }
  if (takes_length) {
    edits.replace(second, to + " - " + from, "operation", 0.5);
  } else {
    edits.replace(second, from + " + " + to, "operation", 0.6);
  }
}

void add_arguments(Edits& edits, size_t node) {
  const auto children = edits.nodes.children(node);
  for (size_t i = 0; i + 1 < children.size(); ++i) {
    const auto first = edits.nodes[children[i]].range, second = edits.nodes[children[i + 1]].range;
    edits.swap(children[i], children[i + 1], "swapped arguments", 0.8);
    edits.add({{first.begin, second.begin}, "", "superfluous argument", 0.3});
    edits.add({{first.end, second.end}, "", "superfluous argument", 0.3});
  }
  if (children.empty()) return;
  const size_t begin = edits.nodes[children[0]].range.begin;
  const std::string callee =
      edits.nodes.child(edits.nodes[node].parent, "function") == no_node
          ? ""
          : edits.text(edits.nodes.child(edits.nodes[node].parent, "function"));
  if (children.size() == 2) {
    const bool slices = callee.ends_with(".slice") || callee.ends_with(".substring");
    const bool cuts = callee.ends_with(".substr");
    if (slices || cuts) add_end_of_part(edits, children[0], children[1], cuts);
  }
  if (callee == "range" && children.size() == 1) {
    edits.add({{begin, begin}, "1, ", "missing argument", 0.7});
    edits.replace(node, "(1, " + edits.text(children[0]) + " + 1)", "missing argument", 0.6);
  }
  if (callee == "enumerate" && children.size() == 1) {
    const size_t end = edits.nodes[children[0]].range.end;
    edits.add({{end, end}, ", 1", "missing argument", 0.8});
  }
  if (callee == "sorted" || callee.ends_with(".sort")) {
    const size_t end = edits.nodes[children.back()].range.end;
    edits.add({{end, end}, ", reverse=True", "missing argument", 0.5});
  }
}

// A call's name without its arguments, or a call where its argument was meant.
void add_call(Edits& edits, size_t node) {
  const size_t function = edits.nodes.child(node, "function");
  const size_t arguments = edits.nodes.child(node, "arguments");
  if (function == no_node || arguments == no_node) return;
  const auto children = edits.nodes.children(arguments);
  if (children.size() == 1) edits.replace(node, edits.text(children[0]), "superfluous call", 0.3);
  const size_t object = edits.role(function) == Role::member ? function + 1 : no_node;
  if (object != no_node) edits.replace(node, edits.text(object), "superfluous call", 0.3);
  const bool script = is_script(edits.grammar.language);
  const std::string name = edits.text(function);
  if (script && name.ends_with(".sort") && children.empty()) {
    edits.replace(arguments, "((a, b) => a - b)", "missing argument", 0.9);
  }
  if (name.ends_with(".sort") && children.empty() && !script) {
    edits.replace(arguments, "(reverse=True)", "missing argument", 0.5);
  }
  if (script && children.size() == 1 && name.ends_with(".reduce")) {
    const size_t end = edits.nodes[children[0]].range.end;
    edits.add({{end, end}, ", 0", "missing argument", 0.9});
  }
}

// `[[0] * n] * m` is one row, m times.
void add_shared_rows(Edits& edits, size_t node) {
  if (edits.grammar.language != syntax::Language::python) return;
  const auto children = edits.nodes.children(node);
  if (children.size() != 2 || edits.nodes[children[0]].kind != "list") return;
  const auto items = edits.nodes.children(children[0]);
  if (items.size() != 1) return;
  edits.replace(node,
                "[" + edits.text(items[0]) + " for _ in range(" + edits.text(children[1]) + ")]",
                "shared value", 0.9);
}

// Whether a value is of the kind that a wrapping is for, as far as is known.
bool goes_with(std::string_view wanted, DeclaredTypes::Kind kind) {
  using Kind = DeclaredTypes::Kind;
  return wanted == "value" || kind == Kind::unknown ||
         (wanted == "number" && kind == Kind::number) ||
         (wanted == "object" && kind == Kind::object) ||
         (wanted == "pointer" && kind == Kind::pointer);
}

void add_wrappings(Edits& edits, size_t node) {
  const auto kind = edits.types.kind_of(edits.nodes.text(node));
  for (const auto& [wanted, to, prior] : edits.grammar.wrappings) {
    if (!goes_with(wanted, kind)) continue;
    if (to.starts_with("await ") && !edits.can_await(node)) continue;
    std::string wrapped(to);
    std::string value = edits.text(node);
    const bool binary = edits.role(node) == Role::binary;
    if (binary && to.find('(') == to.npos) value = "(" + value + ")";
    wrapped.replace(wrapped.find('%'), 1, value);
    edits.replace(node, wrapped, "missing call", prior * 0.6);
  }
}

// `x[i % len(x)]`, as in rings and clocks.
void add_turned_index(Edits& edits, size_t node) {
  size_t object = no_node, index = no_node;
  for (const char* field : {"value", "object", "argument"}) {
    if (object == no_node) object = edits.nodes.child(node, field);
  }
  for (const char* field : {"subscript", "index", "indices"}) {
    if (index == no_node) index = edits.nodes.child(node, field);
  }
  if (index != no_node && edits.nodes[index].kind == "subscript_argument_list") {
    const auto indices = edits.nodes.children(index);
    index = indices.size() == 1 ? indices[0] : no_node;
  }
  if (object == no_node || index == no_node || edits.nodes[index].kind == "slice") return;
  const std::string its = edits.text(object), i = edits.text(index);
  if (edits.role(index) == Role::number || i.find('%') != i.npos) return;
  const std::string size = edits.grammar.language == syntax::Language::python ? "len(" + its + ")"
                           : is_script(edits.grammar.language)                ? its + ".length"
                                                                              : its + ".size()";
  const std::string& type = edits.clues.type;
  const bool outside = type == "IndexError" || type.find("overflow") != type.npos ||
                       type == "undefined-behavior" || type == "TypeError";
  const bool grouped = edits.role(index) == Role::binary || edits.role(index) == Role::condition;
  edits.replace(index, (grouped ? "(" + i + ")" : i) + " % " + size, "index", outside ? 0.5 : 0.1);
}

// Of Python, where a key is missing: what may be read in its place.
void add_defaults(Edits& edits, size_t node) {
  if (edits.clues.type != "KeyError") return;
  const size_t object = edits.nodes.child(node, "value"),
               key = edits.nodes.child(node, "subscript");
  if (object == no_node || key == no_node) return;
  const size_t parent = edits.nodes[node].parent;
  const std::string got = edits.text(object) + ".get(" + edits.text(key) + ", ";
  for (const auto& [other, prior] :
       {std::pair("0", 0.9), std::pair("[]", 0.5), std::pair("''", 0.5), std::pair("None", 0.4)}) {
    const std::string read = got + other + ")";
    if (edits.nodes[parent].kind == "augmented_assignment" && edits.nodes[node].field == "left") {
      const size_t sign = edits.nodes.child(parent, "operator");
      std::string_view operation = edits.nodes.text(sign);
      operation.remove_suffix(1);  // its '='
      edits.replace(parent,
                    edits.text(node) + " = " + read + " " + std::string(operation) + " " +
                        edits.text(edits.nodes.child(parent, "right")),
                    "missing value", prior);
    } else if (edits.is_value(node)) {
      edits.replace(node, read, "missing value", prior);
    }
  }
}

}  // namespace

void add_expression_edits(Edits& edits) {
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    if (role == Role::arguments) add_arguments(edits, node);
    if (edits.nodes[node].kind == "slice" && edits.nodes.children(node).size() == 2) {
      const auto ends = edits.nodes.children(node);  // not of `[a::b]`
      const bool both = edits.text(node).find("::") == std::string::npos;
      if (both) add_end_of_part(edits, ends[0], ends[1], false);
    }
    if (role == Role::call) add_call(edits, node);
    if (role == Role::binary) add_shared_rows(edits, node);
    if (role == Role::subscript) add_turned_index(edits, node);
    if (role == Role::subscript) add_defaults(edits, node);
    if (role == Role::negation) {
      const auto children = edits.nodes.children(node);
      if (!children.empty()) edits.replace(node, edits.text(children[0]), "negation", 0.5);
    }
    if (!edits.is_value(node)) continue;
    if (role == Role::binary) add_halves(edits, node);
    add_neighbours(edits, node);
    if (role == Role::number || role == Role::string || role == Role::constant) continue;
    if (edits.nodes[node].field != "function") add_wrappings(edits, node);
  }
}

}  // namespace lsp::features::debug
