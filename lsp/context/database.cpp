#include "lsp/context/database.h"

#include <sqlite3.h>

#include "engine/base/check.h"
#include "engine/base/format.h"

namespace lsp::context {

void Statement::Delete::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

Statement& Statement::bind(int64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text(statement_.get(), ++bound_, value.data(), static_cast<int>(value.size()),
                    nullptr);
  return *this;
}

bool Statement::step() { return statement_ && sqlite3_step(statement_.get()) == SQLITE_ROW; }

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_.get());
  bound_ = 0;
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return "";
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

base::Result<Database> Database::open(const std::string& path) {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Database database;
  database.database_.reset(opened);
  if (code != SQLITE_OK) return base::fail(path, ": ", database.problem());
  sqlite3_busy_timeout(opened, 2000);
  return database;
}

base::Status Database::execute(const std::string& statements) {
  if (sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return base::fail(problem());
  }
  return base::Done{};
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  INVARIANT(code != SQLITE_ERROR);  // what is wrong is the file, not the statement
  return Statement(statement);
}

std::string Database::problem() const { return sqlite3_errmsg(database_.get()); }

}  // namespace lsp::context
