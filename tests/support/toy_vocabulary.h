// A toy vocabulary in a GGUF file: every byte, a few longer tokens, and the special tokens.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "engine/gguf/writer.h"
#include "engine/tokenizer/tokenizer.h"

namespace support {

// Merged left to right; both sides of each are tokens already. Some cross characters of UTF-8.
inline const std::vector<std::pair<std::string, std::string>>& toy_merges() {
  static const std::vector<std::pair<std::string, std::string>> merges{
      {"r", "e"},           {"p", "r"},    {"i", "n"},        {"pr", "in"},     {"prin", "t"},
      {"re", "t"},          {"ret", "u"},  {"r", "n"},        {"retu", "rn"},   {" ", "return"},
      {" ", " "},           {"  ", "  "},  {"\n", "    "},    {"\xC3", "\xA9"}, {"\xE6", "\x97"},
      {"\xE6\x97", "\xA5"}, {"f", "o"},    {"fo", "o"},       {"(", ")"},       {"()", ":"},
      {"():", "\n"},        {"e", "\xC3"}, {"x", "\xE6\x97"},
  };
  return merges;
}

// GPT-2's writing of bytes as printable characters, which GGUF vocabularies use.
inline std::string as_vocabulary_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const unsigned byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
    unsigned code = byte;
    if (!plain) {
      unsigned index = 0;
      for (unsigned b = 0; b < byte; ++b) {
        index += !((b >= 33 && b <= 126) || (b >= 161 && b != 173));
      }
      code = 256 + index;
    }
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else {
      text += static_cast<char>(0xC0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return text;
}

// With these special tokens behind those that every vocabulary has.
inline std::string write_toy_vocabulary(const std::vector<std::string>& more = {}) {
  std::vector<std::string> tokens;
  std::vector<std::string> merges;
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(as_vocabulary_text(std::string(1, static_cast<char>(byte))));
  }
  for (const auto& [left, right] : toy_merges()) {
    tokens.push_back(as_vocabulary_text(left + right));
    merges.push_back(as_vocabulary_text(left) + " " + as_vocabulary_text(right));
  }
  const auto first_special = static_cast<int32_t>(tokens.size());
  for (const char* special : {"<|begin|>", "<|end|>"}) tokens.emplace_back(special);
  tokens.insert(tokens.end(), more.begin(), more.end());
  std::vector<int32_t> types(tokens.size(), 1);
  std::fill(types.begin() + first_special, types.end(), 3);

  const std::vector<std::string_view> token_views(tokens.begin(), tokens.end());
  const std::vector<std::string_view> merge_views(merges.begin(), merges.end());
  engine::gguf::Writer writer;
  writer.add("general.architecture", "toy");
  writer.add("tokenizer.ggml.model", "gpt2");
  writer.add("tokenizer.ggml.pre", "qwen2");
  writer.add_strings("tokenizer.ggml.tokens", token_views);
  writer.add_integers("tokenizer.ggml.token_type", types);
  writer.add_strings("tokenizer.ggml.merges", merge_views);
  writer.add("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(first_special));
  writer.add("tokenizer.ggml.eos_token_id", static_cast<uint32_t>(first_special) + 1);
  writer.add("tokenizer.ggml.add_bos_token", true);
  const std::string path = std::filesystem::temp_directory_path() /
                           ("lemma-toy-vocabulary-" + std::to_string(::getpid()) + ".gguf");
  if (!writer.begin(path) || !writer.finish()) std::abort();
  return path;
}

inline engine::tokenizer::Tokenizer toy_tokenizer(const std::vector<std::string>& more = {}) {
  const std::string path = write_toy_vocabulary(more);
  auto file = engine::gguf::File::open(path);
  auto tokenizer = engine::tokenizer::Tokenizer::load(file.value());
  std::filesystem::remove(path);
  return std::move(tokenizer).value();
}

}  // namespace support
