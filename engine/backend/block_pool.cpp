#include "engine/backend/block_pool.h"

#include <utility>

#include "engine/base/check.h"

namespace engine::backend {

BlockPool::BlockPool(int block_count) {
  INVARIANT(block_count >= 0);
  references_.resize(static_cast<size_t>(block_count), 0);
  free_.reserve(references_.size());
  for (BlockId block = block_count - 1; block >= 0; --block) free_.push_back(block);
}

std::optional<BlockId> BlockPool::allocate() {
  if (free_.empty()) return std::nullopt;
  const BlockId block = free_.back();
  free_.pop_back();
  references_[static_cast<size_t>(block)] = 1;
  return block;
}

void BlockPool::retain(BlockId block) {
  INVARIANT(references(block) > 0);
  ++references_[static_cast<size_t>(block)];
}

void BlockPool::release(BlockId block) {
  INVARIANT(references(block) > 0);
  if (--references_[static_cast<size_t>(block)] == 0) free_.push_back(block);
}

int BlockPool::references(BlockId block) const {
  INVARIANT(block >= 0 && block < size());
  return references_[static_cast<size_t>(block)];
}

BlockTable::BlockTable(BlockTable&& other) noexcept
    : pool_(other.pool_), blocks_(std::exchange(other.blocks_, {})) {}

BlockTable& BlockTable::operator=(BlockTable&& other) noexcept {
  if (this != &other) {
    truncate(0);
    pool_ = other.pool_;
    blocks_ = std::exchange(other.blocks_, {});
  }
  return *this;
}

void BlockTable::append_owned(BlockId block) { blocks_.push_back(block); }

void BlockTable::append_shared(BlockId block) {
  pool_->retain(block);
  blocks_.push_back(block);
}

void BlockTable::share(int index, BlockId block) {
  INVARIANT(index >= 0 && index < size());
  pool_->retain(block);
  pool_->release(std::exchange(blocks_[static_cast<size_t>(index)], block));
}

void BlockTable::truncate(int count) {
  while (size() > count) {
    pool_->release(blocks_.back());
    blocks_.pop_back();
  }
}

}  // namespace engine::backend
