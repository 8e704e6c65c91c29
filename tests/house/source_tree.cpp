#include "tests/house/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace house {
namespace {

namespace fs = std::filesystem;

bool passed_over(const std::string& name) {
  return name == "build" || name == "node_modules" || name == "__pycache__" ||
         name.starts_with(".");
}

std::vector<std::string> read_lines(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

bool ends_with_any(const std::string& path, const std::vector<std::string>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return path.ends_with(ending); });
}

std::vector<SourceFile> source_files(const std::vector<std::string>& endings) {
  const fs::path root = LEMMA_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory()) {
      if (passed_over(name)) it.disable_recursion_pending();
    } else if (it->is_regular_file() && ends_with_any(name, endings)) {
      files.push_back({it->path().lexically_relative(root).string(), read_lines(it->path())});
    }
  }
  return files;
}

}  // namespace house
