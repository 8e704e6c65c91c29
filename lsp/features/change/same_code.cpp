#include "lsp/features/change/same_code.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/grammar.h"
#include "lsp/syntax/docstring.h"
#include "lsp/syntax/nodes.h"

namespace lsp::features::change {
namespace {

using syntax::no_node;
using syntax::Nodes;

bool is_comment(const Nodes& nodes, size_t node) {
  const std::string_view kind = nodes[node].kind, text = nodes.text(node);
  if (kind != "comment" && kind != "line_comment" && kind != "block_comment") return false;
  return !text.starts_with("#!") && !text.starts_with("//go:");
}

bool stands_between_words(char c) {
  return std::string_view(" \t\r\n\f\\").find(c) != std::string_view::npos;
}

struct Word {
  std::string_view kind;
  size_t depth;
  std::string text;  // that no node below has; without blanks, but in strings
  size_t begin;
};

// What stands in a node and in none of its children. Grammars leave some texts without a node.
std::string own_text(const Nodes& nodes, size_t node, const std::vector<size_t>& children) {
  const auto [begin, end] = nodes[node].range;
  if (children.empty()) return std::string(nodes.text(node));
  std::string own;
  size_t at = begin;
  for (const size_t child : children) {
    const syntax::Range range = nodes[child].range;
    if (at < range.begin) own += nodes.text().substr(at, range.begin - at);
    at = std::max(at, range.end);
  }
  if (at < end) own += nodes.text().substr(at, end - at);
  const std::string_view kind = nodes[node].kind;
  const bool is_string = kind.find("string") != kind.npos || kind.find("template") != kind.npos;
  if (!is_string) std::erase_if(own, stands_between_words);
  return own;
}

std::vector<Word> words_of(const syntax::Tree& tree) {
  const Nodes nodes(tree);
  const bool python = tree.language() == syntax::Language::python;
  const bool script = debug::is_script(tree.language());
  std::vector<Word> words;
  std::vector<size_t> depths(nodes.size(), 0);
  for (size_t node = 0; node < nodes.size();) {
    const size_t parent = nodes[node].parent;
    depths[node] = parent == no_node ? 0 : depths[parent] + 1;
    // JavaScript has semicolons where none are written: what they end are nodes of their own.
    const bool is_understood = script && nodes[node].kind == ";";
    if (is_understood || is_comment(nodes, node) || (python && syntax::is_docstring(nodes, node))) {
      node = nodes[node].end;
      continue;
    }
    const auto children = nodes.children(node, Nodes::Which::all);
    words.push_back(
        {nodes[node].kind, depths[node], own_text(nodes, node, children), nodes[node].range.begin});
    ++node;
  }
  return words;
}

}  // namespace

std::optional<size_t> other_code(const syntax::Tree& before, const syntax::Tree& after) {
  const std::vector<Word> old = words_of(before), now = words_of(after);
  const auto [first, second] = std::mismatch(
      old.begin(), old.end(), now.begin(), now.end(), [](const Word& a, const Word& b) {
        return a.kind == b.kind && a.depth == b.depth && a.text == b.text;
      });
  if (second != now.end()) return second->begin;
  if (first != old.end()) return after.document().text().size();
  return std::nullopt;
}

}  // namespace lsp::features::change
