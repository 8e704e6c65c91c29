// tokenizer.json as the keys that GGUF has for the same vocabulary; tokenizer_config.json,
// generation_config.json and config.json say how texts begin and end.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/assembly.h"
#include "engine/huggingface/fields.h"

namespace engine::huggingface {

// Byte-level BPE with one of the pre-tokenizers that engine/tokenizer knows, told by its patterns;
// anything else is an error that names the file, the field and the byte. A normalizer NFC (Qwen's)
// is left out, as in GGUF: text is encoded as it is.
base::Status add_vocabulary(const std::string& folder, const Fields& config, gguf::Assembly& model);

}  // namespace engine::huggingface
