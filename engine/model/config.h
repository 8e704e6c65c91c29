// The hyper-parameters of a model, read from the metadata of its GGUF file and checked for range,
// so that every product of two of them fits and every later allocation is bounded.
//
// One family is known so far: deepseek2, multi-head latent attention (MLA) with a mixture of
// experts (DeepSeek-V2, V2-Lite, Coder-V2, V3, R1). Another family adds its own struct beside `mla`
// and a line to the table in config.cpp.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace engine::gguf {
class File;
}

namespace engine::model {

enum class RopeScaling { none, linear, yarn };

// Rotation of consecutive pairs. With YaRN, the ramp of arXiv:2309.00071, applied at every
// position; the magnitude of cosine and sine stays 1 (DeepSeek puts the temperature into
// Mla::score_scale).
struct Rope {
  double base = 10000;
  RopeScaling scaling = RopeScaling::none;
  double factor = 1;
  int original_context = 0;  // positions the model was trained on before scaling
  double beta_fast = 32;     // rotations within original_context above which nothing is scaled
  double beta_slow = 1;      // … and below which everything is
};

// Multi-head latent attention, arXiv:2405.04434 section 2.1. Each head's query is
// [nope_dim | rope_dim]; all heads share one latent [kv_lora_rank] and one key [rope_dim].
struct Mla {
  int heads = 0;
  int q_lora_rank = 0;  // 0: the query is one product
  int kv_lora_rank = 0;
  int nope_dim = 0;
  int rope_dim = 0;  // even
  int value_dim = 0;
  // (1 + yarn_log_multiplier · ln factor)² / sqrt(nope_dim + rope_dim)
  double score_scale = 0;

  int query_dim() const { return nope_dim + rope_dim; }  // of one head
  int cache_dim() const { return kv_lora_rank + rope_dim; }
};

enum class Gate { softmax, sigmoid };
// How a group of experts is scored: V2 takes its best expert, V3 the sum of its two best.
enum class GroupScore { best, two_best };

struct Experts {
  int count = 0;  // 0: every layer is dense
  int used = 0;
  int shared = 0;  // always on; one network of width shared · feed_forward
  int feed_forward = 0;
  int groups = 1;  // the experts of group g are consecutive; 1: no groups
  int groups_used = 1;
  Gate gate = Gate::softmax;
  GroupScore group_score = GroupScore::best;
  bool normalise_weights = false;
  float weight_scale = 1;
};

struct Config {
  std::string architecture;
  std::string name;  // for people; may be empty
  int layers = 0;
  int dense_layers = 0;  // the first ones have no experts
  int hidden = 0;
  int feed_forward = 0;  // of dense layers
  int vocab_size = 0;
  int context_length = 0;
  float norm_epsilon = 0;
  Mla mla;
  Rope rope;
  Experts experts;

  bool is_dense(int layer) const { return layer < dense_layers; }
};

// The error names file and key, or the architecture and what is supported.
base::Result<Config> read_config(const gguf::File& file);

}  // namespace engine::model
