// How suspicious each line is: by the spectrum of what passed and failed (Ochiai; Abreu et al.,
// "An evaluation of similarity coefficients for software fault localization", 2006) together with
// the frames of the failure.
//
// The spectrum is finer than the tests: probes before each statement write down what ran, those of
// the tests begin a new piece, and a piece is red where its line of a test failed.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

enum class Probed { program, tests, both };  // both: the protected parts are tests
// The text with a probe before each statement. Lines of tests stay where they were, where they hold
// simple statements.
std::string with_probes(const syntax::Nodes& nodes, const Grammar& grammar, Probed probed);

// What probes need; `folder` is where Python looks for modules.
std::vector<sandbox::policy::File> probe_files(syntax::Language language,
                                               const std::string& folder);
inline constexpr const char* probe_log = ".lemma-probes";

struct Piece {
  int test_line = 0;    // 0: before any test
  std::set<int> lines;  // of the program, from 1
};
// What a run of `version` with probes in it wrote; `version.text` and its tests are without any.
std::vector<Piece> run_probes(runner::Runner& sandbox, const Subject& subject,
                              const Version& version);

// The line under which the statement at a place is probed: the innermost that has a probe. 0: none.
int statement_line(const syntax::Nodes& nodes, const Grammar& grammar, size_t offset);

// What probes wrote. Any bytes may come.
std::vector<Piece> read_probes(std::string_view log);

// The first line of the function that a line of the tests is in, by its line.
std::map<int, int> cases_of(const syntax::Nodes& tests);

// Per line, from 0 to 1. `red_lines` are lines of the tests that failed; where none of them begins
// a piece, the last piece is red. What ran earlier in the same case may have left what failed
// later: such lines are half as suspicious. Where the failure ended the run, the last piece is red.
enum class Ends { later, at_failure };
std::map<int, double> ochiai(const std::vector<Piece>& pieces, const std::set<int>& red_lines,
                             const std::map<int, int>& cases = {}, Ends ends = Ends::later);

}  // namespace lsp::features::debug
