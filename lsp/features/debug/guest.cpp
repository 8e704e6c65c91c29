#include "lsp/features/debug/guest.h"

#include "engine/base/format.h"
#include "lsp/features/debug/subject.h"

namespace lsp::features::debug {

std::string with_guest(const std::string& program, const std::string& path) {
  using engine::base::concat;
  return is_module(program)
             ? concat(program, "\n;import lemmaGuest from '", path,
                      "';\nlemmaGuest((source) => eval(source));\n")
             : concat(program, "\n;require('", path, "')((source) => eval(source));\n");
}

std::optional<std::string> told_by_guest(const sandbox::languages::Prepared& prepared,
                                         const sandbox::languages::Run& run) {
  const std::string output = run.outcome.output.text();
  const size_t at = output.rfind("\n" + prepared.token + " ");
  if (at == std::string::npos) return std::nullopt;
  return output.substr(at + prepared.token.size() + 2);
}

}  // namespace lsp::features::debug
