// An assertion becomes a call of `show` with the text of what it checks, the value of that, and the
// values of the names in it: three ways of writing the same in three languages. What an exception
// ends is one line, and the next call goes on.
#include "lsp/features/debug/observe.h"

#include <algorithm>
#include <optional>
#include <set>

#include "lsp/features/debug/inputs.h"
#include "lsp/features/debug/protect.h"

namespace lsp::features::debug {
namespace {

using syntax::Language;
using syntax::no_node;
using syntax::Nodes;

constexpr size_t max_names = 4;

constexpr const char* python_show = R"text(import re
import sys


def text_of(value, depth=0):
    if isinstance(value, float):
        return format(value, ".12g")
    if depth < 4 and type(value) in (list, tuple):
        inner = ", ".join(text_of(each, depth + 1) for each in value)
        return f"[{inner}]" if type(value) is list else f"({inner})"
    if depth < 4 and type(value) is dict:
        return "{" + ", ".join(f"{text_of(k, depth + 1)}: {text_of(v, depth + 1)} "
                               for k, v in value.items()) + "}"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(text_of(each, depth + 1) for each in value)) + "}"
    if type(value).__name__ in ("_AssertRaisesContext", "ExceptionInfo"):
        held = getattr(value, "exception", None) or getattr(value, "value", None)
        return said_by(held)
    if type(value).__repr__ is object.__repr__ and hasattr(value, "__dict__") and depth < 4:
        return type(value).__name__ + text_of(vars(value), depth + 1)
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))


def said_by(error):
    """Of an error that the project itself has made up, its words too."""
    kind = type(error)
    module = str(kind.__module__).partition(".")[0]
    known = module in getattr(sys, "stdlib_module_names", (module,)) or module == "_pytest"
    return kind.__name__ if known else f"{kind.__name__}: {text_of(str(error)[:200])}"


def show(call, value, given):
    told = ""
    try:
        told = ", ".join(f"{name} = {text_of(each)}" for name, each in given().items())
        told = " where " + told[:200] if told else ""
    except Exception:
        pass
    try:
        result = text_of(value())
    except Exception as error:
        result = "an exception: " + said_by(error)
    print((call + told + " gives " + result[:400]).replace("\n", "\\n"), flush=True)


def examples(scope, tests):
    for sources in tests:
        names = dict(scope)
        for source in sources:
            try:
                code = compile(source.strip(), "<example>", "eval")
            except SyntaxError:
                try:
                    exec(compile(source, "<example>", "single"), names)
                except Exception as error:
                    told = f" gives an exception: {said_by(error)}"
                    print(source.strip() + told, flush=True)
                continue
            own = [name for name in code.co_names if name in names and name not in scope]
            show(source.strip(), lambda: eval(code, names), lambda: {n: names[n] for n in own})
)text";

constexpr const char* node_show = R"text('use strict';
const { inspect } = require('node:util');
const textOf = (value) => (typeof value === 'number' && !Number.isInteger(value) ?
  String(Number(value.toPrecision(12))) : inspect(value, { depth: 6, breakLength: Infinity }));
// Of an error that the project itself has made up, its words too.
const saidBy = (error) => (error instanceof Error && error.code === undefined &&
  error.constructor !== undefined && globalThis[error.constructor.name] === undefined ?
  `${error.name}: ${error.message.slice(0, 200)}` : error?.name ?? error);
exports.say = (value) => console.log(inspect(value, { depth: 6 }));
exports.show = (call, value, given) => {
  let told = '';
  try {
    told = Object.entries(given()).filter(([k, v]) => globalThis[k] !== v)
      .map(([k, v]) => `${k} = ${textOf(v)}`).join(', ');
  } catch { }
  let result;
  try {
    result = textOf(value()).slice(0, 400);
  } catch (error) {
    result = `an exception: ${saidBy(error)}`;
  }
  console.log(`${call}${told && ` where ${told.slice(0, 200)}`} gives ${result}`
    .replaceAll('\n', '\\n'));
};
)text";

// Where many versions are run in one sandbox, modules among them, it is at hand already.
constexpr const char* javascript_show = "(globalThis._lemma ?? require('/sandbox/lemma_show.cjs'))";

// Prints whatever can be printed; without it, two values of a type unknown to streams look alike.
constexpr const char* cpp_show = R"text(#pragma once
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
template <typename T>
void _lemma_print(std::ostream& out, const T& value) {
  using Pointed = std::remove_cv_t<std::remove_pointer_t<std::decay_t<const T>>>;
  if constexpr (std::is_pointer_v<std::decay_t<const T>> && !std::is_same_v<Pointed, char>) {
    // Where something lies is another place in each run.
  } else if constexpr (requires { out << value; }) {
    out << value;
  } else if constexpr (requires { value.begin(); value.end(); }) {
    out << '{';
    const char* between = "";
    for (const auto& each : value) out << between, _lemma_print(out, each), between = ", ";
    out << '}';
  } else if constexpr (requires { value.first; value.second; }) {
    _lemma_print(out, value.first), out << ": ", _lemma_print(out, value.second);
  } else if constexpr (requires { value.has_value(); *value; }) {
    if (value) _lemma_print(out, *value);
    else out << "nothing";
  }
}
template <typename T, typename G>
void _lemma_show(const char* call, T value, G given) {
  std::ostringstream told;
  told << std::boolalpha;
  told.precision(12);
  told << call;
  given(told);
  told << " gives ";
  try {
    _lemma_print(told, value());
  } catch (const std::exception&) {
    told << "an exception";
  } catch (...) {
    told << "an exception";
  }
  std::string line = told.str();
  for (char& c : line) c = c == '\n' ? ' ' : c;
  std::cout << line << std::endl;
}
template <typename T>
void _lemma_name(std::ostream& out, const char* name, const T& value) {
  std::ostringstream text;
  text << std::boolalpha;
  _lemma_print(text, value);
  if (!text.str().empty()) out << " where " << name << " = " << text.str();
}
)text";

struct Change {
  text::Range range;
  std::string text;
};

bool is_literal(const Nodes& nodes, size_t node) {
  for (size_t inner = node; inner < nodes[node].end; ++inner) {
    const Role role = role_of(nodes[inner].kind);
    if (role == Role::identifier || role == Role::call) return false;
  }
  return true;
}

bool is_and(const Nodes& nodes, size_t node) {
  const auto all = nodes.children(node, Nodes::Which::all);
  return all.size() == 3 && (nodes.text(all[1]) == "and" || nodes.text(all[1]) == "&&");
}

// What a condition speaks of: of `f(x) == 3 and g(x)`, f(x) and g(x).
void add_observed(const Nodes& nodes, size_t node, std::vector<size_t>& values) {
  if (role_of(nodes[node].kind) == Role::group && nodes.children(node).size() == 1) {
    return add_observed(nodes, nodes.children(node)[0], values);
  }
  const auto operands = nodes.children(node);
  if (role_of(nodes[node].kind) != Role::binary || operands.size() != 2) {
    if (!is_literal(nodes, node)) values.push_back(node);
    return;
  }
  static constexpr std::string_view comparisons[] = {"==", "===", "!=", "!==", "is",
                                                     "<",  "<=",  ">",  ">="};
  const auto all = nodes.children(node, Nodes::Which::all);
  const std::string_view sign = all.size() == 3 ? nodes.text(all[1]) : "";
  const bool compared =
      std::find(std::begin(comparisons), std::end(comparisons), sign) != std::end(comparisons);
  if (is_and(nodes, node) || compared) {
    for (const size_t operand : operands) add_observed(nodes, operand, values);
  } else {
    values.push_back(node);
  }
}

bool is_assertion(std::string_view name) {
  if (name.find("aise") != name.npos || name.find("hrow") != name.npos ||
      name.find("eject") != name.npos) {
    return false;
  }
  return name == "assert" || name.starts_with("assert.") || name.starts_with("self.assert") ||
         name.starts_with("EXPECT_") || name.starts_with("ASSERT_") || name == "check" ||
         name == "CHECK" || name == "REQUIRE" || name == "expect";
}

// The values that an assertion speaks of; empty where `node` is none that can be observed.
std::vector<size_t> observed(const Nodes& nodes, size_t node) {
  std::vector<size_t> values;
  if (nodes[node].kind == "assert_statement") {
    const auto children = nodes.children(node);
    if (!children.empty()) add_observed(nodes, children[0], values);
  } else if (role_of(nodes[node].kind) == Role::call) {
    const size_t function = nodes.child(node, "function");
    const size_t arguments = nodes.child(node, "arguments");
    if (function == no_node || arguments == no_node || !is_assertion(nodes.text(function))) {
      return values;
    }
    for (const size_t argument : nodes.children(arguments)) {
      if (values.empty()) add_observed(nodes, argument, values);
    }
  }
  return values;
}

// Names in an expression whose values say what it is called with.
std::vector<std::string> names_in(const Nodes& nodes, size_t node) {
  std::vector<std::string> names;
  for (size_t inner = node; inner < nodes[node].end && names.size() < max_names; ++inner) {
    const bool plain = role_of(nodes[inner].kind) == Role::identifier &&
                       nodes[inner].field != "function" && nodes[inner].field != "attribute" &&
                       nodes[inner].field != "name";
    const std::string name(nodes.text(inner));
    if (!plain || name == "self" || name == "this") continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string quoted(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c == '\n' ? ' ' : c;
  }
  return literal + '"';
}

std::string shown(const std::string& value, const std::vector<std::string>& names,
                  Language language) {
  const bool waits = value.find("await") != std::string::npos;
  std::string given;
  switch (language) {
    case Language::python:
      if (waits) return "print(repr(" + value + "))";
      for (const std::string& name : names) given += quoted(name) + ": " + name + ", ";
      return "__import__('lemma_show').show(" + quoted(value) + ", lambda: (" + value +
             "), lambda: {" + given + "})";
    case Language::javascript:
    case Language::typescript:
      if (waits) return std::string(javascript_show) + ".say(" + value + ")";
      for (const std::string& name : names) given += name + ", ";
      return std::string(javascript_show) + ".show(" + quoted(value) + ", () => (" + value +
             "), () => ({ " + given + "}))";
    default:
      for (const std::string& name : names) {
        given += "_lemma_name(out, \"" + name + "\", " + name + "); ";
      }
      return "_lemma_show(" + quoted(value) + ", [&] { return " + value +
             "; }, [&]([[maybe_unused]] std::ostream& out) { " + given + "})";
  }
}

class Observing {
 public:
  Observing(const Nodes& nodes, Language language, unsigned variant, Varied varied,
            const Vocabulary& vocabulary)
      : nodes_(nodes), language_(language), variant_(variant), vocabulary_(vocabulary) {
    if (varied == Varied::tests) parts_ = protected_ranges(nodes);
    // Of what varies alone, so that the tests of two versions of a program get the same inputs.
    size_t place = 0;
    for (size_t node = 0; node < nodes.size(); ++node)
      places_.push_back(varies(node) ? place++ : 0);
  }

  // The text of the nodes [begin, end) and what lies between them, changed; `range` is its own.
  std::string text(size_t begin, size_t end, text::Range range) const {
    std::string made;
    size_t at = range.begin;
    for (const Change& change : changes(begin, end)) {
      made += nodes_.text().substr(at, change.range.begin - at);
      made += change.text;
      at = change.range.end;
    }
    made += nodes_.text().substr(at, range.end - at);
    return made;
  }

 private:
  bool varies(size_t node) const {
    const text::Range range = nodes_[node].range;
    return !parts_ || std::any_of(parts_->begin(), parts_->end(), [&](const text::Range& part) {
      return part.begin <= range.begin && range.end <= part.end;
    });
  }

  bool is_import(size_t node) const {
    return nodes_[node].kind.find("import") == 0 || nodes_[node].kind.find("preproc") == 0 ||
           nodes_.text(node).starts_with("require(");
  }

  // What decorators say to pytest (names of parameters, a fixture's scope) and is no input.
  bool is_told_to_pytest(size_t node) const {
    if (nodes_[node].kind == "decorator") {
      return nodes_.text(node).find("parametrize(") == std::string_view::npos;
    }
    const size_t arguments = nodes_[node].parent;
    if (arguments == no_node || role_of(nodes_[arguments].kind) != Role::arguments) return false;
    const size_t call = nodes_[arguments].parent;
    const size_t function = nodes_.child(call, "function");
    if (function == no_node || !nodes_.text(function).ends_with("parametrize")) return false;
    return nodes_[node].kind == "keyword_argument" || nodes_.children(arguments)[0] == node;
  }

  // In a script without semicolons a bracket at a statement's begin would make a call of what
  // stands before it.
  std::string opening(size_t node) const {
    if (!is_script(language_)) return "(";
    size_t around = node;
    while (nodes_[around].parent != no_node &&
           role_of(nodes_[around].kind) != Role::expression_statement) {
      around = nodes_[around].parent;
    }
    const bool first = role_of(nodes_[around].kind) == Role::expression_statement &&
                       nodes_[around].range.begin == nodes_[node].range.begin;
    return first ? "void (" : "(";
  }

  std::vector<Change> changes(size_t begin, size_t end) const {
    std::vector<Change> changes;
    for (size_t node = begin; node < end; ++node) {
      const std::vector<size_t> values = observed(nodes_, node);
      if (!values.empty()) {
        std::string calls;
        for (const size_t value : values) {
          const std::string inner = text(value, nodes_[value].end, nodes_[value].range);
          calls += (calls.empty() ? "" : ", ") + shown(inner, names_in(nodes_, value), language_);
        }
        changes.push_back({nodes_[node].range, opening(node) + calls + ")"});
        node = nodes_[node].end - 1;
      } else if (is_import(node) || is_told_to_pytest(node)) {
        node = nodes_[node].end - 1;
      } else if (varies(node)) {
        const auto other =
            other_input(nodes_, node, places_[node], language_, variant_, vocabulary_);
        if (!other) continue;
        changes.push_back({nodes_[node].range, *other});
        node = nodes_[node].end - 1;
      }
    }
    return changes;
  }

  const Nodes& nodes_;
  const Language language_;
  const unsigned variant_;
  const Vocabulary& vocabulary_;
  std::optional<std::vector<text::Range>> parts_;  // what is to vary; nothing: everything is
  std::vector<size_t> places_;                     // of each node among those that vary
};

}  // namespace

std::string observing(const Nodes& tests, Language language, unsigned variant, Varied varied,
                      const Vocabulary& vocabulary) {
  return Observing(tests, language, variant, varied, vocabulary)
      .text(0, tests.size(), {0, tests.text().size()});
}

std::vector<sandbox::policy::File> observation_files(Language language, const std::string& folder) {
  const std::string work = sandbox::policy::work_folder;
  switch (language) {
    case Language::python:
      return {{folder + "/lemma_show.py", python_show}};
    case Language::javascript:
    case Language::typescript:
      return {{work + "/lemma_show.cjs", node_show}};
    default:
      return {{work + "/lemma_show.h", cpp_show}};
  }
}

}  // namespace lsp::features::debug
