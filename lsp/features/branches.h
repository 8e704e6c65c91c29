// Where a line that was found might have gone on otherwise.
//
// All lines that a model may write are divided by the one it did: each other one begins with some
// of its pieces, and then with another token than it. These parts are disjoint, how likely each of
// them is follows from the probabilities of the line, and the likeliest line of one divides it
// further (Lawler, Management Science 18 (1972), 401). So asking for the likeliest line of the
// likeliest part comes across the likeliest lines, and none twice but by other tokens.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lsp/features/trim.h"

namespace lsp::features {

struct Branch {
  std::vector<ScoredPiece> given = {};                  // that its lines begin with
  std::vector<engine::tokenizer::Token> not_next = {};  // of them, none comes next
  double left = 1;                                      // probability of what then comes next
  double worth = 1;  // of a line of it: how likely, and how much of the one known it is without

  double log_probability() const;  // of what is given
};

class Branches {
 public:
  // The line's pieces, which begin with what is given in `from`, each at its own probability; no
  // more of them than are of interest.
  void found(const Branch& from, std::span<const ScoredPiece> line);
  // The one most worth a look, once.
  std::optional<Branch> take();

 private:
  std::vector<Branch> open_;
};

}  // namespace lsp::features
