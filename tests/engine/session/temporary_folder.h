// A folder that goes when the test ends, with a log that keeps what was said.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/check.h"

namespace support {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "lemma-prefixes-XXXXXX";
    INVARIANT(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) found.push_back(entry);
    return found;
  }

  auto log() {
    return [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_ += line + "\n";
    };
  }
  std::string logged() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::filesystem::path path_;
  std::mutex mutex_;
  std::string lines_;
};

}  // namespace support
