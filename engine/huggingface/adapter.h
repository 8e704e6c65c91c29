// LoRA adapters as PEFT writes them: a folder with adapter_config.json and
// adapter_model.safetensors, said in the terms of llama.cpp's GGUF adapters.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/file.h"

namespace engine::huggingface {

// A key of the file that is made: the queries and keys of a Llama have their heads' halves, not
// consecutive pairs.
inline constexpr const char* halves_key = "adapter.lora.halves";

// The error names the file and the field or tensor: another method than LoRA, what LoRA's variants
// would add (DoRA, biases, ranks or alphas by pattern), a tensor of no known name.
base::Result<gguf::File> open_adapter(const std::string& folder);

}  // namespace engine::huggingface
