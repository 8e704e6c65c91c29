// The last answers, for people who ask what they were made of. Of several that were offered at
// once, the one is meant that the text goes on with. Belongs to the loop's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "lsp/wire/explanation.h"

namespace lsp::server {

class Explained {
 public:
  void add(wire::Explanation explanation) { add(std::vector{std::move(explanation)}); }
  // Offered at once, for one place: one at least. Until more is known the first is meant.
  void add(std::vector<wire::Explanation> offered);
  // The text of this document goes on with that one of them.
  void went_on_with(const std::string& uri, size_t which);

  // The latest first.
  std::deque<wire::Explanation> told() const;

 private:
  struct Offer {
    std::vector<wire::Explanation> offered;
    size_t meant = 0;
  };
  std::deque<Offer> offers_;
};

}  // namespace lsp::server
