// Tells programs apart that pass the same tests: the tests' own calls with other values in them,
// and what comes of these calls written down in place of what they should give.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lsp/features/debug/trial.h"
#include "lsp/syntax/nodes.h"

namespace lsp::features::debug {

// A text whose assertions print what they would check. In variant 0 its values are the tests' own;
// in each other one numbers, strings and lists differ, always in the same way: in all of a test
// file, but of a program that holds its own tests in these alone.
enum class Varied { everything, tests };
std::string observing(const syntax::Nodes& tests, syntax::Language language, unsigned variant,
                      Varied varied = Varied::everything);

// What must be there for it.
std::vector<sandbox::policy::File> observation_files(syntax::Language language);

struct Difference {
  size_t first, second;  // of the texts
  std::string telling;   // the line of the output that differs, of both
};

struct Comparison {
  bool possible = false;  // whether anything was observed at all
  std::optional<Difference> difference;
};
// `texts` are programs, in the order of their likelihood; the first is compared with each other.
Comparison compare(runner::Runner& sandbox, const Subject& subject,
                   const std::vector<std::string>& texts,
                   std::chrono::steady_clock::time_point deadline);

}  // namespace lsp::features::debug
