// Names for texts that are cut into blocks: a hash of all that a KV block depends on.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

using PrefixKey = std::array<uint64_t, 2>;

// Of the empty text. `identity` says whatever blocks depend on besides tokens: the model, …
PrefixKey empty_prefix(std::string_view identity);
// Of a text that goes on with a block of these tokens.
PrefixKey extend_prefix(PrefixKey text, std::span<const tokenizer::Token> block);

}  // namespace engine::session
