#include "lsp/features/debug/compare.h"

#include <algorithm>
#include <charconv>

#include "engine/base/format.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/protect.h"

namespace lsp::features::debug {
namespace {

using syntax::Language;
using syntax::no_node;
using syntax::Nodes;
using Clock = std::chrono::steady_clock;

constexpr unsigned script_variants = 12;
constexpr unsigned cpp_variants = 3;  // each is compiled

// Prints whatever can be printed; without it, two values of a type unknown to streams look alike.
constexpr const char* cpp_show = R"(#include <iostream>
#include <optional>
#include <string>
#include <utility>
template <typename T>
void _lemma_show_value(const T& value) {
  if constexpr (requires { std::cout << value; }) {
    std::cout << value;
  } else if constexpr (requires { value.begin(); value.end(); }) {
    std::cout << '[';
    for (const auto& each : value) _lemma_show_value(each), std::cout << ' ';
    std::cout << ']';
  } else if constexpr (requires { value.first; value.second; }) {
    _lemma_show_value(value.first), std::cout << ':', _lemma_show_value(value.second);
  } else if constexpr (requires { value.has_value(); *value; }) {
    if (value) _lemma_show_value(*value);
    else std::cout << "nothing";
  }
}
template <typename T>
void _lemma_show(const T& value) {
  _lemma_show_value(value);
  std::cout << std::endl;
}
)";

struct Change {
  text::Range range;
  std::string text;
};

// The value that an assertion speaks of; no_node where `node` is none that can be observed.
size_t observed(const Nodes& nodes, size_t node) {
  const std::string_view kind = nodes[node].kind;
  size_t value = no_node;
  if (kind == "assert_statement") {
    const auto children = nodes.children(node);
    if (!children.empty()) value = children[0];
  } else if (role_of(kind) == Role::call) {
    const size_t function = nodes.child(node, "function");
    const size_t arguments = nodes.child(node, "arguments");
    if (function == no_node || arguments == no_node) return no_node;
    const std::string_view name = nodes.text(function);
    const bool asserts =
        name == "assert" || name.starts_with("assert.") ||
        (name.starts_with("self.assert") && name.find("Raises") == std::string_view::npos);
    const auto children = nodes.children(arguments);
    if (!asserts || children.empty()) return no_node;
    if (name.ends_with("throws") || name.ends_with("rejects")) return no_node;
    value = children[0];
  } else {
    return no_node;
  }
  // Of `f(x) == y`, f(x).
  if (role_of(nodes[value].kind) == Role::binary) {
    const auto operands = nodes.children(value);
    const auto all = nodes.children(value, Nodes::Which::all);
    const bool equal =
        all.size() == 3 && (nodes.text(all[1]) == "==" || nodes.text(all[1]) == "is");
    if (equal && operands.size() == 2) value = operands[0];
  }
  return value;
}

std::string shown(const std::string& value, Language language) {
  switch (language) {
    case Language::python:
      return "print(repr(" + value + "))";
    case Language::javascript:
      return "console.log(require('node:util').inspect(" + value + ", { depth: 6 }))";
    default:
      return "_lemma_show(" + value + ")";
  }
}

// Always the same for the same place and variant.
unsigned draw(size_t place, unsigned variant, unsigned bound) {
  uint64_t mixed = (place + 1) * 0x9E3779B97F4A7C15ull + variant * 0xBF58476D1CE4E5B9ull;
  mixed ^= mixed >> 29;
  mixed *= 0x94D049BB133111EBull;
  return static_cast<unsigned>((mixed >> 33) % bound);
}

std::string varied_number(std::string_view text, size_t place, unsigned variant) {
  long value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::string(text);
  const long others[] = {value, value + 1, value - 1, 0, 1, 2 * value, value + 7};
  const long other = others[draw(place, variant, 7)];
  return other < 0 ? "(" + std::to_string(other) + ")" : std::to_string(other);
}

std::string varied_string(std::string_view text, size_t place, unsigned variant) {
  const bool plain = text.size() >= 3 && (text[0] == '"' || text[0] == '\'') &&
                     text.find('\\') == text.npos && text[0] != text[1];
  if (!plain) return std::string(text);
  const std::string quote(text.substr(0, 1)), value(text.substr(1, text.size() - 2));
  if (quote == "'" && value.size() == 1) return std::string(text);  // a character, maybe
  const std::string others[] = {
      value, value, value + value, value.substr(0, value.size() / 2), value + " ", value.substr(1)};
  return quote + others[draw(place, variant, 6)] + quote;
}

// What is to vary; nothing: everything is.
using Parts = std::optional<std::vector<text::Range>>;

bool varies(const Nodes& nodes, size_t node, const Parts& parts) {
  const text::Range range = nodes[node].range;
  return !parts || std::any_of(parts->begin(), parts->end(), [&](const text::Range& part) {
    return part.begin <= range.begin && range.end <= part.end;
  });
}

std::vector<Change> changes_of(const Nodes& nodes, Language language, unsigned variant,
                               const Parts& parts, size_t begin, size_t end) {
  std::vector<Change> changes;
  for (size_t node = begin; node < end; ++node) {
    const size_t value = observed(nodes, node);
    if (value != no_node) {
      std::string inner;
      size_t at = nodes[value].range.begin;
      for (const Change& change :
           changes_of(nodes, language, variant, parts, value, nodes[value].end)) {
        inner += nodes.text().substr(at, change.range.begin - at);
        inner += change.text;
        at = change.range.end;
      }
      inner += nodes.text().substr(at, nodes[value].range.end - at);
      changes.push_back({nodes[node].range, shown(inner, language)});
      node = nodes[node].end - 1;
      continue;
    }
    const Role role = role_of(nodes[node].kind);
    const bool import = nodes[node].kind.find("import") == 0 ||
                        nodes[node].kind.find("preproc") == 0 ||
                        nodes.text(node).starts_with("require(");
    if (import) {
      node = nodes[node].end - 1;
    } else if (!varies(nodes, node, parts)) {
      continue;
    } else if (variant > 0 && role == Role::number) {
      changes.push_back({nodes[node].range, varied_number(nodes.text(node), node, variant)});
    } else if (variant > 0 && role == Role::string) {
      changes.push_back({nodes[node].range, varied_string(nodes.text(node), node, variant)});
      node = nodes[node].end - 1;
    } else if (variant > 0 && (nodes[node].kind == "list" || nodes[node].kind == "array" ||
                               nodes[node].kind == "initializer_list")) {
      const auto items = nodes.children(node);
      const bool shorter = items.size() > 1 && draw(node, variant, 4) == 0;
      if (!shorter) continue;
      changes.push_back({{nodes[items[0]].range.begin, nodes[items[1]].range.begin}, ""});
      node = items[1] - 1;
    }
  }
  return changes;
}

std::string first_difference(const std::string& a, const std::string& b) {
  size_t begin = static_cast<size_t>(
      std::mismatch(a.begin(),
                    a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
  begin = begin == 0 ? 0 : a.rfind('\n', begin - 1) + 1;
  const auto line = [&](const std::string& text) {
    return text.substr(begin, std::min<size_t>(text.find('\n', begin), begin + 200) - begin);
  };
  return engine::base::concat("'", line(a), "' and '", line(b), "'");
}

}  // namespace

std::string observing(const Nodes& tests, Language language, unsigned variant, Varied varied) {
  Parts parts;
  if (varied == Varied::tests) parts = protected_ranges(tests);
  std::string text;
  size_t at = 0;
  for (const Change& change : changes_of(tests, language, variant, parts, 0, tests.size())) {
    text += tests.text().substr(at, change.range.begin - at);
    text += change.text;
    at = change.range.end;
  }
  text += tests.text().substr(at);
  return text;
}

std::vector<sandbox::policy::File> observation_files(Language language) {
  if (language != Language::cpp) return {};
  return {{std::string(sandbox::policy::work_folder) + "/lemma_show.h", cpp_show}};
}

namespace {

// What a version says of one variant: its output, and how each test ended.
std::string said(runner::Runner& sandbox, const Subject& subject, const std::string& text,
                 const std::string& tests) {
  Version version{.text = text};
  if (!subject.own_tests()) version.tests = tests;
  version.files = observation_files(subject.language);
  version.pace = Pace::quick;
  version.deadline_ms = subject.language == Language::cpp ? 8'000 : 2'000;
  const auto trial = try_version(sandbox, subject, version);
  if (!trial) return "";
  std::string all = trial->run.outcome.output.text();
  for (const auto& [name, outcome, message] : trial->run.findings.tests) {
    all += name + " " + outcome + " " + message + "\n";
  }
  return all + runner::verdict_name(trial->run.outcome.verdict);
}

}  // namespace

Comparison compare(runner::Runner& sandbox, const Subject& subject,
                   const std::vector<std::string>& texts, Clock::time_point deadline) {
  Comparison comparison;
  const bool cpp = subject.language == Language::cpp || subject.language == Language::c;
  const unsigned variants = cpp ? cpp_variants : script_variants;
  for (unsigned variant = 0; variant < variants; ++variant) {
    std::vector<std::string> answers;
    for (const std::string& text : texts) {
      if (Clock::now() > deadline) return comparison;
      const std::string& observed_text = subject.own_tests() ? text : subject.tests_text;
      const auto tree = parse(observed_text, subject.language);
      if (!tree) return comparison;
      const bool own = subject.own_tests();
      const std::string observing_text = observing(syntax::Nodes(*tree), subject.language, variant,
                                                   own ? Varied::tests : Varied::everything);
      if (observing_text == observed_text && variant == 0) return comparison;
      answers.push_back(said(sandbox, subject, own ? observing_text : text, observing_text));
      comparison.possible = true;
      if (answers.back() == answers.front()) continue;
      comparison.difference = {0, answers.size() - 1,
                               first_difference(answers.front(), answers.back())};
      return comparison;
    }
  }
  return comparison;
}

}  // namespace lsp::features::debug
