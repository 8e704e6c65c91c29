// C++: versions that differ in more than bodies, as whole programs side by side in namespaces of
// one file, each with the tests.
#include <filesystem>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/batch_cpp.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using syntax::Nodes;

// Without what it includes; a test's program is read where the tests include it. Nothing where that
// is more than headers of the standard library, or where a namespace would change what is meant.
std::optional<std::string> without_includes(const Nodes& nodes, const std::string& program_name,
                                            const std::string* program,
                                            std::set<std::string>& included) {
  std::string body;
  size_t at = 0;
  for (size_t node = 1; node < nodes.size(); ++node) {
    const auto range = nodes[node].range;
    const std::string_view kind = nodes[node].kind;
    if (kind == "namespace_definition" && nodes.text(node).starts_with("namespace std")) {
      return std::nullopt;
    }
    if (kind == "template_declaration" && nodes.text(node).starts_with("template <>")) {
      return std::nullopt;
    }
    if (kind != "preproc_include") continue;
    const size_t path = nodes.child(node, "path");
    if (path == syntax::no_node) return std::nullopt;
    body += nodes.text().substr(at, range.begin - at);
    at = range.end;
    if (nodes[path].kind == "system_lib_string") {
      included.insert(concat("#include ", nodes.text(path), "\n"));
    } else {
      const std::string_view name = nodes.text(path);
      const bool is_program =
          name == "\"" + program_name + "\"" || name.ends_with("/" + program_name + "\"");
      if (program == nullptr || !is_program) return std::nullopt;
      body += *program;
    }
  }
  body += nodes.text().substr(at);
  body += '\n';
  return body;
}

// Only the real main returns 0 by itself.
std::optional<std::string> with_result(const std::string& text, syntax::Language language) {
  const auto tree = parse(text, language);
  if (!tree) return std::nullopt;
  const Nodes nodes(*tree);
  const size_t main = main_function(nodes);
  if (main == syntax::no_node) return std::nullopt;
  const size_t declarator = nodes.child(main, "declarator");
  const size_t parameters = nodes.child(declarator, "parameters");
  if (parameters == syntax::no_node || !nodes.children(parameters).empty()) return std::nullopt;
  const size_t end = nodes[main].range.end - 1;
  return text.substr(0, end) + " return 0; " + text.substr(end);
}

}  // namespace

std::optional<std::string> copy_of(const Subject& subject, const std::string& text,
                                   std::set<std::string>& includes) {
  const std::string name = fs::path(subject.question.file).filename();
  const auto program = parse(text, subject.language);
  if (!program || subject.language != syntax::Language::cpp) return std::nullopt;
  auto body = without_includes(Nodes(*program), name, nullptr, includes);
  if (body && !subject.own_tests()) {
    const auto tests = parse(subject.tests_text, subject.language);
    if (!tests) return std::nullopt;
    body = without_includes(Nodes(*tests), name, &*body, includes);
  }
  return body ? with_result(*body, subject.language) : std::nullopt;
}

std::string with_copies(const std::string& text, const std::vector<Copy>& copies,
                        const std::set<std::string>& includes, syntax::Language language) {
  const auto tree = parse(text, language);
  if (!tree) return "";
  const Nodes nodes(*tree);
  const size_t main = main_function(nodes);
  const size_t body = main == syntax::no_node ? main : nodes.child(main, "body");
  if (body == syntax::no_node) return "";
  std::string before, calls;
  for (const std::string& line : includes) before += line;
  for (const auto& [number, copy] : copies) {
    const std::string space = concat("_lemma_copy_", number);
    before += droppable(number, concat("namespace ", space, " {\n", copy, "}"));
    calls += droppable(number, concat("case ", number, ": return ", space, "::main();"));
  }
  const size_t at = nodes[body].range.begin + 1;
  return concat(before, "\n#line 1 \"lemma-base\"\n", text.substr(0, at),
                " switch (_lemma_tests) {", calls, "}\n#line 1 \"lemma-base\"\n", text.substr(at));
}

}  // namespace lsp::features::debug
