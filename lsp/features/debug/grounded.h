// What a model says of a failure is held against the run and the program: a sentence stays that
// names nothing else, and gives no fix away.
//
// Mechanical, and no judge of sense: what stands in code marks or quotes, what looks like a name,
// every number, every operator and every line must be found there, values beside the names that
// have them. Words are the model's own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/debug.h"

namespace lsp::features::debug {

class Ground {
 public:
  Ground(const Found& found, const Subject& subject, Tongue tongue);

  // The first sentences that stay, so many at most; empty where none does.
  std::string of(std::string_view said, size_t most, const std::vector<Fix>& fixes) const;

  using Words = std::vector<std::string>;  // names, numbers, operators, single other characters

 private:
  bool holds(const std::string& sentence, const std::vector<Fix>& fixes) const;
  bool has(const Words& words) const;
  bool claims_hold(std::string text) const;
  bool is_line(const std::string& number) const;

  const Tongue tongue_;
  Words words_;                                          // of all that is known
  std::set<std::string> single_;                         // the same, for names and numbers
  std::vector<Words> lines_;                             // of the program
  std::map<std::string, std::set<std::string>> values_;  // of locals, those that are one word
  std::set<std::string> frame_lines_;
};

}  // namespace lsp::features::debug
