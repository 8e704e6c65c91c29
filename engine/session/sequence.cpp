#include "engine/session/sequence.h"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/base/check.h"

namespace engine::session {

using backend::block_tokens;

Sequence::Sequence(backend::BlockPool& pool, std::vector<Token> tokens, int logits_from,
                   uint64_t partition)
    : tokens_(std::move(tokens)), logits_from_(logits_from), partition_(partition), table_(pool) {}

std::span<const Token> Sequence::next_block_tokens() const {
  if ((full_blocks_ + 1) * block_tokens > cacheable()) return {};
  return std::span(tokens_).subspan(static_cast<size_t>(full_blocks_ * block_tokens), block_tokens);
}

PrefixCache::Node* Sequence::next_parent(PrefixCache& cache) const {
  return node_ ? node_ : cache.root(partition_);
}

void Sequence::adopt_blocks(PrefixCache& cache) {
  for (auto key = next_block_tokens(); !key.empty(); key = next_block_tokens()) {
    PrefixCache::Node* node = cache.find(next_parent(cache), key);
    if (!node) return;
    if (table_.size() > full_blocks_) {
      table_.share(full_blocks_, PrefixCache::block(*node));
    } else {
      table_.append_shared(PrefixCache::block(*node));
    }
    node_ = node;
    ++full_blocks_;
    found(full_blocks_ * block_tokens);
  }
}

PrefixCache::Tail Sequence::find_tail(PrefixCache& cache) const {
  const int first = full_blocks_ * block_tokens;
  const int count = std::min(cacheable() - first, block_tokens);
  if (count <= 0) return {};
  const auto key = std::span<const Token>(tokens_).subspan(static_cast<size_t>(first),
                                                           static_cast<size_t>(count));
  const PrefixCache::Tail tail = cache.best_tail(next_parent(cache), key);
  return first + tail.tokens > computed_ ? tail : PrefixCache::Tail{};
}

void Sequence::adopt_tail(const PrefixCache::Tail& tail) {
  INVARIANT(table_.size() > full_blocks_);
  found(full_blocks_ * block_tokens + tail.tokens);
}

void Sequence::found(int computed) {
  if (computed <= computed_) return;
  // What it had computed itself before it lost its blocks does not count.
  if (!retired_) cached_ += computed - computed_;
  computed_ = computed;
  predicted_ = std::max(predicted_, computed);
}

// Tokens from the first on whose cells are what a run makes of them.
int Sequence::exact() const {
  return is_exact() ? computed_ : std::min(computed_, copied_.front().begin);
}

void Sequence::adopt_copies(std::vector<Copied> copied) {
  INVARIANT(is_exact() && !copied.empty() && copied.front().begin >= computed_);
  INVARIANT(copied.back().end <= cacheable());
  copied_ = std::move(copied);
  for (const Copied& each : copied_) shifted_ += each.end - each.begin;
  go_on_from(computed_);
}

// Copied tokens are computed by having been copied.
void Sequence::go_on_from(int index) {
  computed_ = after_copies(index);
  if (computed_ > index) predicted_ = std::max(predicted_, computed_);
}

int Sequence::gap_end(int first) const {
  for (const Copied& each : copied_) {
    if (each.begin >= first) return each.begin;
  }
  return size();
}

int Sequence::after_copies(int index) const {
  for (const Copied& each : copied_) {
    if (each.begin == index) index = each.end;
  }
  return index;
}

void Sequence::advance(int count, PrefixCache& cache) {
  go_on_from(computed_ + count);
  const std::span<const Token> tokens(tokens_);
  while ((full_blocks_ + 1) * block_tokens <= exact()) {
    const auto key = tokens.subspan(static_cast<size_t>(full_blocks_ * block_tokens), block_tokens);
    const auto own = table_.blocks()[static_cast<size_t>(full_blocks_)];
    node_ = cache.insert(next_parent(cache), key, own);
    // Somebody else was first: one copy is enough.
    if (PrefixCache::block(*node_) != own) table_.share(full_blocks_, PrefixCache::block(*node_));
    ++full_blocks_;
  }
}

void Sequence::retire(PrefixCache& cache) {
  const int first = full_blocks_ * block_tokens;
  if (exact() > first) {
    const auto key = std::span<const Token>(tokens_).subspan(static_cast<size_t>(first),
                                                             static_cast<size_t>(exact() - first));
    cache.insert(next_parent(cache), key, table_.blocks()[static_cast<size_t>(full_blocks_)]);
  }
  table_.truncate(0);
  node_ = nullptr;
  full_blocks_ = 0;
  computed_ = 0;
  predicted_ = 0;
  copied_.clear();
  retired_ = true;
}

}  // namespace engine::session
