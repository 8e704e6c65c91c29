// The operations on texts, as Python's str has them.
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/result.h"
#include "lsp/features/jinja/value.h"

namespace lsp::features::jinja {

enum class Side { left = 1, right = 2, both = 3 };
// Without these characters at its ends; with nullptr, without blanks.
Text stripped(const Text& text, Side side, const Text* characters);

// At each separator (which is not empty) but no more than `most` times; without one, at runs of
// blanks.
List split(const Text& text, const Text* separator, std::optional<int64_t> most);
Text joined(const List& texts, const Text& separator);
Text replaced(const Text& text, const Text& from, const Text& to);
// ASCII alone.
Text in_upper_case(Text text);
Text in_lower_case(Text text);

// As JSON, and with an indentation over several lines where it is not negative.
engine::base::Result<Text> json_of(const Value& value, int64_t indentation);

}  // namespace lsp::features::jinja
