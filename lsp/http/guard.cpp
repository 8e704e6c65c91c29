#include "lsp/http/guard.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/format.h"
#include "lsp/http/tokens.h"

namespace lsp::http {
namespace {

struct Known {
  std::string_view path;
  std::string_view method;
  Route route;
};

constexpr std::array routes{Known{"/v1/completions", "POST", Route::completions},
                            Known{"/v1/chat/completions", "POST", Route::chat},
                            Known{"/infill", "POST", Route::infill},
                            Known{"/v1/models", "GET", Route::models},
                            Known{"/health", "GET", Route::health},
                            Known{"/metrics", "GET", Route::metrics}};

// The Host field may leave out a port; one that is there must be ours.
bool is_our_host(std::string_view field, const Options& options, uint16_t port) {
  std::string host = base::lower_case(field);
  const std::string ending = base::concat(':', port);
  if (host.ends_with(ending)) host.resize(host.size() - ending.size());
  const std::string& address = options.address.host;
  const bool v6 = address.find(':') != std::string::npos;
  if (host == (v6 ? "[" + address + "]" : address)) return true;
  if (host == "localhost") return options.address.loopback;
  return std::any_of(options.hosts.begin(), options.hosts.end(),
                     [&](const std::string& name) { return base::lower_case(name) == host; });
}

bool is_json(std::string_view content_type) {
  const std::string type = base::lower_case(content_type.substr(0, content_type.find(';')));
  const size_t end = type.find_last_not_of(" \t");
  return type.substr(0, end == std::string::npos ? 0 : end + 1) == "application/json";
}

std::optional<size_t> holder_of(std::string_view authorization, const Options& options) {
  constexpr std::string_view scheme = "bearer ";
  if (base::lower_case(authorization.substr(0, scheme.size())) != scheme) return std::nullopt;
  return find_holder(options.holders, authorization.substr(scheme.size()));
}

}  // namespace

std::variant<Admitted, Refusal> check(const Header& header, const Options& options, uint16_t port) {
  if (header.origin) {
    return Refusal{403, "origin_not_allowed", "requests of web pages are refused"};
  }
  if (!is_our_host(header.host, options, port)) {
    return Refusal{
        403, "host_not_allowed",
        "the Host field names neither this address nor one of http.hosts in config.toml"};
  }
  const auto holder = holder_of(header.authorization, options);
  if (!holder) {
    return Refusal{401, "invalid_api_key",
                   "a bearer token is wanted; `lemma daemon --http` says where it lies"};
  }
  const std::string_view path = header.target.substr(0, header.target.find('?'));
  const auto known = std::find_if(routes.begin(), routes.end(),
                                  [&](const Known& route) { return route.path == path; });
  if (known == routes.end()) {
    return Refusal{404, "not_found",
                   "there are /v1/completions, /v1/chat/completions, /infill, /v1/models, /health "
                   "and /metrics"};
  }
  if (known->method != header.method) {
    return Refusal{405, "method_not_allowed", base::concat(known->path, " takes ", known->method)};
  }
  if (asks_the_model(known->route) && !is_json(header.content_type)) {
    return Refusal{415, "unsupported_media_type", "Content-Type must be application/json"};
  }
  return Admitted{known->route, *holder};
}

bool asks_the_model(Route route) {
  return route == Route::completions || route == Route::chat || route == Route::infill;
}

std::string_view name_of(Route route) {
  return std::find_if(routes.begin(), routes.end(),
                      [&](const Known& known) { return known.route == route; })
      ->path;
}

}  // namespace lsp::http
