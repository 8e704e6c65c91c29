// The chat template of a model directory, as the key that GGUF has for it.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/assembly.h"
#include "engine/huggingface/fields.h"

namespace engine::huggingface {

// chat_template.jinja, which comes first as in transformers, or the field of tokenizer_config.json:
// a text, or a list of named ones, of which "default" is taken. Nothing where there is none, as in
// folders of models that complete alone.
base::Status add_chat_template(const std::string& folder, const Fields& tokenizer_config,
                               gguf::Assembly& model);

}  // namespace engine::huggingface
