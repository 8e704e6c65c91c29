// config.json as the keys that GGUF has for the same model.
#pragma once

#include "engine/base/result.h"
#include "engine/gguf/assembly.h"
#include "engine/huggingface/fields.h"
#include "engine/huggingface/tensors.h"

namespace engine::huggingface {

// Adds the hyper-parameters, and the tensor of RoPE's factors where Llama 3 scales. What lemma does
// not compute as the configuration asks is an error naming the file, the field and the byte; ranges
// are checked by whoever reads the keys.
base::Result<TensorChoice> add_metadata(Fields& config, gguf::Assembly& model);

}  // namespace engine::huggingface
