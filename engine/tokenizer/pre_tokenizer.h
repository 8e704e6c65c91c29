// Cuts text into the pieces that byte-pair merging may not cross, by the patterns the model
// families publish (named in pre_tokenizer.cpp and pre_tokenizer_families.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine::tokenizer {

enum class PreTokenizer {
  deepseek_llm,
  deepseek_coder,
  deepseek_v3,
  qwen2,
  llama_bpe,
  glm4,
  seed_coder,
  gpt_2,
  starcoder,
  tekken,
  gpt_4o,
  kimi_k2,
};

// By the value of `tokenizer.ggml.pre`.
std::optional<PreTokenizer> pre_tokenizer_from_name(std::string_view name);
// All of these values, for people.
std::string pre_tokenizer_names();

// Called with each piece, in order; together the pieces are the text.
class PieceSink {
 public:
  virtual void piece(std::string_view piece) = 0;

 protected:
  ~PieceSink() = default;
};

void split(PreTokenizer kind, std::string_view text, PieceSink& sink);

}  // namespace engine::tokenizer
