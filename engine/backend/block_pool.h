// Reference counts of a backend's KV blocks. The backend itself does not know who shares a block;
// whoever holds one counts it here: a BlockTable for each sequence, the prefix cache for its tree.
//
// Not thread-safe: owned by the thread that steps the backend.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/backend/backend.h"

namespace engine::backend {

class BlockPool {
 public:
  explicit BlockPool(int block_count);

  int size() const { return static_cast<int>(references_.size()); }
  int free_count() const { return static_cast<int>(free_.size()); }

  // A free block, counted once; nothing when all are taken.
  std::optional<BlockId> allocate();
  void retain(BlockId block);
  void release(BlockId block);  // free again when nobody holds it
  int references(BlockId block) const;

 private:
  std::vector<int> references_;  // [block]
  std::vector<BlockId> free_;
};

// The blocks of one sequence, in order of their positions, each counted once.
class BlockTable {
 public:
  explicit BlockTable(BlockPool& pool) : pool_(&pool) {}
  BlockTable(BlockTable&& other) noexcept;
  BlockTable& operator=(BlockTable&& other) noexcept;
  ~BlockTable() { truncate(0); }

  std::span<const BlockId> blocks() const { return blocks_; }
  int size() const { return static_cast<int>(blocks_.size()); }

  void append_owned(BlockId block);      // takes over the caller's count
  void append_shared(BlockId block);     // counts it
  void share(int index, BlockId block);  // holds `block` there instead
  void truncate(int count);              // releases all but the first `count`

 private:
  BlockPool* pool_;
  std::vector<BlockId> blocks_;
};

// Blocks that hold `tokens` positions.
inline int blocks_for(int tokens) { return (tokens + block_tokens - 1) / block_tokens; }

}  // namespace engine::backend
