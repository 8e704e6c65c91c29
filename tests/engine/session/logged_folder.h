// A temporary folder with a log that keeps what was said about it.
#pragma once

#include <mutex>
#include <string>

#include "tests/support/temporary_folder.h"

namespace support {

class LoggedFolder : public TemporaryFolder {
 public:
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
  std::mutex mutex_;
  std::string lines_;
};

}  // namespace support
