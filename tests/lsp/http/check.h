// What the tests of the endpoint share.
#pragma once

#include <spdlog/sinks/null_sink.h>

#include "lsp/http/options.h"

namespace support {

constexpr const char* secret = "0123456789abcdef0123456789abcdef";
constexpr const char* other_secret = "fedcba9876543210fedcba9876543210";

inline lsp::http::Options endpoint_options() {
  return {.address = {"127.0.0.1", 0, true},
          .holders = {{"first", secret}, {"second", other_secret}},
          .model = "scripted",
          .log = std::make_shared<spdlog::logger>("endpoint",
                                                  std::make_shared<spdlog::sinks::null_sink_mt>())};
}

}  // namespace support
