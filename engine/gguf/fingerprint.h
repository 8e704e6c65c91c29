// Tells models apart that are kept under one name.
#pragma once

#include <cstdint>

#include "engine/gguf/file.h"

namespace engine::gguf {

// Of the file's size and time of change, its metadata, the name, type and shape of every tensor,
// and samples of their data: another model has another fingerprint, the same file always the same.
// Reads some kilobytes of each tensor.
uint64_t fingerprint(const File& file);

}  // namespace engine::gguf
