#include "lsp/context/index.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "lsp/context/names.h"

namespace lsp::context {
namespace {

constexpr int version = 1;
constexpr const char* ending = ".sqlite";
constexpr size_t chunk_lines = 24;
constexpr int64_t most_chunks = 4096;  // of one file: its id and the chunk's number are one number
constexpr int64_t common_chunks = 1000;

constexpr const char* schema = R"(
  CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT UNIQUE, stem TEXT, stamp INTEGER);
  CREATE INDEX files_by_stem ON files (stem);
  CREATE TABLE symbols (name TEXT, kind INTEGER, file INTEGER, first INTEGER, last INTEGER);
  CREATE INDEX symbols_by_name ON symbols (name);
  CREATE INDEX symbols_by_file ON symbols (file);
  CREATE VIRTUAL TABLE chunks USING fts5 (names, tokenize = "unicode61 tokenchars '_'");
  CREATE VIRTUAL TABLE vocabulary USING fts5vocab (chunks, 'row');
  CREATE TABLE common (name TEXT PRIMARY KEY) WITHOUT ROWID;
)";

// Nothing here is worth waiting for a disk: what a crash loses is indexed again.
constexpr const char* habits =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000;";

std::string chunk_names(std::string_view chunk) {
  std::set<std::string_view> seen;
  std::string names;
  for (const std::string_view name : names_in(chunk)) {
    if (seen.insert(name).second) names += std::string(name) + ' ';
  }
  return names;
}

// The end of so many lines from `begin` on.
size_t lines_end(std::string_view text, size_t begin, size_t lines) {
  for (; lines > 0 && begin < text.size(); --lines) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  return begin;
}

base::Result<Database> open_database(const std::string& file) {
  auto database = Database::open(file);
  if (!database) return database;
  if (auto done = database->execute(habits); !done) return done.error();
  int64_t found = 0;
  {
    Statement statement = database->prepare("PRAGMA user_version");
    if (statement.step()) found = statement.integer(0);
  }
  if (found == version) {
    // Reads the schema, and every page of the smallest table.
    auto done = database->execute("SELECT count(*) FROM common");
    if (!done) return done.error();
    return database;
  }
  const std::string numbered = "; PRAGMA user_version = " + std::to_string(version);
  if (auto done = database->execute(std::string(schema) + numbered); !done) return done.error();
  return database;
}

// With what SQLite keeps beside it, and before it, so that no later file of its name gets that.
void remove_index(const std::string& file) {
  std::error_code error;
  for (const char* suffix : {"-wal", "-shm", ""}) std::filesystem::remove(file + suffix, error);
}

}  // namespace

std::string module_path(std::string_view path) {
  namespace fs = std::filesystem;
  const fs::path whole = fs::path(path).replace_extension();
  const std::string last = whole.filename();
  const bool is_folder = last == "__init__" || last == "mod" || last == "index";
  return is_folder && whole.has_parent_path() ? whole.parent_path() : whole;
}

void remove_unused_indices(const std::string& folder, std::chrono::hours unused) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - unused;
  fs::directory_iterator it(folder, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    const fs::path file = it->path();
    std::error_code unknown;
    if (file.extension() != ending) continue;
    const auto opened = fs::last_write_time(file, unknown);
    if (!unknown && opened < oldest) remove_index(file);
  }
}

base::Result<Index> Index::open(const std::string& file) {
  auto database = open_database(file);
  if (!database) {
    remove_index(file);
    database = open_database(file);
  }
  if (!database) return database.error();
  std::error_code error;
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now(), error);
  return Index(std::move(*database));
}

std::unordered_map<std::string, int64_t> Index::stamps() {
  std::unordered_map<std::string, int64_t> stamps;
  Statement all = database_.prepare("SELECT path, stamp FROM files");
  while (all.step()) stamps.emplace(all.text(0), all.integer(1));
  return stamps;
}

std::optional<int64_t> Index::id_of(const std::string& path) {
  Statement find = database_.prepare("SELECT id FROM files WHERE path = ?");
  if (!find.bind(path).step()) return std::nullopt;
  return find.integer(0);
}

void Index::remove_contents(int64_t id) {
  database_.prepare("DELETE FROM symbols WHERE file = ?").bind(id).run();
  database_.prepare("DELETE FROM chunks WHERE rowid BETWEEN ? AND ?")
      .bind(id * most_chunks)
      .bind((id + 1) * most_chunks - 1)
      .run();
}

void Index::put(const std::string& path, int64_t stamp, std::string_view text,
                const syntax::Tree* tree) {
  const std::string stem = std::filesystem::path(module_path(path)).filename();
  database_
      .prepare(
          "INSERT INTO files (path, stem, stamp) VALUES (?, ?, ?) "
          "ON CONFLICT (path) DO UPDATE SET stamp = excluded.stamp")
      .bind(path)
      .bind(stem)
      .bind(stamp)
      .run();
  const auto id = id_of(path);
  if (!id) return;
  remove_contents(*id);
  if (tree != nullptr) {
    Statement insert = database_.prepare("INSERT INTO symbols VALUES (?, ?, ?, ?, ?)");
    for (const syntax::Symbol& symbol : tree->symbols()) {
      insert.bind(symbol.name).bind(static_cast<int64_t>(symbol.kind)).bind(*id);
      insert.bind(static_cast<int64_t>(symbol.signature.begin));
      insert.bind(static_cast<int64_t>(symbol.signature.end)).run();
    }
  }
  Statement insert = database_.prepare("INSERT INTO chunks (rowid, names) VALUES (?, ?)");
  size_t begin = 0;
  for (int64_t i = 0; begin < text.size() && i < most_chunks; ++i) {
    const size_t end = lines_end(text, begin, chunk_lines);
    const std::string names = chunk_names(text.substr(begin, end - begin));
    insert.bind(*id * most_chunks + i).bind(names).run();
    begin = end;
  }
}

void Index::remove(const std::string& path) {
  const auto id = id_of(path);
  if (!id) return;
  remove_contents(*id);
  database_.prepare("DELETE FROM files WHERE id = ?").bind(*id).run();
}

void Index::find_common_names() {
  begin();
  (void)database_.execute("DELETE FROM common");
  database_.prepare("INSERT INTO common SELECT term FROM vocabulary WHERE doc > ?")
      .bind(common_chunks)
      .run();
  commit();
}

std::vector<Defined> Index::definitions(std::string_view name, size_t most) {
  std::vector<Defined> found;
  Statement find = database_.prepare(
      "SELECT path, kind, first, last, stamp FROM symbols JOIN files ON files.id = symbols.file "
      "WHERE name = ? ORDER BY path, first LIMIT ?");
  find.bind(name).bind(static_cast<int64_t>(most));
  while (find.step()) {
    found.push_back({std::string(find.text(0)),
                     static_cast<syntax::SymbolKind>(find.integer(1)),
                     {static_cast<size_t>(find.integer(2)), static_cast<size_t>(find.integer(3))},
                     find.integer(4)});
  }
  return found;
}

std::vector<std::string> Index::files_named(std::string_view stem, size_t most) {
  std::vector<std::string> paths;
  Statement find = database_.prepare("SELECT path FROM files WHERE stem = ? ORDER BY path LIMIT ?");
  find.bind(stem).bind(static_cast<int64_t>(most));
  while (find.step()) paths.emplace_back(find.text(0));
  return paths;
}

std::vector<std::string> Index::similar(const std::vector<std::string_view>& names, size_t most) {
  std::string query;
  Statement is_common = database_.prepare("SELECT 1 FROM common WHERE name = lower(?)");
  for (const std::string_view name : names) {
    const bool common = is_common.bind(name).step();
    is_common.run();
    if (common) continue;
    // Names hold letters, digits and underscores: nothing in them ends the quotes.
    query += (query.empty() ? "\"" : " OR \"") + std::string(name) + "\"";
  }
  std::vector<std::string> paths;
  if (query.empty()) return paths;
  Statement find = database_.prepare(
      "SELECT path FROM (SELECT rowid AS chunk, rank FROM chunks WHERE chunks MATCH ? "
      "ORDER BY rank LIMIT ?) JOIN files ON files.id = chunk / ? ORDER BY rank");
  find.bind(query).bind(static_cast<int64_t>(8 * most)).bind(most_chunks);
  while (find.step() && paths.size() < most) {
    const std::string path(find.text(0));
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  return paths;
}

}  // namespace lsp::context
