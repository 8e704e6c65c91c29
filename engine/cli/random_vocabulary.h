// The vocabulary of a random model: every byte a token, the special tokens, and padding.
#pragma once

#include "engine/gguf/writer.h"

namespace engine::cli {

// Adds the tokenizer.ggml keys; nothing when `size` has no room for the bytes and special tokens.
void add_random_vocabulary(gguf::Writer& writer, int size);

}  // namespace engine::cli
