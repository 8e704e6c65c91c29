// What a tensor is called in Hugging Face's files and in GGUF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine::huggingface {

struct TensorName {
  std::string name;  // in GGUF
  int expert = -1;   // of a stack that GGUF has in one tensor; -1: a tensor of its own
};

// Nothing for a name that lemma does not know.
std::optional<TensorName> name_in_gguf(std::string_view tensor);

// The number N of "model.layers.N.…"; -1: it belongs to no layer.
int layer_of(std::string_view tensor);

// For messages, the other way. Of a stack the name with "*" for the expert's number.
std::string name_from_gguf(std::string_view tensor);

}  // namespace engine::huggingface
