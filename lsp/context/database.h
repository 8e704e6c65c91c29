// A file of SQLite's, and statements on it. Internal to this folder.
//
// Thread safety: a Database and its statements belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lsp::context {

namespace base = engine::base;

// Values are bound in order, and columns read in order; both are texts or integers.
class Statement {
 public:
  Statement& bind(int64_t value);
  Statement& bind(std::string_view value);  // kept by whoever calls until the statement has run
  // The next row; false where there is none, and where the database cannot be read.
  bool step();
  // Runs it to its end and makes it ready for other values.
  void run();
  int64_t integer(int column) const;
  std::string_view text(int column) const;  // until the next step

 private:
  friend class Database;
  struct Delete {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Delete> statement_;
  int bound_ = 0;
};

class Database {
 public:
  // Makes the file where there is none. The error names it.
  static base::Result<Database> open(const std::string& path);

  base::Status execute(const std::string& statements);
  // `sql` is ours. In a file that cannot be read any more it yields no rows.
  Statement prepare(std::string_view sql);
  std::string problem() const;  // of the last call

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace lsp::context
