// The tensors of a model directory: model.safetensors, or the files that
// model.safetensors.index.json names, under GGUF's names.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/gguf/assembly.h"

namespace engine::huggingface {

// Tied: the output is the embedding, whatever else the files hold.
enum class OutputTensor { own, tied, own_if_there };

struct TensorChoice {
  int layers = 0;             // layers past these predict further tokens and are left out
  int prediction_layers = 0;  // so many
  OutputTensor output = OutputTensor::own_if_there;
};

// Every weight is used where the file has it. The error names the file, the tensor and the byte: a
// file that is missing or damaged, a type that lemma does not read, an expert that is missing, a
// tensor of no known name (left out, it would change every result).
base::Status add_tensors(const std::string& folder, const TensorChoice& choice,
                         gguf::Assembly& model);

// The same of adapter_model.safetensors (adapter.h): "X.lora_A.weight" of a module whose weight is
// Y.weight in GGUF is Y.weight.lora_a.
base::Status add_adapter_tensors(const std::string& folder, gguf::Assembly& adapter);

}  // namespace engine::huggingface
