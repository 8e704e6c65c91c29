// What the files of a workspace define and which names they use, in a file of SQLite's that lies
// outside of the workspace. It holds names and places alone: texts are read where they are used.
//
// Thread safety: an Index belongs to one thread at a time. Several processes may have one file.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lsp/context/database.h"
#include "lsp/syntax/tree.h"

namespace lsp::context {

// A definition in a file as it was when it was indexed, which its stamp says.
struct Defined {
  std::string path;
  syntax::SymbolKind kind;
  text::Range signature;
  int64_t stamp;
};

class Index {
 public:
  // A file of another version, or one that is damaged, is made anew. Its time is that of the last
  // opening.
  static base::Result<Index> open(const std::string& file);

  // Paths are relative to the workspace. A stamp is another whenever the file is.
  std::unordered_map<std::string, int64_t> stamps();
  // `tree` may be null: then names alone are known.
  void put(const std::string& path, int64_t stamp, std::string_view text, const syntax::Tree* tree);
  void remove(const std::string& path);
  // Between these two, changes become visible and durable together.
  void begin() { (void)database_.execute("BEGIN"); }
  void commit() { (void)database_.execute("COMMIT"); }
  // Finds out which names are too common to tell files apart; `similar` passes them over.
  void find_common_names();

  // Where a name is defined; no more than `most`.
  std::vector<Defined> definitions(std::string_view name, size_t most);
  // The files that may be meant by a module: its last part is their name without extension, or
  // their folder's where they stand for it (__init__.py, mod.rs, index.js).
  std::vector<std::string> files_named(std::string_view stem, size_t most);
  // The files with the parts of 24 lines that share most with these names by BM25, best first.
  std::vector<std::string> similar(const std::vector<std::string_view>& names, size_t most);

 private:
  explicit Index(Database database) : database_(std::move(database)) {}
  std::optional<int64_t> id_of(const std::string& path);
  void remove_contents(int64_t id);

  Database database_;
};

// Removes the indices in a folder that nobody has opened for so long: their projects are gone, or
// will be indexed again. Whoever has one open all the same keeps what he has.
void remove_unused_indices(const std::string& folder,
                           std::chrono::hours unused = std::chrono::days(90));

// Of a path, without extension, and without a last part that stands for its folder:
// "pkg/util/__init__.py" is "pkg/util".
std::string module_path(std::string_view path);

}  // namespace lsp::context
