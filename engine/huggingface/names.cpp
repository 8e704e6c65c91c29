#include "engine/huggingface/names.h"

#include <charconv>

#include "engine/base/format.h"

namespace engine::huggingface {
namespace {

using base::concat;

struct Pair {
  std::string_view here, in_gguf;
};
struct Module {
  std::string_view here, in_gguf;
  bool may_have_bias = false;
};

constexpr Pair of_the_model[] = {
    {"model.embed_tokens.weight", "token_embd.weight"},
    {"model.norm.weight", "output_norm.weight"},
    {"lm_head.weight", "output.weight"},
};

// Each with ".weight", some with ".bias" too.
constexpr Module of_a_layer[] = {
    {"input_layernorm", "attn_norm"},
    {"post_attention_layernorm", "ffn_norm"},
    {"self_attn.q_proj", "attn_q", true},
    {"self_attn.k_proj", "attn_k", true},
    {"self_attn.v_proj", "attn_v", true},
    {"self_attn.o_proj", "attn_output", true},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
    {"self_attn.q_a_proj", "attn_q_a"},
    {"self_attn.q_a_layernorm", "attn_q_a_norm"},
    {"self_attn.q_b_proj", "attn_q_b"},
    {"self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"},
    {"self_attn.kv_a_layernorm", "attn_kv_a_norm"},
    {"self_attn.kv_b_proj", "attn_kv_b"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"mlp.gate", "ffn_gate_inp"},
    {"mlp.shared_experts.gate_proj", "ffn_gate_shexp"},
    {"mlp.shared_experts.up_proj", "ffn_up_shexp"},
    {"mlp.shared_experts.down_proj", "ffn_down_shexp"},
};

constexpr Pair of_an_expert[] = {
    {"gate_proj.weight", "ffn_gate_exps.weight"},
    {"up_proj.weight", "ffn_up_exps.weight"},
    {"down_proj.weight", "ffn_down_exps.weight"},
};

// What PEFT puts before the names of a model's modules and behind them.
constexpr std::string_view wrapped = "base_model.model.", weight = ".weight";
constexpr Pair of_an_adapter[] = {
    {".lora_A.weight", ".lora_a"},
    {".lora_B.weight", ".lora_b"},
};

constexpr Pair selection_bias{"mlp.gate.e_score_correction_bias", "exp_probs_b.bias"};
constexpr std::string_view layers = "model.layers.", blocks = "blk.", experts = "mlp.experts.";

// Takes "PREFIX" and "N." off the start; false where they are not there.
bool take_number(std::string_view prefix, std::string_view& name, int& number) {
  if (!name.starts_with(prefix)) return false;
  const char* const end = name.data() + name.size();
  const auto result = std::from_chars(name.data() + prefix.size(), end, number);
  if (result.ec != std::errc() || result.ptr == end || *result.ptr != '.' || number < 0)
    return false;
  name.remove_prefix(result.ptr + 1 - name.data());
  return true;
}

}  // namespace

int layer_of(std::string_view tensor) {
  int layer = -1;
  return take_number(layers, tensor, layer) ? layer : -1;
}

std::optional<TensorName> name_in_gguf(std::string_view tensor) {
  for (const Pair& pair : of_the_model) {
    if (tensor == pair.here) return TensorName{std::string(pair.in_gguf)};
  }
  int layer = 0, expert = 0;
  if (!take_number(layers, tensor, layer)) return std::nullopt;
  const std::string block = concat(blocks, layer, ".");
  if (tensor == selection_bias.here) return TensorName{block + std::string(selection_bias.in_gguf)};
  if (take_number(experts, tensor, expert)) {
    for (const Pair& pair : of_an_expert) {
      if (tensor == pair.here) return TensorName{block + std::string(pair.in_gguf), expert};
    }
    return std::nullopt;
  }
  const size_t dot = tensor.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view module = tensor.substr(0, dot), leaf = tensor.substr(dot);
  if (leaf != ".weight" && leaf != ".bias") return std::nullopt;
  for (const Module& known : of_a_layer) {
    if (module != known.here || (leaf == ".bias" && !known.may_have_bias)) continue;
    return TensorName{concat(block, known.in_gguf, leaf)};
  }
  return std::nullopt;
}

std::optional<TensorName> adapter_name_in_gguf(std::string_view tensor) {
  for (const auto& [here, in_gguf] : of_an_adapter) {
    if (!tensor.starts_with(wrapped) || !tensor.ends_with(here)) continue;
    tensor.remove_prefix(wrapped.size());
    tensor.remove_suffix(here.size());
    auto name = name_in_gguf(concat(tensor, weight));
    if (name) name->name += in_gguf;
    return name;
  }
  return std::nullopt;
}

std::string name_from_gguf(std::string_view tensor) {
  for (const auto& [here, in_gguf] : of_an_adapter) {
    if (!tensor.ends_with(in_gguf)) continue;
    std::string name = name_from_gguf(tensor.substr(0, tensor.size() - in_gguf.size()));
    if (name.ends_with(weight)) name.resize(name.size() - weight.size());
    return concat(wrapped, name, here);
  }
  for (const Pair& pair : of_the_model) {
    if (tensor == pair.in_gguf) return std::string(pair.here);
  }
  const std::string whole(tensor);
  int block = 0;
  if (!take_number(blocks, tensor, block)) return whole;
  const std::string layer = concat(layers, block, ".");
  if (tensor == selection_bias.in_gguf) return layer + std::string(selection_bias.here);
  for (const Pair& pair : of_an_expert) {
    if (tensor == pair.in_gguf) return concat(layer, experts, "*.", pair.here);
  }
  const size_t dot = tensor.rfind('.');
  for (const Module& known : of_a_layer) {
    if (tensor.substr(0, dot) == known.in_gguf)
      return concat(layer, known.here, tensor.substr(dot));
  }
  return whole;
}

}  // namespace engine::huggingface
