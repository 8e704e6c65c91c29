#include "lsp/elsewhere.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lsp/context/names.h"
#include "lsp/text/uri.h"

namespace lsp {

using features::change::Declaration;

// The index of a large project is finished by later calls, or by the daemon.
constexpr std::chrono::seconds longest_look{2};

std::vector<Declaration> declared_elsewhere(Workspaces& workspaces,
                                            const server::Snapshot& document,
                                            std::shared_ptr<const syntax::Tree> tree,
                                            const features::change::Request& request,
                                            const std::vector<std::string>& folders) {
  const auto workspace = workspaces.around(document->uri(), folders);
  if (!workspace) return {};
  context::OpenText here;
  here.document = document;
  here.tree = std::move(tree);
  here.path = text::relative_path(document->uri(), folders);
  const auto [begin, end] = request.part.lines;
  const auto named = context::names_in(request.instruction);
  const auto related = workspace->related_within(here, begin + (end - begin) / 2,
                                                 {named.begin(), named.end()}, longest_look);
  std::vector<Declaration> declared;
  for (const context::Signature& each : related->signatures) {
    // Behind the last one of its file, so that these stand together.
    const auto same = std::find_if(declared.rbegin(), declared.rend(),
                                   [&](const Declaration& of) { return of.path == each.path; });
    declared.insert(same == declared.rend() ? declared.end() : same.base(), {each.path, each.text});
  }
  return declared;
}

}  // namespace lsp
