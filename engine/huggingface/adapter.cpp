#include "engine/huggingface/adapter.h"

#include <cmath>
#include <filesystem>

#include "engine/huggingface/fields.h"
#include "engine/huggingface/names.h"
#include "engine/huggingface/tensors.h"

namespace engine::huggingface {
namespace {

using base::in_quotes;

// What changes the product and is not done here must not be left out in silence.
void refuse_variants(Fields& config) {
  if (const auto type = config.text_or("peft_type", ""); type != "LORA") {
    config.refuse("peft_type", "is ", in_quotes(type), "; lemma applies LORA");
  }
  for (const char* variant : {"use_dora", "fan_in_fan_out", "lora_bias", "use_qalora"}) {
    if (config.boolean_or(variant, false)) {
      config.refuse(variant, "is true, which lemma does not apply; train a plain LoRA adapter");
    }
  }
  const auto invoked = config.find("alora_invocation_tokens");
  if (invoked && invoked->kind() != base::JsonKind::null) {
    config.refuse("alora_invocation_tokens",
                  "makes this an activated LoRA, which counts behind some tokens alone; lemma "
                  "applies adapters to all tokens");
  }
  if (const auto bias = config.text_or("bias", "none"); bias != "none") {
    config.refuse("bias", "is ", in_quotes(bias), "; lemma applies no biases: train with \"none\"");
  }
  for (const char* pattern : {"rank_pattern", "alpha_pattern"}) {
    const auto value = config.find(pattern);
    bool is_empty = true;
    if (value && value->kind() == base::JsonKind::object) {
      value->for_each_member([&](std::string_view, base::JsonValue) { is_empty = false; });
    }
    if (!is_empty) {
      config.refuse(pattern, "is not empty; lemma applies one rank and one alpha to all matrices");
    }
  }
}

}  // namespace

base::Result<gguf::File> open_adapter(const std::string& folder) {
  std::error_code ignored;
  const std::string path = folder + "/adapter_config.json";
  if (!std::filesystem::exists(path, ignored)) {
    return base::fail(folder,
                      ": is a folder without adapter_config.json; an adapter is a GGUF file, or a "
                      "folder with adapter_config.json and adapter_model.safetensors");
  }
  auto config = Fields::open(path);
  if (!config) return config.error();
  refuse_variants(*config);
  const int64_t rank = config->integer("r");
  double alpha = config->number("lora_alpha");
  // arXiv:2312.03732: alpha / √rank instead of alpha / rank.
  if (config->boolean_or("use_rslora", false)) alpha *= std::sqrt(static_cast<double>(rank));
  if (config->ok() && rank <= 0) config->refuse("r", "is ", rank, "; expected a rank from 1");
  if (config->ok() && !(alpha > 0)) config->refuse("lora_alpha", "is not positive");
  if (!config->ok()) return config->error();

  gguf::Assembly adapter(folder, name_from_gguf);
  adapter.add("general.type", std::string_view("adapter"), path);
  adapter.add("adapter.type", std::string_view("lora"), path);
  adapter.add("adapter.lora.alpha", static_cast<float>(alpha), config->place_of("lora_alpha"));
  adapter.add(halves_key, true, path);
  if (auto status = add_adapter_tensors(folder, adapter); !status) return status.error();
  return adapter.finish();
}

}  // namespace engine::huggingface
