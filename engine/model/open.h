// A model by its path: a GGUF file (or any part of one), or a directory as Hugging Face has it.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/file.h"

namespace engine::model {

base::Result<gguf::File> open(const std::string& path);

}  // namespace engine::model
