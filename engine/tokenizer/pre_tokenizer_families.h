// The families of pre_tokenizer.h whose patterns take a file of their own.
#pragma once

#include <string_view>

#include "engine/tokenizer/pre_tokenizer.h"

namespace engine::tokenizer {

void split_deepseek_v3(std::string_view text, PieceSink& sink);
void split_deepseek_coder(std::string_view text, PieceSink& sink);
void split_deepseek_llm(std::string_view text, PieceSink& sink);

// Those that cut words before capitals (pre_tokenizer_capitals.cpp).
void split_tekken(std::string_view text, PieceSink& sink);
void split_gpt_4o(std::string_view text, PieceSink& sink);
void split_kimi_k2(std::string_view text, PieceSink& sink);

}  // namespace engine::tokenizer
