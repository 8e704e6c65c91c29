// Models with random weights: right in every shape, good for nothing but tests and speed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/gguf/weight_type.h"
#include "engine/model/config.h"

namespace engine::cli {

// Where the up-projections of MLA are: attn_kv_b alone; attn_k_b and attn_v_b alone; or all three,
// the latter two of rank 2, as older ik_llama.cpp writes them.
enum class Layout { legacy, split, all_three };
enum class ExpertTensors { separate, fused_gate_up };
enum class OutputTensor { own, tied };
enum class RopeFactors { absent, present };

struct RandomModel {
  // The scores' scales are ignored: they follow from the rest. Layers for multi-token prediction
  // are like the others, with what joins them to a token and the hidden values before.
  model::Config config;
  double yarn_log_multiplier = 0;
  // Of the matrices. Rows it cannot hold have the type that llama.cpp falls back to: half a bit
  // more in blocks of 32, else f16. Norms, biases and routers are f32.
  gguf::WeightType type = gguf::WeightType::q8_0;
  // Of those that llama.cpp's recipes "…_M" give more bits: the output, and attn_v and ffn_down in
  // the first and last eighth of the layers and every third between.
  std::optional<gguf::WeightType> more_bits;
  Layout layout = Layout::split;
  ExpertTensors expert_tensors = ExpertTensors::separate;
  OutputTensor output = OutputTensor::own;
  RopeFactors rope_factors = RopeFactors::absent;
  // With the same seed, and a type that does not round, every layout holds the same model.
  uint64_t seed = 1;
};

// By name, such as deepseek-coder-v2-lite, qwen2.5-coder-1.5b or default (the size of the model
// that lemma ships); the error lists them.
base::Result<RandomModel> model_like(std::string_view name);

// Some rows at a time, by all cores: no more than one tensor of latent projections and some
// megabytes for each core are in memory. The bytes do not depend on how many cores there are.
base::Status write_random_model(const RandomModel& model, const std::string& path);

}  // namespace engine::cli
