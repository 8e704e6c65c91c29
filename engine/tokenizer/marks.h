// Texts of tokens that are marks: of gaps, turns, messages and ends.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/tokenizer/vocabulary.h"

namespace engine::tokenizer {

struct FimFamily {
  std::string_view prefix;
  std::string_view suffix;
  std::string_view middle;
  FimOrder order = FimOrder::prefix_first;
};

inline constexpr FimFamily fim_families[] = {
    {"<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"},     // DeepSeek
    {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},     // Qwen
    {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},           // StarCoder
    {"<fim-prefix>", "<fim-suffix>", "<fim-middle>"},           // SantaCoder
    {"<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"},  // GLM
    {"<PRE>", "<SUF>", "<MID>"},                                // CodeLlama
    {"▁<PRE>", "▁<SUF>", "▁<MID>"},
    {"<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>", FimOrder::suffix_first},  // Seed-Coder
};

inline constexpr std::string_view end_texts[] = {
    "<｜end▁of▁sentence｜>",
    "<|EOT|>",
    "<|endoftext|>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "<end_of_turn>",
    "</s>",
    "<EOT>",
    "▁<EOT>",
    "<|fim_pad|>",
    "<fim_pad>",
    "<fim-pad>",
    "<|repo_name|>",
    "<|fim_repo|>",
    "<fim-repo>",
    "<|file_sep|>",
    "<file_sep>",
};

// OpenAI's harmony format: a turn is several messages, each in a channel, and ends with the last.
inline constexpr std::string_view harmony_marks[] = {"<|start|>", "<|channel|>", "<|message|>",
                                                     "<|end|>"};
inline constexpr std::string_view harmony_ends[] = {"<|return|>", "<|call|>"};

inline bool looks_like_markup(std::string_view text) {
  if (constexpr std::string_view space = "▁"; text.starts_with(space)) {
    text.remove_prefix(space.size());  // CodeLlama's
  }
  return text.size() > 2 && ((text.front() == '<' && text.back() == '>') ||
                             (text.front() == '[' && text.back() == ']'));
}

// A role in prompts or a filler, as llama.cpp's converter tells them, whatever the vocabulary calls
// them.
inline bool looks_like_control(std::string_view text) {
  return text.starts_with("[") || text == "<pad>" || text == "<mask>" ||
         (text.starts_with("<|") && text.ends_with("|>")) ||
         (text.starts_with("<｜") && text.ends_with("｜>"));
}

inline bool is_end_text(std::string_view text) {
  return std::find(std::begin(end_texts), std::end(end_texts), text) != std::end(end_texts);
}

}  // namespace engine::tokenizer
