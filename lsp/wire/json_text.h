// What a message's text must pass before the JSON parser sees it.
#pragma once

#include <cstddef>
#include <string>

#include "engine/base/result.h"

namespace lsp::wire {

namespace base = engine::base;

constexpr int max_json_depth = 100;

// Stands in a text for each byte that is no UTF-8: one code unit in every encoding, so that
// positions stay right.
constexpr char substitute = '\x1A';

struct Repairs {
  size_t bytes = 0;       // invalid UTF-8, each replaced by `substitute`
  size_t surrogates = 0;  // escapes of half a surrogate pair, each replaced by U+FFFD
};

// Editors do send texts that are no Unicode (files in other encodings, half a character while
// typing). Refusing such a message would lose the document, so they are repaired. What is nested
// deeper than max_json_depth is an error.
base::Result<Repairs> repair_json(std::string& text);

}  // namespace lsp::wire
