// Any bytes through every pre-tokenizer and through a vocabulary with scores: encoding loses
// nothing, and a literal text yields no special token. The first byte chooses among them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/check.h"
#include "engine/gguf/file.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/engine/tokenizer/small_vocabulary.h"
#include "tests/support/memory_file.h"

namespace {

using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Tokenizer;

Tokenizer load(const support::SmallVocabulary& vocabulary) {
  const support::MemoryFile memory(vocabulary.bytes());
  const auto file = engine::gguf::File::open(memory.path());
  INVARIANT(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  INVARIANT(tokenizer.ok());
  return *std::move(tokenizer);
}

Tokenizer load_with_scores() {
  auto vocabulary = support::SmallVocabulary::with_scores();
  float score = 0;
  for (const char* piece : {"ab", "▁a", "aba", "▁▁", "▁▁▁▁", "bé", "a", "b", "▁", "é"}) {
    vocabulary.add_piece(piece, score);
    score -= 0.5F;
  }
  vocabulary.add_piece("▁<PRE>", 0, 3);
  vocabulary.add_piece("ü", 0, 4);
  vocabulary.add_piece("▁▁▁", 0, 4);
  return load(vocabulary);
}

std::vector<Tokenizer> load_all() {
  auto vocabulary = support::SmallVocabulary::of_bytes();
  for (const auto& [left, right] :
       std::initializer_list<std::pair<const char*, const char*>>{{"a", "b"},
                                                                  {"b", "a"},
                                                                  {"ab", "ab"},
                                                                  {"Ġ", "Ġ"},
                                                                  {"ĠĠ", "ĠĠ"},
                                                                  {"Ġ", "a"},
                                                                  {"1", "2"},
                                                                  {"Ã", "©"}}) {
    vocabulary.add_merge(left, right);
  }
  vocabulary.add("<｜fim▁begin｜>", 3);
  vocabulary.add("<｜fim▁hole｜>", 3);
  vocabulary.add("<｜fim▁end｜>", 3);
  vocabulary.add("ü", 4);
  std::vector<Tokenizer> tokenizers;
  for (const char* pre : {"deepseek-llm", "deepseek-coder", "deepseek-v3", "qwen2", "llama-bpe",
                          "seed-coder", "gpt-2", "starcoder", "tekken", "gpt-4o", "kimi-k2"}) {
    vocabulary.pre = pre;
    tokenizers.push_back(load(vocabulary));
  }
  tokenizers.push_back(load_with_scores());
  return tokenizers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<Tokenizer> tokenizers = load_all();
  if (size == 0) return 0;
  const Tokenizer& tokenizer = tokenizers[data[0] % tokenizers.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto tokens = tokenizer.encode(text, SpecialTokens::literal);
  INVARIANT(tokenizer.decode(tokens) == text);
  for (const auto token : tokens) INVARIANT(!tokenizer.is_special(token));
  // Parsed, the special tokens say their text again.
  std::string spelled;
  for (const auto token : tokenizer.encode(text, SpecialTokens::parsed)) {
    spelled += tokenizer.is_special(token) ? tokenizer.text(token) : tokenizer.bytes(token);
  }
  INVARIANT(spelled == text);
  return 0;
}
