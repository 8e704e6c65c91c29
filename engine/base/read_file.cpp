#include "engine/base/read_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "engine/base/format.h"

namespace engine::base {

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail("'", path, "' is a folder");
  const bool exists = std::filesystem::exists(path, error);
  if (error) return fail("cannot read '", path, "': ", error.message());
  if (!exists) return fail("no file at '", path, "'");
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail("'", path, "' is no regular file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file && errno != 0) {
    return fail("cannot read '", path, "': ", std::generic_category().message(errno));
  }
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return fail("cannot read '", path, "'");
  return std::move(content).str();
}

}  // namespace engine::base
