// Follows a generation through the buffers and the corpus, and gathers the candidates of each step.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/decode/memory/buffers.h"
#include "engine/decode/memory/candidates.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/traits.h"

namespace engine::decode::memory {

class Evidence {
 public:
  // `buffers` may be null; the history is then `prompt`, else `buffers->before`.
  Evidence(const Corpus& corpus, std::shared_ptr<const Buffers> buffers,
           std::span<const Token> prompt);

  void advance(Token token);

  // Whether the corpus has n-grams of the text's language, for the model's vocabulary.
  bool has_ngrams() const { return family_ >= 0; }

  // `log_probabilities` [vocabulary] as Recall::mix has them, or empty: all tokens are possible;
  // `model_speaks`: they are a model's.
  void gather(std::span<const float> log_probabilities, bool model_speaks, Candidates& result);

 private:
  struct Source {
    const Buffer* text;
    size_t kind;  // 0 before, 1 after, 2 others
    Buffer::Match match;
  };

  struct Walk {  // from long contexts to short ones
    const Buffer* text;
    Buffer::Match match, shorter;
  };
  struct Following {
    Token token;
    float count;
    float distance;  // from the cursor, in tokens; 0 in other texts
  };
  struct Followed {  // a context
    int32_t length;
    float total;      // how often something follows it
    size_t distinct;  // how many tokens do
    bool longest;     // of those that occur
  };

  bool is_possible(Token token) const;
  float* candidate(Token token);
  void from_own(const Source& source);
  void from_others();
  float follow_others(int32_t length);
  void from_context(size_t kind, const Followed& context, float& left_over);
  void from_corpus();
  void from_history();
  void from_model();
  void describe_tokens();
  void describe_context();
  int next_line_relation() const;

  const Corpus* corpus_;
  std::shared_ptr<const Buffers> buffers_;
  int family_ = -1;
  std::vector<Token> history_;  // its end; as much as any source looks at
  std::vector<Source> sources_;
  Line line_;
  int next_indentation_ = -1;  // of the first line after the cursor that is not blank; −1: none

  // Of the step being gathered.
  std::span<const float> log_probabilities_;
  Candidates* result_ = nullptr;
  std::vector<int16_t> index_;  // [vocabulary] into the candidates, or −1
  std::vector<Corpus::Entry> entries_;
  std::vector<Following> following_;
  std::vector<int16_t> pooled_;  // [vocabulary] into following_, or −1
  std::vector<Walk> walks_;
};

}  // namespace engine::decode::memory
