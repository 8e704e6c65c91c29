// Messages are built from their parts: `fail("cannot open ", path, ": ", reason)`. std::format is
// not in g++ 12.
#pragma once

#include <sstream>
#include <string>

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

}  // namespace engine::base
