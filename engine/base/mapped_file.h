// A file mapped read-only into memory. Move-only; unmapped when destroyed.
//
// A file that another process truncates while it is mapped raises SIGBUS on access, as for every
// program that maps files; model files are replaced by rename, never rewritten in place.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace engine::base {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace engine::base
