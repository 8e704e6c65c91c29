// A doctest's examples become arguments of `examples` (python_show in observe.cpp), which runs them
// in order, as an interactive Python would, and says what comes of each expression.
#include <algorithm>

#include "engine/base/json_object.h"
#include "lsp/features/debug/inputs.h"
#include "lsp/features/debug/observe.h"

namespace lsp::features::debug {
namespace {

using sandbox::languages::Doctest;

constexpr unsigned apart = 1'000;  // between the variants of two examples

// The example with other inputs, which never depend on what stands in other examples.
std::string varied(const std::string& source, size_t number, unsigned variant,
                   const Vocabulary& vocabulary) {
  const auto tree = parse(source, syntax::Language::python);
  if (variant == 0 || !tree) return source;
  const syntax::Nodes nodes(*tree);
  const auto its_own = static_cast<unsigned>(variant + number * apart);
  std::string made;
  size_t at = 0;
  for (size_t node = 0; node < nodes.size(); ++node) {
    const auto other =
        other_input(nodes, node, node, syntax::Language::python, its_own, vocabulary);
    if (!other) continue;
    made += source.substr(at, nodes[node].range.begin - at) + *other;
    at = nodes[node].range.end;
    node = nodes[node].end - 1;
  }
  return made + source.substr(at);
}

}  // namespace

std::string observing_examples(const std::vector<Doctest>& tests, unsigned variant,
                               const Vocabulary& vocabulary) {
  std::string lists;
  size_t number = 0;
  for (const Doctest& test : tests) {
    std::string sources;
    for (const Doctest::Example& example : test.examples) {
      const auto& options = example.options;
      if (std::find(options.begin(), options.end(), "+SKIP") != options.end()) continue;
      sources +=
          engine::base::json_string(varied(example.source, number++, variant, vocabulary)) + ", ";
    }
    lists += "[" + sources + "], ";
  }
  if (lists.empty()) return "";
  return "\n__import__('lemma_show').examples(globals(), [" + lists + "])\n";
}

}  // namespace lsp::features::debug
