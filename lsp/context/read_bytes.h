// Files as they lie on a disk that others write to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace lsp::context {

// All bytes of a regular file. Nothing where there is none, where it has more than `most`, and
// where it cannot be read to its end, as on a disk that fails: never an exception.
std::optional<std::string> read_bytes(const std::string& path, size_t most);

}  // namespace lsp::context
