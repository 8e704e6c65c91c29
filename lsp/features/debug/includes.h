// Headers of C++'s library, and of C's, that a compiler's words ask for.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lsp::features::debug {

struct Include {
  std::string statement;  // "#include <cstdint>"; where the text has headers of C, <stdint.h>
  bool told = false;      // whether `message` names the header, or what it declares
  bool used = false;      // whether the text has a name of it, behind std::
};

// "vector", "cstdio", "stdio.h"
std::set<std::string> standard_headers();

// Of those that `text` does not include.
std::vector<Include> missing_includes(std::string_view text, std::string_view message);

}  // namespace lsp::features::debug
