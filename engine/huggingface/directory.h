// A model directory as Hugging Face's hub has it (config.json, tokenizer.json, safetensors), opened
// as what GGUF would say of the same model.
//
// Weights in BF16, F16 and F32 are used where the files have them: nothing is copied, permuted or
// rounded, so that memory holds them once, and a directory opens as fast as a GGUF file. What the
// two formats arrange differently is told instead: experts lie apart (gguf::TensorInfo::parts), and
// the queries and keys of a Llama turn by halves (the key "llama.rope.pairs").
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/file.h"

namespace engine::huggingface {

// deepseek, deepseek_v2, deepseek_v3, llama, qwen2, qwen3, qwen3_moe. The error names the file, the
// field or tensor, and the byte.
base::Result<gguf::File> open_directory(const std::string& path);

}  // namespace engine::huggingface
