// Tests that say what comes of their calls instead of checking it.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/vocabulary.h"
#include "sandbox/languages/doctests.h"
#include "sandbox/policy/policy.h"

namespace lsp::features::debug {

// Between what was called, with the values of the names in it, and what came of it; one line each.
inline constexpr const char* gives = " gives ";
inline constexpr const char* where = " where ";

// In variant 0 the inputs are the tests' own; in each other one some numbers, strings and lists
// differ (inputs.h): in all of a test file, but of a program that holds its own tests in these
// alone.
enum class Varied { everything, tests };
std::string observing(const syntax::Nodes& tests, syntax::Language language, unsigned variant,
                      Varied varied = Varied::everything, const Vocabulary& vocabulary = {});

// What to append to a Python program, so that it says what comes of the examples in its docstrings,
// with inputs of that variant; empty where there are none.
std::string observing_examples(const std::vector<sandbox::languages::Doctest>& tests,
                               unsigned variant, const Vocabulary& vocabulary);

// What must be there for it; `folder` is where Python looks for modules.
std::vector<sandbox::policy::File> observation_files(syntax::Language language,
                                                     const std::string& folder);

}  // namespace lsp::features::debug
