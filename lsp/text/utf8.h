// UTF-8 as lemma reads it: well-formed characters, and single bytes for everything else.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lsp::text {

// Bytes of the well-formed character at `offset` (1 to 4), or 1 where there is none: overlong
// forms, surrogates, values past U+10FFFF and stray bytes stand for themselves. `offset` < size.
size_t character_bytes(std::string_view text, size_t offset);

// The start of the character that covers `offset`; `offset` itself at a boundary or at the end.
size_t character_start(std::string_view text, size_t offset);

// The bytes before a character that only begins at the end of `text`; all of them where none does.
size_t whole_characters(std::string_view text);

// At most so many bytes of a text, whole characters, and an ellipsis where something is left out.
std::string shortened(std::string_view text, size_t most_bytes);

// The end of the ASCII bytes that begin at `offset`.
size_t ascii_end(std::string_view text, size_t offset);

// The offset of the first byte that belongs to no well-formed character; npos if there is none.
size_t first_invalid(std::string_view text, size_t offset = 0);

inline bool is_valid_utf8(std::string_view text) {
  return first_invalid(text) == std::string_view::npos;
}

}  // namespace lsp::text
