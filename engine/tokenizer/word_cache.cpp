#include "engine/tokenizer/word_cache.h"

#include "engine/base/check.h"

namespace engine::tokenizer {

WordCache::Slot& WordCache::slot(const Key& key) const {
  uint64_t hash = key.words[0] * 0x9e3779b97f4a7c15u;
  hash = (hash ^ (hash >> 32) ^ key.words[1]) * 0xc2b2ae3d27d4eb4fu;
  hash = (hash ^ (hash >> 32) ^ key.words[2] ^ key.length) * 0x165667b19e3779f9u;
  return slots_[hash >> (64 - slot_bits)];
}

// Acquire on the fields keeps the second read of the sequence behind them.
size_t WordCache::find(const Key& key, std::array<int32_t, max_tokens>& tokens) const {
  const Slot& slot = this->slot(key);
  const uint32_t sequence = slot.sequence.load(std::memory_order_acquire);
  const uint32_t lengths = slot.lengths.load(std::memory_order_acquire);
  if (sequence % 2 != 0 || (lengths & 0xff) != key.length) return 0;
  for (size_t index = 0; index < key.words.size(); ++index) {
    if (slot.key[index].load(std::memory_order_acquire) != key.words[index]) return 0;
  }
  const size_t count = lengths >> 8;
  for (size_t index = 0; index < count; index += 2) {
    const uint64_t pair = slot.tokens[index / 2].load(std::memory_order_acquire);
    tokens[index] = static_cast<int32_t>(pair);
    tokens[index + 1] = static_cast<int32_t>(pair >> 32);
  }
  return slot.sequence.load(std::memory_order_relaxed) == sequence ? count : 0;
}

// Release on the fields keeps them behind the odd sequence number.
void WordCache::insert(const Key& key, std::span<const int32_t> tokens) {
  INVARIANT(key.length <= max_bytes && tokens.size() <= max_tokens);
  Slot& slot = this->slot(key);
  uint32_t sequence = slot.sequence.load(std::memory_order_relaxed);
  if (sequence % 2 != 0 ||
      !slot.sequence.compare_exchange_strong(sequence, sequence + 1, std::memory_order_acq_rel)) {
    return;
  }
  const auto count = static_cast<uint32_t>(tokens.size());
  slot.lengths.store(key.length | count << 8, std::memory_order_release);
  for (size_t index = 0; index < key.words.size(); ++index) {
    slot.key[index].store(key.words[index], std::memory_order_release);
  }
  for (size_t index = 0; index < tokens.size(); index += 2) {
    const uint64_t low = static_cast<uint32_t>(tokens[index]);
    const uint64_t high = index + 1 < count ? static_cast<uint32_t>(tokens[index + 1]) : 0;
    slot.tokens[index / 2].store(low | high << 32, std::memory_order_release);
  }
  slot.sequence.store(sequence + 2, std::memory_order_release);
}

}  // namespace engine::tokenizer
