// A folder that goes when the test ends.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/check.h"

namespace support {

// A sandbox that root has started reads what everybody may.
enum class Readable { by_its_user, by_all };

class TemporaryFolder {
 public:
  explicit TemporaryFolder(Readable readable = Readable::by_its_user) {
    namespace fs = std::filesystem;
    std::string name = fs::temp_directory_path() / "lemma-test-XXXXXX";
    INVARIANT(mkdtemp(name.data()) != nullptr);
    path_ = fs::canonical(name);
    if (readable == Readable::by_all) fs::permissions(path_, fs::perms(0755));
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  const std::filesystem::path& path() const { return path_; }
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) found.push_back(entry);
    return found;
  }
  // The folders above it are made.
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace support
