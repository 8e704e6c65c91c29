// What has arrived of a download. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine::remote {

// Of which version of which file the bytes are.
struct PartOrigin {
  std::string url;
  std::string validator;  // for If-Range: a strong ETag or a date; empty: none, so it cannot go on
  int64_t whole = 0;      // bytes; 0: unknown
  std::string sha256;     // that the server named; empty: none
  bool operator==(const PartOrigin&) const = default;
};

class PartFile {
 public:
  // Takes up what is there of `url`, or begins anew. An error where it cannot be written, or where
  // another process is loading the same file.
  static base::Result<PartFile> open(const std::string& path, const std::string& url);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  int64_t size() const { return size_; }
  int64_t resumed_at() const { return resumed_at_; }  // of size(), what was there before
  const PartOrigin& origin() const { return origin_; }
  std::string path() const { return target_ + ".part"; }

  // Throws away what is there; what follows is of `origin`.
  base::Status begin(const PartOrigin& origin);
  // An error where the disk has no room for `bytes` more.
  base::Status check_room(int64_t bytes) const;
  base::Status append(std::string_view bytes);
  // Gives it its name, once it is safe on the disk.
  base::Status finish();
  void remove();

 private:
  PartFile(std::string target, int file) : target_(std::move(target)), file_(file) {}
  std::string note_path() const { return target_ + ".part.from"; }
  PartOrigin read_note() const;

  std::string target_;
  int file_;
  int64_t size_ = 0, resumed_at_ = 0;
  PartOrigin origin_;
};

}  // namespace engine::remote
