// SHA-256, by OpenSSL.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/result.h"

namespace engine::remote {

// Of a whole file, as 64 lower-case hexadecimal digits. `on_bytes` is told how many were read, now
// and then; false ends it with an error. It may be empty.
base::Result<std::string> sha256_of_file(const std::string& path,
                                         const std::function<bool(int64_t bytes)>& on_bytes);

// Whether this is such a sum; upper-case digits count.
bool is_sha256(const std::string& text);

}  // namespace engine::remote
