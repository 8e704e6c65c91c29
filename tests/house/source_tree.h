// The source files of the checkout, as the house rules see them.
#pragma once

#include <string>
#include <vector>

namespace house {

struct SourceFile {
  std::string path;  // from the root, "engine/gguf/file.h"
  std::vector<std::string> lines;
};

// Files below the root whose name ends with one of `endings`; build trees, installed packages and
// hidden folders are passed over.
std::vector<SourceFile> source_files(const std::vector<std::string>& endings);

bool ends_with_any(const std::string& path, const std::vector<std::string>& endings);

}  // namespace house
