// A file that lives in memory alone and has a path all the same.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/check.h"

namespace support {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("test", MFD_CLOEXEC)) {
    INVARIANT(descriptor_ >= 0);
    for (size_t written = 0; written < bytes.size();) {
      const ssize_t count = write(descriptor_, bytes.data() + written, bytes.size() - written);
      INVARIANT(count > 0);
      written += static_cast<size_t>(count);
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace support
