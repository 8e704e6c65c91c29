// What a fix may not do, whatever the tests say of it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {

// Where no fix changes anything: tests, assertions, handlers, what is thrown, exits, what decides
// on these outside of functions, documentation (it may hold examples) and the part that runs when
// the file is executed. In the text's order.
std::vector<text::Range> protected_ranges(const syntax::Nodes& nodes);

// Why `after` is no fix of `before`, whatever passes; nothing where it may be one. It must leave
// every protected part as it was, add none, and must not name a value of the tests (`tests` is
// their text) that the program did not know: that special-cases an input.
std::optional<std::string> objection(const syntax::Nodes& before, const syntax::Nodes& after,
                                     std::string_view tests);

// Knows what it has to of `before`, for many to be held against it; both texts outlive it.
class Protection {
 public:
  Protection(const syntax::Nodes& before, std::string_view tests);
  std::optional<std::string> objection(const syntax::Nodes& after) const;

 private:
  const std::string_view before_, tests_;
  const std::multiset<std::string_view> protected_;
  const std::set<std::string_view> literals_;
};

}  // namespace lsp::features::debug
