// Moves blocks between the prefix cache and the disk: to it what is evicted after long use, and the
// text used last when the engine rests; from it what a new text begins with, where reading a block
// takes less time than computing it.
//
// Not everything is worth a write: typing leaves a few hundred tokens behind with every line that
// nobody will ask for again.
//
// Not thread-safe: owned by the engine's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/block_pool.h"
#include "engine/session/prefix_cache.h"
#include "engine/session/prefix_store.h"
#include "engine/session/sequence.h"

namespace engine::session {

// When something is worth keeping.
struct KeepTimes {
  std::chrono::milliseconds idle{5'000};     // without work, and the latest text is saved
  std::chrono::milliseconds proven{60'000};  // in use, and a block is saved when it is evicted
};

class PrefixKeeper {
 public:
  // Without a store it does nothing.
  PrefixKeeper(std::unique_ptr<PrefixStore> store, KeepTimes times, backend::Backend& backend,
               backend::BlockPool& pool, PrefixCache& cache);

  bool active() const { return store_ != nullptr; }
  std::chrono::milliseconds idle_time() const { return times_.idle; }

  // Gets what `sequence` begins with from the disk, for a few milliseconds; true when there is more
  // to get. `unused_block` gives a block, counted once, or none.
  bool restore(Sequence& sequence,
               const std::function<std::optional<backend::BlockId>()>& unused_block);
  // A block is about to be evicted.
  void before_eviction(const PrefixCache::Node& node);
  // Saves the text used last as long as `keep_going`; false when it was told to stop.
  bool save_latest(const std::function<bool()>& keep_going);

  // That many tokens of prompts have been computed in this time.
  void computed(int tokens, double ms);

 private:
  bool is_worth_reading();
  bool load(Sequence& sequence, backend::BlockId block);
  void save(const PrefixCache::Node& node);

  const std::unique_ptr<PrefixStore> store_;
  const KeepTimes times_;
  backend::Backend& backend_;
  backend::BlockPool& pool_;
  PrefixCache& cache_;
  std::vector<std::byte> bytes_;  // of one block
  double token_ms_ = 0;           // to compute; 0: not known yet
  int passed_over_ = 0;           // blocks not read since they would have taken too long
};

}  // namespace engine::session
