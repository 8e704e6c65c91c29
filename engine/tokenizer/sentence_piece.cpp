#include "engine/tokenizer/sentence_piece.h"

#include <algorithm>
#include <charconv>
#include <queue>
#include <tuple>

#include "engine/base/check.h"
#include "engine/tokenizer/unicode.h"

namespace engine::tokenizer {

SentencePiece::SentencePiece(const std::vector<Piece>& pieces,
                             const std::array<int32_t, 256>& byte_tokens)
    : byte_tokens_(byte_tokens), tokens_(pieces.size()) {
  for (const Piece& piece : pieces) {
    INVARIANT(!piece.bytes.empty() && piece.token >= 0);
    const auto token = static_cast<size_t>(piece.token);
    if (scores_.size() <= token) scores_.resize(token + 1);
    scores_[token] = piece.score;
    tokens_.add(piece.bytes, piece.token);
    longest_piece_ = std::max(longest_piece_, piece.bytes.size());
    for (size_t index = 1; index < piece.bytes.size(); ++index) {
      neighbours_.set(size_t{static_cast<uint8_t>(piece.bytes[index - 1])} << 8 |
                      static_cast<uint8_t>(piece.bytes[index]));
    }
  }
}

void SentencePiece::split(std::string_view text, PieceSink& sink) const {
  size_t start = 0;
  for (size_t index = 1; index < text.size(); ++index) {
    const size_t pair =
        size_t{static_cast<uint8_t>(text[index - 1])} << 8 | static_cast<uint8_t>(text[index]);
    if (neighbours_[pair]) continue;
    sink.piece(text.substr(start, index - start));
    start = index;
  }
  if (start < text.size()) sink.piece(text.substr(start));
}

SentencePiece::Join SentencePiece::find(std::string_view bytes) const {
  if (bytes.size() > longest_piece_) return {};
  const int32_t token = tokens_.find(bytes);
  return token == TextIndex::none ? Join{} : Join{token, scores_[static_cast<size_t>(token)]};
}

void SentencePiece::append(std::string_view bytes, int32_t token,
                           std::vector<int32_t>& tokens) const {
  if (token != TextIndex::none) return tokens.push_back(token);
  for (const char byte : bytes) tokens.push_back(byte_tokens_[static_cast<uint8_t>(byte)]);
}

void SentencePiece::encode(std::string_view part, std::vector<int32_t>& tokens) const {
  if (part.size() <= longest_short_part) return encode_short(part, tokens);
  encode_long(part, tokens);
}

// Few symbols: the best join is found by looking at all of them.
void SentencePiece::encode_short(std::string_view part, std::vector<int32_t>& tokens) const {
  std::array<size_t, longest_short_part + 1> starts{};  // of each symbol, and the end of the last
  std::array<int32_t, longest_short_part> symbols{};
  std::array<Join, longest_short_part> joins;  // of each symbol with the next
  size_t count = 0;
  while (starts[count] < part.size()) {
    const std::string_view rest = part.substr(starts[count]);
    const size_t length = decode_utf8(rest).length;
    symbols[count] = find(rest.substr(0, length)).token;
    starts[count + 1] = starts[count] + length;
    ++count;
  }
  const auto look_up = [&](size_t symbol) {
    const size_t start = starts[symbol];
    joins[symbol] = find(part.substr(start, starts[symbol + 2] - start));
  };
  for (size_t symbol = 0; symbol + 1 < count; ++symbol) look_up(symbol);
  while (count > 1) {
    size_t best = 0;
    for (size_t symbol = 1; symbol + 1 < count; ++symbol) {
      if (joins[symbol].token == TextIndex::none) continue;
      const bool is_better =
          joins[best].token == TextIndex::none || joins[symbol].score > joins[best].score;
      if (is_better) best = symbol;
    }
    if (joins[best].token == TextIndex::none) break;
    symbols[best] = joins[best].token;
    std::copy(symbols.begin() + best + 2, symbols.begin() + count, symbols.begin() + best + 1);
    std::copy(starts.begin() + best + 2, starts.begin() + count + 1, starts.begin() + best + 1);
    std::copy(joins.begin() + best + 1, joins.begin() + count - 1, joins.begin() + best);
    --count;
    if (best > 0) look_up(best - 1);
    if (best + 1 < count) look_up(best);
  }
  for (size_t symbol = 0; symbol < count; ++symbol) {
    append(part.substr(starts[symbol], starts[symbol + 1] - starts[symbol]), symbols[symbol],
           tokens);
  }
}

// Many symbols: a linked list of them, by the place of their first byte, and a heap of the joins
// that were possible at some time. An entry whose symbols have changed since is recognised by its
// size, which only grows.
void SentencePiece::encode_long(std::string_view part, std::vector<int32_t>& tokens) const {
  struct Symbol {
    int32_t token = TextIndex::none;
    size_t length = 0;  // 0: within a symbol that begins earlier
    size_t previous = 0;
  };
  struct Candidate {
    Join join;
    size_t start;
    size_t size;
    bool operator<(const Candidate& other) const {  // the greatest is joined first
      return std::tuple(join.score, other.start) < std::tuple(other.join.score, start);
    }
  };
  std::vector<Symbol> symbols(part.size());
  for (size_t start = 0, previous = 0; start < part.size(); start += symbols[start].length) {
    const size_t length = decode_utf8(part.substr(start)).length;
    symbols[start] = {find(part.substr(start, length)).token, length, previous};
    previous = start;
  }
  std::vector<Candidate> possible;
  const auto look_up = [&](size_t start, const auto& add) {
    const size_t next = start + symbols[start].length;
    if (next == part.size()) return;
    const size_t size = symbols[start].length + symbols[next].length;
    const Join join = find(part.substr(start, size));
    if (join.token != TextIndex::none) add(Candidate{join, start, size});
  };
  for (size_t start = 0; start < part.size(); start += symbols[start].length) {
    look_up(start, [&](const Candidate& candidate) { possible.push_back(candidate); });
  }
  std::priority_queue candidates(std::less<Candidate>{}, std::move(possible));
  const auto push = [&](const Candidate& candidate) { candidates.push(candidate); };
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.start];
    if (left.length == 0 || left.length >= best.size) continue;
    Symbol& right = symbols[best.start + left.length];
    if (left.length + right.length != best.size) continue;
    left = {best.join.token, best.size, left.previous};
    right.length = 0;
    const size_t next = best.start + best.size;
    if (next < part.size()) symbols[next].previous = best.start;
    look_up(best.start, push);
    if (best.start > 0) look_up(left.previous, push);
  }
  for (size_t start = 0; start < part.size(); start += symbols[start].length) {
    append(part.substr(start, symbols[start].length), symbols[start].token, tokens);
  }
}

void append_with_spaces(std::string_view text, std::string& bytes) {
  constexpr std::string_view space = "\u2581";
  while (!text.empty()) {
    const size_t place = std::min(text.find(space), text.size());
    bytes.append(text.substr(0, place));
    text.remove_prefix(place);
    if (text.empty()) break;
    bytes.push_back(' ');
    text.remove_prefix(space.size());
  }
}

int byte_of_name(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>') return -1;
  int value = -1;
  const char* end = text.data() + 5;
  return std::from_chars(text.data() + 3, end, value, 16).ptr == end ? value : -1;
}

}  // namespace engine::tokenizer
