#include "lsp/features/testing/cases.h"

#include <algorithm>
#include <sstream>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/text/utf8.h"

namespace lsp::features::testing {
namespace {

using engine::base::concat;
using sandbox::languages::Doctest;
using sandbox::languages::Output;
using syntax::no_node;
using syntax::Nodes;

constexpr const char* prompt_options[] = {"+SKIP", "+ELLIPSIS", "+NORMALIZE_WHITESPACE",
                                          "+IGNORE_EXCEPTION_DETAIL"};

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// The expression that a text is, and nothing else; no_node for other texts.
size_t expression_of(const Nodes& nodes) {
  const auto statements = nodes.children(0);
  if (statements.size() != 1 || nodes[statements[0]].kind != "expression_statement") return no_node;
  const auto inner = nodes.children(statements[0]);
  if (inner.size() != 1 || nodes[inner[0]].kind == "assignment" ||
      nodes[inner[0]].kind == "augmented_assignment") {
    return no_node;
  }
  return inner[0];
}

template <typename Ask>
bool asked(const std::string& text, const Ask& ask) {
  const auto tree = debug::parse(text + "\n", syntax::Language::python);
  if (!tree || tree->has_error({0, text.size()})) return false;
  const Nodes nodes(*tree);
  const size_t expression = expression_of(nodes);
  return expression != no_node && ask(nodes, expression);
}

bool is_expression(const std::string& text) {
  return asked(text, [](const Nodes&, size_t) { return true; });
}

// Made of literals alone, so that it can stand in a test as what is expected.
bool is_literal(const std::string& text) {
  return asked(text, [](const Nodes& nodes, size_t expression) {
    for (size_t node = expression; node < nodes[expression].end; ++node) {
      const std::string_view kind = nodes[node].kind;
      if (kind == "identifier" || kind == "call" || kind == "attribute") return false;
    }
    return true;
  });
}

// Of "module.Error: message" the error, where it is one of Python's own.
std::string exception_of(const std::string& text) {
  const std::string name = text.substr(0, text.find_first_of(":\n"));
  const bool own = name.find('.') == std::string::npos && !name.empty();
  return own ? name : "Exception";
}

// What the lines of a test check; empty where nothing can be said of the example.
std::vector<std::string> checks_of(const std::string& source, const Output& output) {
  if (!output.exception.empty()) {
    return {concat("with self.assertRaises(", exception_of(output.exception), "):"),
            "    " + source};
  }
  const std::string value = trimmed(output.text);
  if (value.empty()) return {concat("self.assertIsNone(", source, ")")};
  if (value == "True") return {concat("self.assertIs(", source, ", True)")};
  if (value == "False") return {concat("self.assertIs(", source, ", False)")};
  if (is_literal(value)) return {concat("self.assertEqual(", source, ", ", value, ")")};
  if (value.find('\n') != std::string::npos || value.find(" at 0x") != std::string::npos) return {};
  return {concat("self.assertEqual(repr(", source, "), ", engine::base::json_string(value), ")")};
}

bool has_options(const Doctest::Example& example) {
  return std::any_of(example.options.begin(), example.options.end(), [](const std::string& each) {
    return std::find(std::begin(prompt_options), std::end(prompt_options), each) !=
           std::end(prompt_options);
  });
}

std::string shown(const std::string& text) {
  constexpr size_t most_bytes = 60;
  const std::string line = trimmed(text.substr(0, trimmed(text).find('\n')));
  return line.empty() ? "nothing" : std::string(text::shortened(line, most_bytes));
}

// What is expected, without the frames of an exception's traceback.
std::string shown_expected(const std::string& expected) {
  const std::string all = trimmed(expected);
  const bool raises = all.starts_with("Traceback (");
  return shown(raises ? all.substr(all.rfind('\n') + 1) : all);
}

// Why there is no test: what is given, and what is expected of it.
std::string contradiction(const Doctest::Example& example, const Output& output, Origin origin) {
  const bool raises = !output.exception.empty();
  const std::string given = shown(raises ? output.exception : output.text);
  const char* verb = raises ? "raises " : "gives ";
  const std::string expected = shown_expected(example.expected);
  if (origin == Origin::model) {
    return concat("'", trimmed(example.source), "': the code ", verb, given,
                  ", the model expected ", expected);
  }
  return concat("line ", example.line, ": it ", verb, given, " where ", expected,
                " is expected, so that something is to be mended first");
}

}  // namespace

Cases cases_of(const Doctest& doctest, const Given& given, Origin origin) {
  Cases made;
  std::vector<std::string> before;  // statements that later examples rest on
  std::set<std::vector<std::string>> seen;
  for (const Doctest::Example& example : doctest.examples) {
    const std::string source = trimmed(example.source);
    const bool proposed = origin == Origin::model;
    const std::string at = proposed ? concat("'", source, "'") : concat("line ", example.line);
    const auto output = given.find(example.line);
    if (output == given.end() || has_options(example)) {
      made.left_out.push_back(concat(at, ": it does not say what exactly is expected"));
      continue;
    }
    if (!is_expression(source)) {
      std::istringstream lines(source);
      for (std::string line; std::getline(lines, line);) before.push_back(line);
      continue;
    }
    const bool expected = !example.expected.empty();
    if (expected && !matches(example, output->second.text, output->second.exception)) {
      made.left_out.push_back(contradiction(example, output->second, origin));
      continue;
    }
    Case next{concat("test_", made.cases.size() + 1), before, proposed};
    auto checks = checks_of(source, output->second);
    if (checks.empty() || source.find('\n') != std::string::npos) {
      made.left_out.push_back(concat(at, ": what it gives cannot be written down"));
      continue;
    }
    if (!expected && !trimmed(output->second.text).empty()) {
      next.lines.push_back("# As it is now: no example says what is right.");
    }
    if (proposed) next.lines.push_back("# Written by a model; the code gives this.");
    next.lines.insert(next.lines.end(), checks.begin(), checks.end());
    if (seen.insert(next.lines).second) made.cases.push_back(std::move(next));
  }
  return made;
}

std::set<std::string> names_in(const std::vector<Case>& cases) {
  std::set<std::string> names;
  for (const Case& each : cases) {
    std::string text;
    for (const std::string& line : each.lines) text += line + "\n";
    const auto tree = debug::parse(text, syntax::Language::python);
    if (!tree) continue;
    const Nodes nodes(*tree);
    for (size_t node = 0; node < nodes.size(); ++node) {
      // A member's name, and that of a parameter in a call, are none of the file's.
      const bool own =
          nodes[node].field == "attribute" ||
          (nodes[node].field == "name" && nodes[nodes[node].parent].kind == "keyword_argument");
      if (nodes[node].kind == "identifier" && !own) names.emplace(nodes.text(node));
    }
  }
  return names;
}

std::string file_of(const std::string& module, const std::string& function,
                    const std::vector<std::string>& names, const std::vector<Case>& cases) {
  std::string imported;
  for (const std::string& name : names) imported += (imported.empty() ? "" : ", ") + name;
  std::string type;  // "LastDigit"
  bool upper = true;
  for (const char c : function) {
    if (c != '_')
      type += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  std::string text = concat("import unittest\n\nfrom ", module, " import ", imported,
                            "\n\n\nclass ", type, "Test(unittest.TestCase):\n");
  for (const Case& each : cases) {
    if (&each != &cases.front()) text += "\n";
    text += concat("    def ", each.name, "(self):\n");
    for (const std::string& line : each.lines) text += concat("        ", line, "\n");
  }
  return text + "\n\nif __name__ == \"__main__\":\n    unittest.main()\n";
}

}  // namespace lsp::features::testing
