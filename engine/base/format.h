// Messages are built from their parts: `fail("cannot open ", path, ": ", reason)`. std::format is
// not in g++ 12.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine::base {

template <typename... Parts>
std::string concat(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return std::move(text).str();
}

template <typename... Parts>
Error fail(const Parts&... parts) {
  return Error{concat(parts...)};
}

// In single quotes (`quoted` would find std::quoted). Names come from files: what is not printable
// ASCII is escaped, and what is long is cut.
std::string in_quotes(std::string_view name);

// ASCII alone.
std::string lower_case(std::string_view text);

}  // namespace engine::base
