// Cuts text into the pieces that byte-pair merging may not cross, by the patterns the model
// families publish (named in pre_tokenizer.cpp).
#pragma once

#include <optional>
#include <string_view>

namespace engine::tokenizer {

enum class PreTokenizer { deepseek_llm, deepseek_coder, deepseek_v3, qwen2, llama_bpe, glm4 };

// By the value of `tokenizer.ggml.pre`.
std::optional<PreTokenizer> pre_tokenizer_from_name(std::string_view name);

// Called with each piece, in order; together the pieces are the text.
class PieceSink {
 public:
  virtual void piece(std::string_view piece) = 0;

 protected:
  ~PieceSink() = default;
};

void split(PreTokenizer kind, std::string_view text, PieceSink& sink);

}  // namespace engine::tokenizer
