// Remembers the tokens of short pieces: source code repeats its words. Fixed size, direct mapped,
// shared by all threads without a lock.
//
// A slot is one cache line under a sequence number: odd while someone writes it. A reader that sees
// the number change takes what it read for a miss; a writer that finds it odd or taken leaves the
// slot alone. All fields are atomics, so that no read is a data race.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace engine::tokenizer {

class WordCache {
 public:
  static constexpr size_t max_bytes = 24;
  static constexpr size_t max_tokens = 8;

  // The bytes of a piece, zero past its end.
  struct Key {
    std::array<uint64_t, 3> words;
    uint32_t length;
  };

  WordCache() : slots_(std::make_unique<Slot[]>(slot_count)) {}

  // The number of tokens written to `tokens`; 0 for a miss.
  size_t find(const Key& key, std::array<int32_t, max_tokens>& tokens) const;
  void insert(const Key& key, std::span<const int32_t> tokens);

 private:
  static constexpr size_t slot_bits = 15;
  static constexpr size_t slot_count = size_t{1} << slot_bits;  // of 64 bytes: 2 MiB

  struct alignas(64) Slot {
    std::atomic<uint32_t> sequence{0};
    std::atomic<uint32_t> lengths{0};  // bytes of the key | tokens << 8
    std::array<std::atomic<uint64_t>, 3> key{};
    std::array<std::atomic<uint64_t>, max_tokens / 2> tokens{};  // two in each
  };
  static_assert(sizeof(Slot) == 64);

  Slot& slot(const Key& key) const;

  std::unique_ptr<Slot[]> slots_;
};

}  // namespace engine::tokenizer
