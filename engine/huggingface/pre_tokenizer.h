// The pre-tokenizer of a tokenizer.json, told by its patterns.
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/huggingface/fields.h"

namespace engine::huggingface {

// Its name in GGUF's tokenizer.ggml.pre.
base::Result<std::string_view> pre_tokenizer_of(Fields& tokenizer);

}  // namespace engine::huggingface
