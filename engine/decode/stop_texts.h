// Ends a stream of pieces before the first of some texts that is complete, wherever the tokens cut
// it.
//
// A piece is held back while a stop text may still begin in it; it is released, in order, as soon
// as none can. Matching is over bytes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/decode/piece.h"

namespace engine::decode {

class StopTexts {
 public:
  // None of `texts` is empty. A stop text counts only where it begins after the first
  // `exempt_bytes` of the stream: those were typed by the user.
  StopTexts(std::vector<std::string> texts, size_t exempt_bytes);

  // Takes the next piece and appends to `released` what can no longer be part of a stop text. True
  // when a stop text is complete: `released` then holds everything before it, its last piece cut
  // short if need be, and the stream is over.
  [[nodiscard]] bool push(Piece piece, std::vector<Piece>& released);

  // The stream ended otherwise: releases what is held back.
  void flush(std::vector<Piece>& released);

 private:
  size_t find_stop() const;
  size_t possible_start() const;
  size_t release_up_to(size_t end, std::vector<Piece>& released);

  std::vector<std::string> texts_;
  size_t exempt_bytes_;
  std::vector<Piece> held_;
  std::string held_text_;   // the bytes of held_
  size_t search_from_ = 0;  // in held_text_; before it are exempt bytes
};

}  // namespace engine::decode
