#pragma once

#include <string>

#include "engine/base/result.h"

namespace engine::base {

// All bytes of a regular file. Errors: there is none at `path`; it cannot be read.
Result<std::string> read_file(const std::string& path);

}  // namespace engine::base
