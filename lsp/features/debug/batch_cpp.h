// How versions of a C++ program stand in one file. Inside this folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/features/debug/subject.h"
#include "lsp/syntax/nodes.h"

namespace lsp::features::debug {

// Numbers of what can be left out: bodies, then tests, then copies.
inline constexpr size_t first_tests = 100'000, first_copy = 200'000;

// Between the lines of a file of its own, left out where the compiler has named it.
std::string droppable(size_t number, const std::string& text);

size_t main_function(const syntax::Nodes& nodes);

struct Copy {
  size_t number;
  std::string text;
};

// The program of that text with its tests, for a namespace, and what it includes added to
// `includes`. Nothing where it has to be tried alone.
std::optional<std::string> copy_of(const Subject& subject, const std::string& text,
                                   std::set<std::string>& includes);

// The text that holds main, with the copies before it and a choice among them: by _lemma_tests.
// Empty where there is no main.
std::string with_copies(const std::string& text, const std::vector<Copy>& copies,
                        const std::set<std::string>& includes, syntax::Language language);

}  // namespace lsp::features::debug
