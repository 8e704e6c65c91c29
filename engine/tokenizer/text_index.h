// From texts to tokens, built once: open addressing over views, a few times faster to fill than a
// node-based map, which is most of what loading a vocabulary takes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace engine::tokenizer {

class TextIndex {
 public:
  static constexpr int32_t none = -1;

  TextIndex() : TextIndex(0) {}
  // Room for `count` texts.
  explicit TextIndex(size_t count)
      : slots_(std::bit_ceil(count * 2 + 2)), shift_(64 - std::countr_zero(slots_.size())) {}

  // The first token of a text stays. The view must outlive this.
  void add(std::string_view text, int32_t token) {
    Slot& slot = slots_[position(text)];
    if (slot.text.data() == nullptr) slot = {text, token};
  }

  int32_t find(std::string_view text) const { return slots_[position(text)].token; }

  // The text is found no more.
  void remove(std::string_view text) { slots_[position(text)].token = none; }

 private:
  struct Slot {
    std::string_view text{};
    int32_t token = none;
  };

  static uint64_t hash(std::string_view text) {
    uint64_t state = text.size();
    while (!text.empty()) {
      uint64_t word = 0;
      const size_t length = text.size() < 8 ? text.size() : 8;
      std::memcpy(&word, text.data(), length);
      text.remove_prefix(length);
      state = (state ^ word) * 0x9e3779b97f4a7c15u;
      state ^= state >> 32;
    }
    return state * 0xc2b2ae3d27d4eb4fu;
  }

  // Of the text, or of the free slot where it would go.
  size_t position(std::string_view text) const {
    size_t slot = hash(text) >> shift_;
    while (slots_[slot].text.data() != nullptr && slots_[slot].text != text) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  std::vector<Slot> slots_;
  int shift_;
};

}  // namespace engine::tokenizer
