#include "engine/base/read_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/base/format.h"

namespace engine::base {

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail("'", path, "' is a folder");
  if (!std::filesystem::is_regular_file(path, error)) return fail("no file at '", path, "'");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return fail("cannot read '", path, "'");
  return std::move(content).str();
}

}  // namespace engine::base
