#include "lsp/features/debug/protect.h"

#include <algorithm>
#include <set>

namespace lsp::features::debug {
namespace {

using syntax::Nodes;
using text::Range;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool is_test_name(std::string_view name) {
  return name.starts_with("test") || name.starts_with("Test") || name == "main";
}

// The name of what is called, with what it belongs to.
std::string_view callee(const Nodes& nodes, size_t node) {
  const size_t function = nodes.child(node, "function");
  return function == syntax::no_node ? "" : nodes.text(function);
}

bool is_protected_call(std::string_view name) {
  return is_one_of(name, {"assert", "exit", "quit", "sys.exit", "os._exit", "process.exit", "abort",
                          "std::exit", "std::abort", "std::terminate", "_exit", "test", "it",
                          "describe"}) ||
         name.starts_with("assert.") || name.starts_with("self.assert") ||
         name.starts_with("process.on");
}

// `if __name__ == "__main__":` and `if (require.main === module)`.
bool is_main_part(const Nodes& nodes, size_t node) {
  if (role_of(nodes[node].kind) != Role::condition) return false;
  const size_t condition = nodes.child(node, "condition");
  if (condition == syntax::no_node) return false;
  const std::string_view text = nodes.text(condition);
  return text.find("__name__") != std::string_view::npos ||
         text.find("require.main") != std::string_view::npos;
}

bool is_documentation(const Nodes& nodes, size_t node) {
  if (nodes[node].kind != "expression_statement") return false;
  const auto children = nodes.children(node);
  return children.size() == 1 && nodes[children[0]].kind == "string";
}

bool is_protected(const Nodes& nodes, size_t node) {
  const Role role = role_of(nodes[node].kind);
  if (role == Role::protected_part) return true;
  if (role == Role::call && is_protected_call(callee(nodes, node))) return true;
  if (role == Role::function) {
    size_t name = nodes.child(node, "name");
    if (name == syntax::no_node) {  // in C++ inside of the declarator
      const size_t declarator = nodes.child(node, "declarator");
      if (declarator != syntax::no_node) name = nodes.child(declarator, "declarator");
    }
    return name != syntax::no_node && is_test_name(nodes.text(name));
  }
  return is_main_part(nodes, node) || is_documentation(nodes, node) ||
         (nodes[node].kind == "class_definition" &&
          nodes.text(node).substr(0, nodes.text(node).find(':')).find("TestCase") !=
              std::string_view::npos);
}

std::multiset<std::string_view> protected_texts(const Nodes& nodes) {
  std::multiset<std::string_view> texts;
  for (const Range range : protected_ranges(nodes)) {
    texts.insert(nodes.text().substr(range.begin, range.end - range.begin));
  }
  return texts;
}

// Numbers of three characters at least, and strings of two between their quotes: smaller ones are
// everybody's.
std::set<std::string_view> literals(std::string_view text, const Nodes& nodes) {
  std::set<std::string_view> found;
  for (size_t node = 0; node < nodes.size(); ++node) {
    const Role role = role_of(nodes[node].kind);
    if (role != Role::number && role != Role::string) continue;
    std::string_view value = nodes.text(node);
    if (role == Role::string && value.size() >= 2) value = value.substr(1, value.size() - 2);
    if (role == Role::string && value.empty()) continue;
    if (is_one_of(value, {"0", "1", "2", "-1", "10", "100", "0.0", "1.0", "0.5", "2.0"})) continue;
    found.insert(value);
  }
  std::erase_if(found,
                [&](std::string_view one) { return text.find(one) == std::string_view::npos; });
  return found;
}

}  // namespace

std::vector<Range> protected_ranges(const Nodes& nodes) {
  std::vector<Range> ranges;
  for (size_t node = 0; node < nodes.size();) {
    if (is_protected(nodes, node)) {
      ranges.push_back(nodes[node].range);
      node = nodes[node].end;
    } else {
      ++node;
    }
  }
  return ranges;
}

std::optional<std::string> objection(const Nodes& before, const Nodes& after,
                                     std::string_view tests) {
  if (protected_texts(before) != protected_texts(after)) {
    return "it changes a test, an assertion, a handler or an exit";
  }
  const auto known = literals(before.text(), before);
  for (const std::string_view value : literals(tests, after)) {
    const bool is_new = !known.contains(value) && before.text().find(value) == std::string::npos;
    if (is_new) return "it names " + std::string(value) + ", which only the tests know";
  }
  return std::nullopt;
}

}  // namespace lsp::features::debug
