// The byte-level alphabet: every byte has a printable character, the printable ones of Latin-1
// their own, the others U+0100 and up, in order.
#pragma once

#include <string>
#include <string_view>

namespace engine::tokenizer {

// Appends the bytes that `text` spells; false, and nothing appended, where it is not spelled in the
// alphabet.
bool append_spelled(std::string_view text, std::string& bytes);

}  // namespace engine::tokenizer
