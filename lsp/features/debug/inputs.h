// Other inputs for the calls that tests make: what is at the edge of a type, what is near to the
// tests' own, and what the program and the tests name elsewhere.
#pragma once

#include <optional>
#include <string>

#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/vocabulary.h"

namespace lsp::features::debug {

// Another value in place of the literal `node`, a number, a string or a list; nothing where it
// stays. Variant 0 changes nothing; of each other one about a third of the literals differ, always
// in the same way for the same `place`, a number of the literal among all of them.
std::optional<std::string> other_input(const syntax::Nodes& nodes, size_t node, size_t place,
                                       syntax::Language language, unsigned variant,
                                       const Vocabulary& vocabulary);

}  // namespace lsp::features::debug
