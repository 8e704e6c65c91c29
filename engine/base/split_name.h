// The names of files that hold a model in parts, as llama-gguf-split writes them:
// "NAME-00001-of-00003.gguf".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine::base {

struct SplitName {
  std::string stem;
  uint64_t number;  // from 1
  uint64_t count;

  std::string text() const;
};

// Nothing for other names. `number` and `count` are what stands there, whatever that is.
std::optional<SplitName> read_split_name(std::string_view name);

}  // namespace engine::base
