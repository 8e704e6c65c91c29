// A vocabulary of a few hundred tokens, put together by hand.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/gguf/raw_file.h"

namespace support {

struct SmallVocabulary {
  std::string model = "gpt2";
  std::string pre = "qwen2";
  std::vector<std::string> tokens;
  std::vector<int32_t> types;
  std::vector<std::string> merges;
  std::vector<float> scores;  // of the kind "llama", in place of `pre` and `merges`
  std::vector<std::pair<std::string, uint32_t>> ids;  // keys behind "tokenizer.ggml."

  std::vector<std::pair<std::string, bool>> flags;  // likewise

  // The byte-level alphabet as tokens 0 to 255, byte by byte.
  static SmallVocabulary of_bytes() {
    SmallVocabulary vocabulary;
    uint32_t next = 256;
    for (uint32_t value = 0; value < 256; ++value) {
      const bool printable = (value >= 0x21 && value <= 0x7e) || (value >= 0xa1 && value != 0xad);
      vocabulary.add(spelled(printable ? value : next++));
    }
    return vocabulary;
  }

  // Of the kind "llama": <unk>, <s> and </s>, and the byte N as token N + 3.
  static SmallVocabulary with_scores() {
    SmallVocabulary vocabulary;
    vocabulary.model = "llama";
    vocabulary.add_piece("<unk>", 0, 2);
    vocabulary.add_piece("<s>", 0, 3);
    vocabulary.add_piece("</s>", 0, 3);
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (size_t value = 0; value < 256; ++value) {
      vocabulary.add_piece({'<', '0', 'x', digits[value / 16], digits[value % 16], '>'}, 0, 6);
    }
    vocabulary.ids = {{"bos_token_id", 1}, {"eos_token_id", 2}};
    return vocabulary;
  }

  int32_t add_piece(const std::string& text, float score, int32_t type = 1) {
    scores.push_back(score);
    return add(text, type);
  }

  int32_t add(const std::string& text, int32_t type = 1) {
    tokens.push_back(text);
    types.push_back(type);
    return static_cast<int32_t>(tokens.size() - 1);
  }

  // The token of `left` and `right` joined, and the rule that makes it.
  int32_t add_merge(const std::string& left, const std::string& right) {
    merges.push_back(left + " " + right);
    return add(left + right);
  }

  std::string bytes() const {
    using raw::ValueType;
    std::string list;
    for (const auto& token : tokens) list += raw::text(token);
    std::string numbers;
    for (const int32_t type : types) numbers += raw::number(type);
    std::string rules;
    for (const auto& merge : merges) rules += raw::text(merge);
    const bool has_scores = model == "llama";
    std::string file = raw::preamble(0, (has_scores ? 4 : 5) + ids.size() + flags.size());
    file += raw::key("tokenizer.ggml.model", ValueType::string, raw::text(model));
    file += raw::key("tokenizer.ggml.tokens", ValueType::array,
                     raw::array(ValueType::string, tokens.size(), list));
    file += raw::key("tokenizer.ggml.token_type", ValueType::array,
                     raw::array(ValueType::i32, types.size(), numbers));
    if (has_scores) {
      std::string list_of_scores;
      for (const float score : scores) list_of_scores += raw::number(score);
      file += raw::key("tokenizer.ggml.scores", ValueType::array,
                       raw::array(ValueType::f32, scores.size(), list_of_scores));
    } else {
      file += raw::key("tokenizer.ggml.pre", ValueType::string, raw::text(pre));
      file += raw::key("tokenizer.ggml.merges", ValueType::array,
                       raw::array(ValueType::string, merges.size(), rules));
    }
    for (const auto& [name, id] : ids) {
      file += raw::key("tokenizer.ggml." + name, ValueType::u32, raw::number(id));
    }
    for (const auto& [name, flag] : flags) {
      file += raw::key("tokenizer.ggml." + name, ValueType::boolean, raw::number(flag));
    }
    return file;
  }

 private:
  static std::string spelled(uint32_t point) {
    if (point < 0x80) return std::string(1, static_cast<char>(point));
    return {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
  }
};

}  // namespace support
