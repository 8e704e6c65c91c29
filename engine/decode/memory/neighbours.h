// The texts of a project that have to do with a place in one of them: while the scorer is fitted
// they stand for the files that the language server's index finds related and for other open ones.
//
// Related are those that share rare words with what stands around the place, each word by the
// logarithm of one over the share of the project's texts that have it (Spärck Jones 1972).
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/decode/memory/buffers.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/counts.h"

namespace engine::decode::memory {

class Neighbours {
 public:
  // Both must outlive it.
  Neighbours(const Corpus& corpus, std::span<const Text* const> texts);

  // The most related first. `before` and `after`: the tokens of `text` around the place.
  std::vector<std::shared_ptr<const Buffer>> of(const Text& text, std::span<const Token> before,
                                                std::span<const Token> after);

 private:
  struct Project {
    std::vector<const Text*> texts;
    std::unordered_map<Token, std::vector<size_t>> having;  // of each word, into `texts`
  };

  bool is_word(Token token) const;
  std::vector<const Text*> most_related(const Text& text, std::span<const Token> before,
                                        std::span<const Token> after) const;
  std::shared_ptr<const Buffer> buffer(const Text& text);

  const Corpus& corpus_;
  std::map<std::pair<int, uint32_t>, Project> projects_;  // by family and number
  std::unordered_map<const Text*, std::shared_ptr<const Buffer>> buffers_;
  size_t buffered_tokens_ = 0;
};

}  // namespace engine::decode::memory
