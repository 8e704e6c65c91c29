// What the open buffers say: an index over the token ids of the texts a user has open.
//
// A Buffer is one text with its index; it is built once for each version of a text (about a
// millisecond for a file of 500 lines) and shared from then on. Buffers names the texts of one
// request. The document under the cursor is two texts, the one before the cursor and the one
// after it, so that what stands right of the cursor is never "predicted" at its own place, while
// everything in it counts as something that may be repeated.
//
// `before` is also the left context of the generation, in plain order and from the start of the
// document, whatever the prompt looks like. It ends where the generated text begins: without the
// bytes that go into session::Request::typed (token healing), and it may be empty.
//
// The index is a suffix automaton (Blumer et al. 1985, "The smallest automaton recognizing the
// subwords of a text"): matches of unbounded length, each step amortised constant, and the counts
// of what follows each context exact.
//
// Thread safety: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

using tokenizer::Token;

// A token that follows a context, with the places where it does.
struct Successor {
  Token token;
  int32_t state;  // of the context with the token appended
  int32_t count;
  int32_t first;  // positions of the token in the text
  int32_t last;
};

class Buffer {
 public:
  explicit Buffer(std::vector<Token> tokens);

  std::span<const Token> tokens() const { return tokens_; }

  // The longest end of a history that occurs in the text: `length` tokens, 0 when none does.
  struct Match {
    int32_t state = 0;
    int32_t length = 0;
  };

  // The whole text.
  Match all() const { return {last_state_, static_cast<int32_t>(tokens_.size())}; }
  // The match of the history with one more token.
  Match follow(Match match, Token token) const;
  // The longest match shorter than this one that occurs in more places; length 0 at the end.
  Match shorter(Match match) const;

  // What follows the match anywhere in the text, the most recent first. Empty where the match only
  // ends the text.
  std::span<const Successor> successors(Match match) const;
  // How often something follows it: the sum of the counts.
  int32_t total(Match match) const { return states_[match.state].total; }
  const Successor* find(Match match, Token token) const;

 private:
  friend class AutomatonBuilder;
  struct State {
    int32_t length;      // of the longest context of this state
    int32_t link;        // the state of its longest end that occurs in more places
    int32_t begin, end;  // in successors_
    int32_t total;
    // The successors of others are looked through: nearly all have one or two.
    bool is_wide() const { return end - begin > 8; }
  };

  std::vector<Token> tokens_;
  std::vector<State> states_;
  std::vector<Successor> successors_;
  // Open addressing over (state, token) of wide states; index into successors_ or −1.
  std::vector<int32_t> slots_;
  int32_t last_state_ = 0;
};

struct Buffers {
  std::shared_ptr<const Buffer> before;               // null: empty
  std::shared_ptr<const Buffer> after;                // null: empty
  std::vector<std::shared_ptr<const Buffer>> others;  // the other texts, most recent first
  std::string language_id;                            // as LSP names it; may be empty
};

}  // namespace engine::decode::memory
