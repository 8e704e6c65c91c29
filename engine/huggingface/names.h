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

// The same for a matrix of a LoRA adapter of PEFT, such as
// "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": blk.0.attn_q.weight.lora_a.
std::optional<TensorName> adapter_name_in_gguf(std::string_view tensor);

// The number N of "model.layers.N.…"; -1: it belongs to no layer.
int layer_of(std::string_view tensor);

// For messages, the other way, of an adapter's too. Of a stack the name with "*" for the expert's
// number.
std::string name_from_gguf(std::string_view tensor);

}  // namespace engine::huggingface
