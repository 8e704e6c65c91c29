#include "lsp/features/debug/protect.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace lsp::features::debug {
namespace {

using syntax::no_node;
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
  return function == no_node ? "" : nodes.text(function);
}

// Whether a call is a statement.
bool stands_alone(const Nodes& nodes, size_t call) {
  return role_of(nodes[nodes[call].parent].kind) == Role::expression_statement;
}

bool is_exit(std::string_view name) {
  return is_one_of(name, {"exit", "quit", "sys.exit", "os._exit", "process.exit", "abort",
                          "std::exit", "std::abort", "std::terminate", "_exit"});
}

bool is_protected_call(std::string_view name) {
  return is_exit(name) ||
         is_one_of(name, {"assert", "test", "it", "describe", "console.assert", "asyncio.run"}) ||
         name.starts_with("assert.") || name.starts_with("self.assert") ||
         name.starts_with("process.on");
}

// `if __name__ == "__main__":` and `if (require.main === module)`.
bool is_main_part(const Nodes& nodes, size_t node) {
  if (role_of(nodes[node].kind) != Role::condition) return false;
  const size_t condition = nodes.child(node, "condition");
  if (condition == no_node) return false;
  const std::string_view text = nodes.text(condition);
  return text.find("__name__") != std::string_view::npos ||
         text.find("require.main") != std::string_view::npos;
}

bool is_documentation(const Nodes& nodes, size_t node) {
  if (nodes[node].kind != "expression_statement") return false;
  const auto children = nodes.children(node);
  return children.size() == 1 && nodes[children[0]].kind == "string";
}

// "" of one that has none.
std::string_view name_of_function(const Nodes& nodes, size_t function) {
  size_t name = nodes.child(function, "name");
  if (name == no_node) {  // in C++ inside of the declarator
    const size_t declarator = nodes.child(function, "declarator");
    if (declarator != no_node) name = nodes.child(declarator, "declarator");
  }
  const size_t parent = nodes[function].parent;
  if (name == no_node && nodes[parent].kind == "variable_declarator") {
    name = nodes.child(parent, "name");
  }
  return name == no_node ? "" : nodes.text(name);
}

// Functions that are there to fail: by their names, and since nobody wants what they return.
std::set<std::string_view> assertions_of(const Nodes& nodes) {
  static constexpr std::string_view words[] = {"assert", "check", "expect", "verify", "ensure"};
  std::set<std::string_view> alone, used;
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (role_of(nodes[node].kind) != Role::call) continue;
    const std::string_view name = callee(nodes, node);
    const bool named = std::any_of(std::begin(words), std::end(words), [&](std::string_view word) {
      return !name.empty() && std::tolower(static_cast<unsigned char>(name[0])) == word[0] &&
             name.substr(1).starts_with(word.substr(1));
    });
    if (named) (stands_alone(nodes, node) ? alone : used).insert(name);
  }
  for (const std::string_view name : used) alone.erase(name);
  return alone;
}

// What throws, exits or asserts.
bool ends_badly(const Nodes& nodes, size_t node) {
  const std::string_view kind = nodes[node].kind;
  if (kind == "raise_statement" || kind == "throw_statement" || kind == "assert_statement") {
    return true;
  }
  if (role_of(kind) != Role::call) return false;
  const std::string_view name = callee(nodes, node);
  return is_exit(name) || name.starts_with("assert");
}

// Whether a main function is a test: where it asserts, or its status says more than that it ended.
bool checks_itself(const Nodes& nodes, size_t main, const std::set<std::string_view>& assertions) {
  for (size_t node = main; node < nodes[main].end; ++node) {
    const Role role = role_of(nodes[node].kind);
    if (ends_badly(nodes, node)) return true;
    if (role == Role::call) {
      const std::string_view name = callee(nodes, node);
      const bool macro = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
        return std::islower(static_cast<unsigned char>(c)) != 0;
      });
      if (macro || is_protected_call(name) || assertions.contains(name) || is_test_name(name)) {
        return true;
      }
    }
    const auto given = role == Role::returning ? nodes.children(node) : std::vector<size_t>();
    if (!given.empty() && !is_one_of(nodes.text(given[0]), {"0", "EXIT_SUCCESS"})) return true;
  }
  return false;
}

bool is_protected(const Nodes& nodes, size_t node, const std::set<std::string_view>& assertions) {
  const Role role = role_of(nodes[node].kind);
  if (role == Role::protected_part) return true;
  if (role == Role::call) {
    const std::string_view name = callee(nodes, node);
    return is_protected_call(name) || assertions.contains(name) ||
           (is_test_name(name) && stands_alone(nodes, node));
  }
  if (role == Role::function) {
    const std::string_view name = name_of_function(nodes, node);
    if (name == "main") return checks_itself(nodes, node, assertions);
    return is_test_name(name) || assertions.contains(name);
  }
  return is_main_part(nodes, node) || is_documentation(nodes, node) ||
         (nodes[node].kind == "class_definition" &&
          nodes.text(node).substr(0, nodes.text(node).find(':')).find("TestCase") !=
              std::string_view::npos);
}

// `cases.forEach((each) => { ... })`, where that is a statement: no function that anybody calls.
bool is_loop_body(const Nodes& nodes, size_t function) {
  const size_t arguments = nodes[function].parent;
  if (role_of(nodes[arguments].kind) != Role::arguments) return false;
  return stands_alone(nodes, nodes[arguments].parent);
}

// What decides, outside of all functions, whether `end` is reached, which throws, exits or asserts:
// such a script checks itself. Heads of conditions and loops, and expressions around it.
void add_deciding(const Nodes& nodes, size_t end, std::vector<Range>& ranges) {
  std::vector<Range> found;
  for (size_t node = nodes[end].parent; node != no_node; node = nodes[node].parent) {
    const Role role = role_of(nodes[node].kind);
    const Range whole = nodes[node].range;
    if (role == Role::function) {
      if (!is_loop_body(nodes, node)) return;
      const size_t body = nodes.child(node, "body");
      const bool block = body != no_node && role_of(nodes[body].kind) == Role::block;
      found.push_back({whole.begin, block ? nodes[body].range.begin : whole.end});
    } else if (role == Role::binary || nodes[node].kind.ends_with("conditional_expression") ||
               nodes[node].kind == "ternary_expression") {
      found.push_back(whole);
    } else if (role == Role::condition || role == Role::loop) {
      const size_t body = nodes.child(node, role == Role::loop ? "body" : "consequence");
      if (body != no_node) found.push_back({whole.begin, nodes[body].range.begin});
    } else if (role == Role::call) {
      found.push_back(nodes[nodes.child(node, "function")].range);
    }
  }
  ranges.insert(ranges.end(), found.begin(), found.end());
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
std::set<std::string_view> literals(const Nodes& nodes) {
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
  return found;
}

}  // namespace

std::vector<Range> protected_ranges(const Nodes& nodes) {
  const std::set<std::string_view> assertions = assertions_of(nodes);
  std::vector<Range> ranges;
  for (size_t node = 0; node < nodes.size();) {
    if (ends_badly(nodes, node)) add_deciding(nodes, node, ranges);
    if (is_protected(nodes, node, assertions)) {
      ranges.push_back(nodes[node].range);
      node = nodes[node].end;
    } else {
      ++node;
    }
  }
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const Range& a, const Range& b) { return a.begin < b.begin; });
  return ranges;
}

std::optional<std::string> objection(const Nodes& before, const Nodes& after,
                                     std::string_view tests) {
  return Protection(before, tests).objection(after);
}

Protection::Protection(const Nodes& before, std::string_view tests)
    : before_(before.text()),
      tests_(tests),
      protected_(protected_texts(before)),
      literals_(literals(before)) {}

std::optional<std::string> Protection::objection(const Nodes& after) const {
  if (protected_texts(after) != protected_) {
    return "it changes a test, an assertion, a handler or an exit";
  }
  for (const std::string_view value : literals(after)) {
    const bool is_new = !literals_.contains(value) && before_.find(value) == std::string::npos;
    if (is_new && tests_.find(value) != std::string::npos)
      return "it names " + std::string(value) + ", which only the tests know";
  }
  return std::nullopt;
}

}  // namespace lsp::features::debug
