// Folders of the host's /tmp that runs write to where they have no memory of their own.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

namespace sandbox::runner::helper {

// One sandbox's folder, or none. It goes with this object, and all that is in it as well.
class PrivateFolder {
 public:
  explicit PrivateFolder(std::string path = "") : path_(std::move(path)) {}
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~PrivateFolder();

  bool exists() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class PrivateFolders {
 public:
  // Lets in `owner` alone. None where it cannot be made. The first one removes what helpers have
  // left that were killed.
  PrivateFolder make(uid_t owner);

 private:
  bool swept_ = false;
};

}  // namespace sandbox::runner::helper
