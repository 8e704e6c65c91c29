#include "engine/model/open.h"

#include <filesystem>

#include "engine/huggingface/directory.h"

namespace engine::model {

base::Result<gguf::File> open(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at is no directory
  if (std::filesystem::is_directory(path, ignored)) return huggingface::open_directory(path);
  return gguf::File::open(path);
}

}  // namespace engine::model
