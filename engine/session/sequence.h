// The tokens of one sequence, and how far they are in the KV cache.
//
// Its table begins with blocks of the prefix cache's tree, which it shares and never writes: every
// full block is one. What follows is its own. So each position that is computed is computed once,
// and what a sequence leaves behind is there for the next one.
//
// Cells that were copied from other positions (backend::Backend::copy_cells) are approximations,
// and so is all that is computed behind them: that stays the sequence's own, and goes with it.
//
// Not thread-safe: once submitted, owned by the engine's thread.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/backend/block_pool.h"
#include "engine/session/prefix_cache.h"

namespace engine::session {

class Sequence {
 public:
  // Logits are wanted of the tokens from index `logits_from` on. The prefix cache's `partition` is
  // where it looks for blocks and leaves its own.
  Sequence(backend::BlockPool& pool, std::vector<Token> tokens, int logits_from,
           uint64_t partition = 0);

  const std::vector<Token>& tokens() const { return tokens_; }
  uint64_t partition() const { return partition_; }
  int size() const { return static_cast<int>(tokens_.size()); }
  int computed() const { return computed_; }          // tokens in the KV cache
  int pending() const { return size() - computed_; }  // tokens still to be computed
  int logits_from() const { return logits_from_; }
  int cached() const { return cached_; }    // tokens that came out of the prefix cache
  int shifted() const { return shifted_; }  // tokens whose cells are copies from other positions
  bool is_exact() const { return copied_.empty(); }
  int copies_end() const { return is_exact() ? 0 : copied_.back().end; }
  // Tokens that the model's layer for multi-token prediction has taken in.
  int predicted() const { return predicted_; }
  void set_predicted(int tokens) { predicted_ = tokens; }
  const backend::BlockTable& table() const { return table_; }

  void append(Token token) { tokens_.push_back(token); }
  // The logits up to here have been used and are not wanted again.
  void logits_taken(int index) { logits_from_ = std::max(logits_from_, index + 1); }

  // Shares the full blocks that the prefix cache has.
  void adopt_blocks(PrefixCache& cache);
  // The tokens of the next block, where all of it may come out of a cache; else none.
  std::span<const Token> next_block_tokens() const;
  // Where that block belongs in the tree.
  PrefixCache::Node* next_parent(PrefixCache& cache) const;
  // Where the cache goes on beyond what is computed, inside one block that must be copied.
  PrefixCache::Tail find_tail(PrefixCache& cache) const;
  // `tail` has been copied into the block at next_block().
  void adopt_tail(const PrefixCache::Tail& tail);
  int next_block() const { return full_blocks_; }  // index of the first block that is not shared
  // Tokens from the first on that a cache may have: it holds no logits.
  int cacheable() const { return std::min(size(), logits_from_); }

  // Tokens whose cells have been copied from other positions into its blocks.
  struct Copied {
    int begin, end;
  };
  // None of them is computed yet; they ascend and do not overlap. Only where is_exact().
  void adopt_copies(std::vector<Copied> copied);
  // Where tokens must be computed that begin at index `first`, the index up to which.
  int gap_end(int first) const;
  // `index`, or the index behind copied tokens that begin there.
  int after_copies(int index) const;

  void append_block(backend::BlockId block) { table_.append_owned(block); }
  // `count` more tokens are in the KV cache; full blocks go to the prefix cache.
  void advance(int count, PrefixCache& cache);
  // Leaves its last block to the prefix cache too and gives up all blocks. The tokens stay, and can
  // be computed again.
  void retire(PrefixCache& cache);

  bool in_batch = false;  // of a run in progress: its blocks must stay as they are

 private:
  void found(int computed);
  void go_on_from(int index);
  int exact() const;

  std::vector<Token> tokens_;
  int logits_from_;
  uint64_t partition_;
  int computed_ = 0;
  int cached_ = 0;
  int predicted_ = 0;
  int shifted_ = 0;
  std::vector<Copied> copied_;
  bool retired_ = false;
  backend::BlockTable table_;
  PrefixCache::Node* node_ = nullptr;  // of the last full block; null: the root
  int full_blocks_ = 0;                // blocks up to node_
};

}  // namespace engine::session
