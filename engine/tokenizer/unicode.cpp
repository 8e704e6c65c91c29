#include "engine/tokenizer/unicode.h"

#include <map>

namespace engine::tokenizer {

const ClassTable& ClassTable::instance() {
  static const ClassTable table;
  return table;
}

ClassTable::ClassTable() {
  std::map<std::array<uint16_t, 256>, uint16_t> known;
  size_t run = 0;
  for (size_t index = 0; index < block_.size(); ++index) {
    std::array<uint16_t, 256> block;
    for (size_t offset = 0; offset < block.size(); ++offset) {
      const size_t code_point = index << 8 | offset;
      while (run + 1 < class_run_count && class_runs[run + 1] >> class_bits <= code_point) ++run;
      block[offset] = class_runs[run] & ((1u << class_bits) - 1);
    }
    const auto [place, added] = known.emplace(block, static_cast<uint16_t>(known.size()));
    if (added) classes_.insert(classes_.end(), block.begin(), block.end());
    block_[index] = place->second;
  }
}

CodePoint decode_utf8(std::string_view text) {
  constexpr CodePoint invalid{invalid_code_point, 1};
  const auto byte = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  // Leads below 0xc2 are continuations or overlong; those past 0xf4 exceed U+10FFFF.
  if (lead < 0xc2 || lead > 0xf4) return invalid;
  const uint32_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return invalid;
  uint32_t value = lead & (0x7f >> length);
  for (uint32_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0) != 0x80) return invalid;
    value = value << 6 | (byte(index) & 0x3f);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return invalid;
  return {value, length};
}

}  // namespace engine::tokenizer
