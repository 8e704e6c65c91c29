// An import names a file in the terms of its language: "pkg.util", "./util", "lsp/text/uri.h",
// "crate::text::uri", "com.example.Util". All of them end in the names of folders and a file, so
// one rule serves all: among the files with the last name, those whose path ends in most of the
// names before it. Relative ones are exact.
#include <algorithm>
#include <filesystem>

#include "lsp/context/workspace.h"

namespace lsp::context {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_of_a_name = 64;  // files called alike that are looked at
constexpr size_t most_meant = 2;

using Names = std::vector<std::string>;

Names split(std::string_view text, std::string_view separators) {
  Names names;
  while (!text.empty()) {
    const size_t end = text.find_first_of(separators);
    if (end != 0) names.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return names;
}

// Whether the module is a path: "./util", "lsp/text/uri.h", "util.h".
bool is_path(std::string_view module) {
  return module.find('/') != std::string_view::npos || module.ends_with(".h") ||
         module.ends_with(".hpp") || module.ends_with(".hh");
}

// Without an ending that source files have: "./util.js" is "./util", "./user.service" a whole name.
std::string without_ending(std::string_view module) {
  const bool whole = syntax::language_of("", module, "").has_value() || module.ends_with('/');
  return module_path(whole ? std::string(module) : std::string(module) + ".ending");
}

// The module's names from the workspace's root, where the import says where to look.
std::optional<Names> relative_names(std::string_view module, const fs::path& folder) {
  if (module.starts_with("./") || module.starts_with("../")) {
    return split((folder / without_ending(module)).lexically_normal().string(), "/");
  }
  if (!module.starts_with('.')) return std::nullopt;
  fs::path from = folder;  // Python: a dot for this folder, one more for each above
  for (module.remove_prefix(1); module.starts_with('.'); module.remove_prefix(1)) {
    from = from.parent_path();
  }
  Names names = split(from.string(), "/");
  for (std::string& name : split(module, ".")) names.push_back(std::move(name));
  return names;
}

// How many names at the end of the path are the wanted ones.
size_t shared_end(const Names& path, const Names& wanted) {
  const auto ends = std::mismatch(path.rbegin(), path.rend(), wanted.rbegin(), wanted.rend());
  return static_cast<size_t>(ends.first - path.rbegin());
}

struct Meant {
  std::string path;
  size_t shared;
};

// A name alone may be any package's: it means a file in the same folder or at the top, unless it is
// a header's, which compilers look for in many folders.
enum class Where { exactly_there, near, anywhere };

void add_meant(const Names& wanted, Where where, std::string_view here, Index& index,
               std::vector<Meant>& meant) {
  if (wanted.empty()) return;
  for (std::string& path : index.files_named(wanted.back(), most_of_a_name)) {
    const Names names = split(module_path(path), "/");
    const size_t shared = shared_end(names, wanted);
    const bool fits = where == Where::exactly_there
                          ? names == wanted
                          : shared == std::min(names.size(), wanted.size());
    const bool found = where != Where::near || wanted.size() > 1 || names.size() == 1 ||
                       fs::path(path).parent_path() == fs::path(here).parent_path();
    if (fits && found && path != here) meant.push_back({std::move(path), shared});
  }
}

}  // namespace

std::vector<std::string> imported_files(const syntax::Import& import, std::string_view here,
                                        Index& index) {
  const fs::path folder = fs::path(here).parent_path();
  Names wanted;
  auto where = Where::near;
  if (auto relative = relative_names(import.module, folder)) {
    wanted = std::move(*relative);
    where = Where::exactly_there;
  } else if (is_path(import.module)) {
    wanted = split(without_ending(import.module), "/");
    where = Where::anywhere;
  } else {
    wanted = split(import.module, ".:");
    std::erase_if(wanted, [](const auto& name) { return name == "crate" || name == "self"; });
  }
  std::vector<Meant> meant;
  // `from package import module`, `use crate::module::Type`.
  for (const std::string_view name : import.names) {
    Names with_name = wanted;
    with_name.emplace_back(name);
    add_meant(with_name, where, here, index, meant);
  }
  add_meant(wanted, where, here, index, meant);
  if (where == Where::near && wanted.size() > 2) {
    wanted.pop_back();
    add_meant(wanted, where, here, index, meant);
  }
  std::stable_sort(meant.begin(), meant.end(),
                   [](const Meant& a, const Meant& b) { return a.shared > b.shared; });
  std::vector<std::string> paths;
  for (Meant& each : meant) {
    const bool known = std::find(paths.begin(), paths.end(), each.path) != paths.end();
    if (!known && paths.size() < most_meant) paths.push_back(std::move(each.path));
  }
  return paths;
}

}  // namespace lsp::context
