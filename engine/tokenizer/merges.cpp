#include "engine/tokenizer/merges.h"

#include <algorithm>
#include <bit>
#include <queue>
#include <tuple>

namespace engine::tokenizer {

Merges::Merges(const std::vector<Rule>& rules, const std::array<int32_t, 256>& byte_tokens)
    : byte_tokens_(byte_tokens) {
  const size_t capacity = std::bit_ceil(std::max<size_t>(rules.size() * 2, 2));
  entries_.resize(capacity);
  shift_ = 64 - std::countr_zero(capacity);
  for (size_t rank = 0; rank < rules.size(); ++rank) {
    const Rule& rule = rules[rank];
    const uint64_t pair = pair_of(rule.left, rule.right);
    size_t slot = first_slot(pair);
    while (entries_[slot].pair != empty_pair && entries_[slot].pair != pair) {
      slot = (slot + 1) & (capacity - 1);
    }
    if (entries_[slot].pair == pair) continue;
    entries_[slot] = {pair, {static_cast<int32_t>(rank), rule.merged}};
  }
  byte_merges_.resize(size_t{256} * 256);
  for (size_t left = 0; left < 256; ++left) {
    for (size_t right = 0; right < 256; ++right) {
      byte_merges_[left << 8 | right] = find(byte_tokens_[left], byte_tokens_[right]);
    }
  }
}

Merges::Merge Merges::find(int32_t left, int32_t right) const {
  const uint64_t pair = pair_of(left, right);
  for (size_t slot = first_slot(pair);; slot = (slot + 1) & (entries_.size() - 1)) {
    const Entry& entry = entries_[slot];
    if (entry.pair == pair) return entry.merge;
    if (entry.pair == empty_pair) return {};
  }
}

Merges::Merge Merges::find_bytes(char left, char right) const {
  return byte_merges_[size_t{static_cast<uint8_t>(left)} << 8 | static_cast<uint8_t>(right)];
}

void Merges::encode(std::string_view piece, std::vector<int32_t>& tokens) const {
  if (piece.size() <= longest_short_piece) return encode_short(piece, tokens);
  encode_long(piece, tokens);
}

// Few symbols: the lowest rank is found by looking at all of them.
void Merges::encode_short(std::string_view piece, std::vector<int32_t>& tokens) const {
  if (piece.empty()) return;
  std::array<int32_t, longest_short_piece> symbols;
  std::array<Merge, longest_short_piece> merges;  // of symbol i with symbol i + 1
  size_t count = piece.size();
  for (size_t index = 0; index < count; ++index) {
    symbols[index] = byte_tokens_[static_cast<uint8_t>(piece[index])];
    if (index + 1 < count) merges[index] = find_bytes(piece[index], piece[index + 1]);
  }
  while (count > 1) {
    size_t best = 0;
    for (size_t index = 1; index + 1 < count; ++index) {
      if (merges[index].rank < merges[best].rank) best = index;
    }
    if (merges[best].rank == no_rank) break;
    symbols[best] = merges[best].merged;
    std::copy(symbols.begin() + best + 2, symbols.begin() + count, symbols.begin() + best + 1);
    std::copy(merges.begin() + best + 1, merges.begin() + count - 1, merges.begin() + best);
    --count;
    if (best > 0) merges[best - 1] = find(symbols[best - 1], symbols[best]);
    if (best + 1 < count) merges[best] = find(symbols[best], symbols[best + 1]);
  }
  tokens.insert(tokens.end(), symbols.begin(), symbols.begin() + count);
}

// Many symbols: a linked list of them, and a heap of the merges that were possible at some time. An
// entry whose symbols have changed since is recognised by its rank, which names a pair.
void Merges::encode_long(std::string_view piece, std::vector<int32_t>& tokens) const {
  struct Symbol {
    int32_t token;
    Merge merge;  // with the next
    size_t previous;
    size_t next;
  };
  struct Candidate {
    int32_t rank;
    size_t position;
    bool operator>(const Candidate& other) const {
      return std::tie(rank, position) > std::tie(other.rank, other.position);
    }
  };
  const size_t end = piece.size();
  std::vector<Symbol> symbols(end);
  std::vector<Candidate> heap;
  heap.reserve(end);
  for (size_t index = 0; index < end; ++index) {
    Merge merge;
    if (index + 1 < end) merge = find_bytes(piece[index], piece[index + 1]);
    symbols[index] = {byte_tokens_[static_cast<uint8_t>(piece[index])], merge, index - 1,
                      index + 1};
    if (merge.rank != no_rank) heap.push_back({merge.rank, index});
  }
  std::priority_queue candidates(std::greater<Candidate>{}, std::move(heap));

  const auto look_up = [&](size_t position) {
    Symbol& symbol = symbols[position];
    symbol.merge = symbol.next < end ? find(symbol.token, symbols[symbol.next].token) : Merge{};
    if (symbol.merge.rank != no_rank) candidates.push({symbol.merge.rank, position});
  };
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.position];
    if (left.merge.rank != best.rank) continue;
    Symbol& right = symbols[left.next];
    left.token = left.merge.merged;
    left.next = right.next;
    right.merge = {};  // merged away: no candidate of its own is valid any more
    if (left.next < end) symbols[left.next].previous = best.position;
    look_up(best.position);
    if (best.position > 0) look_up(left.previous);
  }
  for (size_t index = 0; index < end; index = symbols[index].next) {
    tokens.push_back(symbols[index].token);
  }
}

}  // namespace engine::tokenizer
