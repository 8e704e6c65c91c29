#include "engine/session/prefix_keeper.h"

#include <utility>

namespace engine::session {

using backend::block_tokens;
using Clock = std::chrono::steady_clock;

namespace {

// A keystroke that arrives meanwhile waits so long.
constexpr std::chrono::milliseconds restore_time{5};
// A disk that was slow once is tried again.
constexpr int try_again_after = 256;

}  // namespace

PrefixKeeper::PrefixKeeper(std::unique_ptr<PrefixStore> store, KeepTimes times,
                           backend::Backend& backend, backend::BlockPool& pool, PrefixCache& cache)
    : store_(std::move(store)),
      times_(times),
      backend_(backend),
      pool_(pool),
      cache_(cache),
      bytes_(store_ ? store_->block_bytes() : 0) {}

bool PrefixKeeper::restore(Sequence& sequence,
                           const std::function<std::optional<backend::BlockId>()>& unused_block) {
  if (!store_ || sequence.partition() != 0) return false;
  const auto end = Clock::now() + restore_time;
  for (;;) {
    const auto tokens = sequence.next_block_tokens();
    if (tokens.empty()) return false;
    const PrefixKey& parent = PrefixCache::key(*sequence.next_parent(cache_));
    if (!store_->has(extend_prefix(parent, tokens)) || !is_worth_reading()) return false;
    if (Clock::now() > end) return true;
    const auto block = unused_block();
    if (!block) return false;
    const bool loaded = load(sequence, *block);
    pool_.release(*block);  // the tree counts it where it was put there
    if (!loaded) return false;
    sequence.adopt_blocks(cache_);
  }
}

bool PrefixKeeper::load(Sequence& sequence, backend::BlockId block) {
  const auto tokens = sequence.next_block_tokens();
  PrefixCache::Node* const parent = sequence.next_parent(cache_);
  if (!store_->load(extend_prefix(PrefixCache::key(*parent), tokens), tokens, bytes_)) return false;
  if (!backend_.write_block(block, bytes_)) return false;
  cache_.insert(parent, tokens, block);
  return true;
}

bool PrefixKeeper::is_worth_reading() {
  if (token_ms_ == 0 || store_->load_ms() < token_ms_ * block_tokens) return true;
  if (++passed_over_ < try_again_after) return false;
  passed_over_ = 0;
  return true;
}

void PrefixKeeper::computed(int tokens, double ms) {
  const double each = ms / tokens;
  token_ms_ = token_ms_ == 0 ? each : token_ms_ + (each - token_ms_) / 8;
}

void PrefixKeeper::before_eviction(const PrefixCache::Node& node) {
  if (store_ && PrefixCache::age(node) >= times_.proven) save(node);
}

bool PrefixKeeper::save_latest(const std::function<bool()>& keep_going) {
  if (!store_) return true;
  for (const PrefixCache::Node* node : cache_.latest()) {
    if (!keep_going()) return false;
    save(*node);
  }
  return true;
}

// What is left out since too much is waiting already is computed again one day.
void PrefixKeeper::save(const PrefixCache::Node& node) {
  const auto tokens = PrefixCache::tokens(node);
  if (PrefixCache::partition(node) != 0) return;  // others' texts are not the user's to keep
  if (tokens.size() < block_tokens || store_->has(PrefixCache::key(node))) return;
  if (!backend_.read_block(PrefixCache::block(node), bytes_)) return;
  store_->save(PrefixCache::key(node), tokens, bytes_);
}

}  // namespace engine::session
