// The families of config.cpp's table, and what they share.
#pragma once

#include "engine/model/config.h"
#include "engine/model/keys.h"

namespace engine::model {

void read_deepseek2(Keys& keys, Config& config);
// Of deepseek, llama, qwen2, qwen3, qwen3moe, mellum and gpt-oss.
void read_grouped(Keys& keys, Config& config);

Rope read_rope(Keys& keys, int context_length);
Experts read_experts(Keys& keys);

}  // namespace engine::model
