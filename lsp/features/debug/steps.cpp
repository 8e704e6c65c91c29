#include "lsp/features/debug/steps.h"

#include <algorithm>
#include <map>

#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

// In Python a block begins with its first statement, on a line of its own or behind the colon.
std::string counted_in_python(const std::string& text, size_t begin) {
  const size_t line = text.rfind('\n', begin) + 1;  // npos + 1 is 0
  const std::string before = text.substr(line, begin - line);
  const bool own = before.find_first_not_of(" \t") == std::string::npos;
  return own ? "_lemma_step()\n" + before : "_lemma_step(); ";
}

}  // namespace

std::string with_steps(const std::string& text, syntax::Language language) {
  const auto tree = parse(text, language);
  if (!tree || tree->has_error({0, text.size()})) return text;
  const syntax::Nodes nodes(*tree);
  std::map<size_t, std::string> inserted;  // by their places
  for (size_t node = 1; node < nodes.size(); ++node) {
    if (role_of(nodes[node].kind) != Role::loop) continue;
    const size_t body = nodes.child(node, "body");
    if (body == syntax::no_node) continue;
    const auto range = nodes[body].range;
    if (language == syntax::Language::python) {
      inserted[range.begin] = counted_in_python(text, range.begin);
    } else if (role_of(nodes[body].kind) == Role::block) {
      inserted[range.begin + 1] += "globalThis._lemmaStep();";
    } else {
      inserted[range.begin] += "{globalThis._lemmaStep();";
      inserted[range.end] += "}";
    }
  }
  std::string made;
  size_t at = 0;
  for (const auto& [place, words] : inserted) {
    made += text.substr(at, place - at) + words;
    at = place;
  }
  return made + text.substr(at);
}

}  // namespace lsp::features::debug
