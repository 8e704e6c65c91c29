// Values of the protocol as JSON. Internal to this folder.
#pragma once

#include <nlohmann/json.hpp>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

inline nlohmann::json to_json(const text::Position& position) {
  return {{"line", position.line}, {"character", position.character}};
}

inline nlohmann::json to_json(const Span& span) {
  return {{"start", to_json(span.start)}, {"end", to_json(span.end)}};
}

// Texts that reach the editor are checked long before; whatever slips through must not throw here.
inline std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lsp::wire
