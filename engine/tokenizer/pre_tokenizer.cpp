// The published patterns, and how they are matched here without a regular expression; DeepSeek's,
// and those that cut words before capitals, have files of their own.
//
// llama-bpe, qwen2, glm4 and seed-coder are one alternation, tried at each position ({1,3} is {1}
// in qwen2 and seed-coder, and seed-coder has no [\r\n]* behind marks):
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,3}
//   | ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//
// gpt-2 is another one, and starcoder cuts \p{N} out before, so that numbers are ends of text to
// it:
//
//   's|'t|'re|'ve|'m|'ll|'d | ?\p{L}+ | ?\p{N}+ | ?[^\s\p{L}\p{N}]+ | \s+(?!\S) | \s+
#include "engine/tokenizer/pre_tokenizer.h"

#include <cstddef>
#include <utility>

#include "engine/tokenizer/character_reader.h"
#include "engine/tokenizer/pre_tokenizer_families.h"

namespace engine::tokenizer {
namespace {

struct LlamaRules {
  int max_digits;
  bool marks_take_newlines;
};

// The end of the piece that starts at `position`.
size_t llama_piece_end(const PlainReader& text, size_t position, const LlamaRules& rules) {
  const Character first = text.at(position);
  const size_t second_position = position + first.length;
  if (first.value == '\'') {
    if (const size_t end = contraction_end(text, position)) return end;
  }
  if (first.is(letter)) return text.run_end(second_position, letter);
  const Character second = text.at(second_position);
  if (!first.is_newline() && !first.is(number) && second.is(letter)) {
    return text.run_end(second_position, letter);
  }
  if (first.is(number)) return text.numbers_end(position, rules.max_digits);
  if (is_other(first) || (first.value == ' ' && is_other(second))) {
    const size_t end = others_end(text, second_position);
    return rules.marks_take_newlines ? text.newlines_end(end) : end;
  }
  return whitespace_end(text, position, [&](size_t end) { return end == text.size(); });
}

void split_llama(std::string_view whole, const LlamaRules& rules, PieceSink& sink) {
  const PlainReader text(whole);
  split_at_ends(
      text, [&](size_t start) { return llama_piece_end(text, start, rules); }, sink);
}

enum class Numbers { in_runs, cut_out };

// The end of the piece that starts at `position`.
template <Numbers numbers>
size_t gpt_2_piece_end(const PlainReader& text, size_t position) {
  const Character first = text.at(position);
  const size_t second_position = position + first.length;
  if (numbers == Numbers::cut_out && first.is(number)) return second_position;
  if (first.value == '\'') {
    const size_t end = contraction_end(text, position);
    const std::string_view found = text.slice(position, end > 0 ? end : position);
    // Without regard to case; here it matters.
    const bool is_small = found.find_first_of("STMDREVL") == std::string_view::npos;
    if (end > 0 && is_small) return end;
  }
  const Character second = text.at(second_position);
  const bool leads = first.value == ' ' && second.length > 0 && !second.is(space);
  const Character& kind = leads ? second : first;
  const size_t start = leads ? second_position : position;
  if (kind.is(letter)) return text.run_end(start, letter);
  if (kind.is(number) && numbers == Numbers::in_runs) return text.run_end(start, number);
  if (is_other(kind)) return others_end(text, start);
  // `\s+(?!\S) | \s+`
  size_t last = position;
  size_t end = position;
  for (Character next = text.at(end); next.is(space); next = text.at(end)) {
    last = end;
    end += next.length;
  }
  const bool at_end =
      end == text.size() || (numbers == Numbers::cut_out && text.at(end).is(number));
  return at_end || last == position ? end : last;
}

template <Numbers numbers>
void split_gpt_2(std::string_view whole, PieceSink& sink) {
  const PlainReader text(whole);
  split_at_ends(
      text, [&](size_t start) { return gpt_2_piece_end<numbers>(text, start); }, sink);
}

using Named = std::pair<std::string_view, PreTokenizer>;
constexpr Named names[] = {{"deepseek-llm", PreTokenizer::deepseek_llm},
                           {"deepseek-coder", PreTokenizer::deepseek_coder},
                           {"deepseek-v3", PreTokenizer::deepseek_v3},
                           {"joyai-llm", PreTokenizer::deepseek_v3},
                           {"qwen2", PreTokenizer::qwen2},
                           {"deepseek-r1-qwen", PreTokenizer::qwen2},
                           {"llama-bpe", PreTokenizer::llama_bpe},
                           {"llama3", PreTokenizer::llama_bpe},
                           {"llama-v3", PreTokenizer::llama_bpe},
                           {"glm4", PreTokenizer::glm4},
                           {"seed-coder", PreTokenizer::seed_coder},
                           {"gpt-2", PreTokenizer::gpt_2},
                           {"mellum", PreTokenizer::gpt_2},
                           {"gigachat", PreTokenizer::gpt_2},
                           {"starcoder", PreTokenizer::starcoder},
                           {"mellum2", PreTokenizer::starcoder},
                           {"refact", PreTokenizer::starcoder},
                           {"smollm", PreTokenizer::starcoder},
                           {"tekken", PreTokenizer::tekken},
                           {"gpt-4o", PreTokenizer::gpt_4o},
                           {"kanana2", PreTokenizer::gpt_4o},
                           {"kimi-k2", PreTokenizer::kimi_k2}};

}  // namespace

std::optional<PreTokenizer> pre_tokenizer_from_name(std::string_view name) {
  for (const auto& [known, kind] : names) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string pre_tokenizer_names() {
  std::string list;
  for (const auto& [name, kind] : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

void split(PreTokenizer kind, std::string_view text, PieceSink& sink) {
  switch (kind) {
    case PreTokenizer::deepseek_llm:
      return split_deepseek_llm(text, sink);
    case PreTokenizer::deepseek_coder:
      return split_deepseek_coder(text, sink);
    case PreTokenizer::deepseek_v3:
      return split_deepseek_v3(text, sink);
    case PreTokenizer::qwen2:
      return split_llama(text, {.max_digits = 1, .marks_take_newlines = true}, sink);
    case PreTokenizer::llama_bpe:
    case PreTokenizer::glm4:
      return split_llama(text, {.max_digits = 3, .marks_take_newlines = true}, sink);
    case PreTokenizer::seed_coder:
      return split_llama(text, {.max_digits = 1, .marks_take_newlines = false}, sink);
    case PreTokenizer::gpt_2:
      return split_gpt_2<Numbers::in_runs>(text, sink);
    case PreTokenizer::starcoder:
      return split_gpt_2<Numbers::cut_out>(text, sink);
    case PreTokenizer::tekken:
      return split_tekken(text, sink);
    case PreTokenizer::gpt_4o:
      return split_gpt_4o(text, sink);
    case PreTokenizer::kimi_k2:
      return split_kimi_k2(text, sink);
  }
}

}  // namespace engine::tokenizer
