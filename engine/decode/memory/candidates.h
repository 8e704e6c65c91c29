// The tokens that may come next and the evidence for each: the inputs of the scorer.
//
// Candidates come from the buffers (what followed the longest ends of the history, each end down to
// a single token), from the corpus (likewise), from the tokens just written, and from the model's
// likeliest tokens. Everything else is one more candidate, "another token".
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

using tokenizer::Token;

inline constexpr size_t max_candidates = 128;

// Evidence from one text for one token, found at the longest context that the token follows there.
struct FromBuffer {
  enum : size_t {
    known,
    length,      // of that context: log2(1 + tokens) / 3
    share,       // of what follows that context, logarithm
    count,       // log2(1 + times) / 4
    blended,     // probability over all contexts, long ones first, logarithm
    latest,      // the last thing that followed that context
    longest,     // that context is the longest one
    distance,    // from the cursor: log2(1 + tokens) / 10
    agreement,   // how many shorter contexts say the same
    whole_line,  // that context reaches back to the line's start
    size
  };
};

struct FromCorpus {
  enum : size_t { known, order, share, projects, blended, first, longest, agreement, size };
};

struct FromHistory {
  enum : size_t { recent, recency, times_before, last_before, times_after, frequency, size };
};

struct FromToken {
  enum : size_t {
    shape,               // one of Shape
    ending = shape + 8,  // one of Ending
    bracket_change = ending + 7,
    ends_balanced_line,  // ends the line with no bracket open in it
    ends_open_line,      // ends it inside brackets
    ends_quoted_line,    // ends it inside quotes
    ends_like_previous,  // ends it in the column where the line before ended
    indents_next,        // ends it where the next line, as it stands, is deeper
    size
  };
};

struct FromModel {
  enum : size_t {
    known,
    log_probability,
    behind_best,
    best,
    end,  // for tokens that end the line: what the model gives to the end of the text
    size
  };
};

// Where each group begins in a candidate's features.
inline constexpr size_t buffer_sources = 3;  // before, after, others
inline constexpr size_t at_buffers = 0;
inline constexpr size_t at_corpus = at_buffers + buffer_sources * FromBuffer::size;
inline constexpr size_t at_history = at_corpus + FromCorpus::size;
inline constexpr size_t at_token = at_history + FromHistory::size;
inline constexpr size_t at_model = at_token + FromToken::size;
inline constexpr size_t at_another = at_model + FromModel::size;  // 1 for "another token"
inline constexpr size_t candidate_features = at_another + 1;

// What all candidates of a step share.
struct Context {
  enum : size_t {
    longest,  // for each buffer source: length of the longest match, log2(1 + tokens) / 3
    certain = longest + buffer_sources,  // for each: a single token follows it
    corpus_order = certain + buffer_sources,
    corpus_share,
    model_best,
    last_shape,                    // one of Shape
    last_ending = last_shape + 8,  // one of Ending
    next_line = last_ending + 7,   // none, deeper, same, shallower
    column = next_line + 4,
    depth,
    open_brackets,
    quoted,
    blank_line,
    previous_column,
    size
  };
};
inline constexpr size_t context_features = Context::size;

using ContextFeatures = std::array<float, context_features>;
using CandidateFeatures = std::array<float, candidate_features>;

struct Candidates {
  std::vector<Token> tokens;
  std::vector<CandidateFeatures> features;  // [tokens + 1]: the last is "another token"
  ContextFeatures context;
};

}  // namespace engine::decode::memory
