#include "lsp/features/fill/written.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/features/debug/calls_javascript.h"
#include "lsp/features/debug/edits.h"

namespace lsp::features::fill {
namespace {

using engine::base::concat;
using syntax::Language;
using syntax::no_node;
using syntax::Nodes;

// Without the indentation that all lines share, and without empty lines at both ends. The first
// line's is not to be known where it was cut off.
std::string unindented(const std::string& text) {
  std::vector<std::string> lines = lines_of(text);
  size_t shared = std::string::npos;
  for (std::string& line : lines) {
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) line.clear();
    if (begin != std::string::npos) shared = std::min(shared, begin);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  std::string body;
  for (size_t i = 0; i < lines.size(); ++i) {
    body += (i == 0 ? "" : "\n") + lines[i].substr(std::min(shared, lines[i].size()));
  }
  return body;
}

// A function with that body, and nothing else.
std::string function_with(const std::string& body, const Hole& hole) {
  if (hole.language == Language::javascript) {
    return concat("function ", hole.function, "() {\n", body, "\n}\n");
  }
  std::string text = concat("def ", hole.function, "():\n");
  for (const std::string& line : lines_of(body)) text += concat("    ", line, "\n");
  return text;
}

// From the beginning of its line, since that is indented as well.
std::string with_indentation(const Nodes& nodes, size_t begin, size_t end) {
  const std::string_view text = nodes.text();
  const size_t line = begin == 0 ? 0 : text.rfind('\n', begin - 1) + 1;  // npos + 1 is 0
  const bool alone = text.substr(line, begin - line).find_first_not_of(" \t") == text.npos;
  return std::string(text.substr(alone ? line : begin, end - (alone ? line : begin)));
}

std::optional<std::string> python_body(const Nodes& nodes, const Hole& hole) {
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (nodes[node].kind != "function_definition") continue;
    const size_t name = nodes.child(node, "name"), block = nodes.child(node, "body");
    if (name == no_node || block == no_node || nodes.text(name) != hole.function) continue;
    auto statements = nodes.children(block);
    if (!statements.empty() && nodes.text(statements[0]).find("\"\"\"") <= 1) {
      statements.erase(statements.begin());
    }
    if (statements.empty()) return std::nullopt;
    return with_indentation(nodes, nodes[statements.front()].range.begin, nodes[block].range.end);
  }
  return std::nullopt;
}

std::optional<std::string> javascript_body(const Nodes& nodes, const Hole& hole) {
  for (const debug::TopFunction& each : debug::top_functions(nodes)) {
    if (each.name != hole.function) continue;
    const syntax::Range block = nodes[each.body].range;
    return std::string(nodes.text().substr(block.begin + 1, block.end - block.begin - 2));
  }
  return std::nullopt;
}

// Of the function in the text; nothing where it is not there.
std::optional<std::string> body_of(const std::string& text, const Hole& hole) {
  const auto tree = debug::parse(text, hole.language);
  if (!tree) return std::nullopt;
  const Nodes nodes(*tree);
  return hole.language == Language::javascript ? javascript_body(nodes, hole)
                                               : python_body(nodes, hole);
}

bool is_body(const std::string& body, const Hole& hole) {
  const std::string text = function_with(body, hole);
  const auto tree = debug::parse(text, hole.language);
  if (!tree || body.empty() || tree->has_error({0, text.size()})) return false;
  const Nodes nodes(*tree);
  return nodes.children(0).size() == 1 && body.find("return") != std::string::npos;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> bodies_in(const std::vector<std::string>& texts, const Hole& hole) {
  std::vector<std::string> bodies;
  for (const std::string& text : texts) {
    std::string body = unindented(body_of(text, hole).value_or(text));
    const bool known = std::find(bodies.begin(), bodies.end(), body) != bodies.end();
    if (!known && is_body(body, hole)) bodies.push_back(std::move(body));
  }
  return bodies;
}

std::vector<std::string> changes_of(const std::string& body, const Hole& hole, size_t most) {
  const std::string text = function_with(body, hole);
  const auto tree = debug::parse(text, hole.language);
  if (!tree) return {};
  debug::Versions versions(*tree, {text});
  const Nodes nodes(*tree);
  versions.add(text, debug::edits_of(nodes, *debug::grammar_of(hole.language), {}), most);
  return bodies_in(versions.take(), hole);
}

}  // namespace lsp::features::fill
