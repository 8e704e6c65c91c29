// What a formula is read as, told where it is something else.
#pragma once

#include <string>

#include "lsp/features/solve/read.h"
#include "tests/support/catch.h"

namespace read_test {

using namespace lsp::features::solve;

inline void check_read(const std::string& text, const std::string& expected) {
  INFO(text);
  const auto reading = read(text);
  REQUIRE(reading.ok());
  CHECK(to_text(reading->task) == expected);
}

inline void check_refused(const std::string& text, const std::string& part) {
  INFO(text);
  const auto reading = read(text);
  REQUIRE_FALSE(reading.ok());
  INFO(reading.message());
  CHECK(reading.message().find(part) != std::string::npos);
}

inline void check_note(const std::string& text, const std::string& part) {
  INFO(text);
  const auto reading = read(text);
  REQUIRE(reading.ok());
  REQUIRE_FALSE(reading->notes.empty());
  INFO(reading->notes.front());
  CHECK(reading->notes.front().find(part) != std::string::npos);
}

}  // namespace read_test
