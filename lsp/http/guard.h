// Who may ask what: decided from the header alone, before a byte of the body is read.
//
// A page in the user's browser can reach a port of this machine. So every request needs a token,
// one that names an Origin is a browser's and refused, and the Host field must be one of ours, or
// else a name that somebody points here would do (DNS rebinding).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lsp/http/options.h"

namespace lsp::http {

enum class Route { completions, chat, infill, models, health, metrics };

// Of an answer that is an error. The body says it in OpenAI's form.
struct Refusal {
  unsigned status;
  std::string code;  // "invalid_api_key", …
  std::string message;
  int retry_after_s = 0;  // 0: not said
};

// The fields of a header that count; absent ones are empty, but an empty Origin is one.
struct Header {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::optional<std::string_view> origin;
  std::string_view content_type;
  std::string_view authorization;
};

struct Admitted {
  Route route;
  size_t holder;  // index
};

// `port` is the one listened at; hosts are compared with it and without.
std::variant<Admitted, Refusal> check(const Header& header, const Options& options, uint16_t port);

// Whether what asks has a body and an answer of the model's.
bool asks_the_model(Route route);

std::string_view name_of(Route route);  // "/v1/completions", …

}  // namespace lsp::http
