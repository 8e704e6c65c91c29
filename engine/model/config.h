// The hyper-parameters of a model, read from the metadata of its GGUF file and checked for range,
// so that every product of two of them fits and every later allocation is bounded.
//
// Two kinds of attention cover all families: multi-head latent attention (deepseek2: DeepSeek-V2,
// V2-Lite, Coder-V2, V3, R1, GLM-4.7-Flash) and grouped-query attention (deepseek: DeepSeek-MoE;
// llama with Mixtral, qwen2, qwen3, qwen3moe, mellum, gpt-oss). Either may be followed by one dense
// feed-forward network or by a mixture of experts, in some layers or in all. What else tells the
// families apart is data here; a new one adds a line to the table in config.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine::gguf {
class File;
}

namespace engine::model {

enum class RopeScaling { none, linear, yarn };
// Which values of a head turn together: 2i and 2i + 1, or i and i + dim / 2.
enum class RopePairs { consecutive, halves };

// With YaRN, the ramp of arXiv:2309.00071, applied at every position; the magnitude of cosine and
// sine stays 1, and what YaRN multiplies them by is in the attention's score_scale.
struct Rope {
  RopePairs pairs = RopePairs::consecutive;
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

// Grouped-query attention, arXiv:2305.13245: heads g · group() … share the key and value of head g.
// The first rope_dim values of a query or key turn.
struct Gqa {
  int heads = 0;
  int kv_heads = 0;  // divides heads
  int key_dim = 0;   // of one head
  int value_dim = 0;
  int rope_dim = 0;               // even, at most key_dim
  bool normalises_heads = false;  // each head's query and key has an RMS norm before it turns
  bool has_biases = false;        // of query, key and value; others may have them
  bool has_sinks = false;         // each head has a score of its own that no value goes with
  int window = 0;                 // positions that a query sees, its own the last of them; 0: all
  double score_scale = 0;

  int group() const { return heads / kv_heads; }
  int key_width() const { return kv_heads * key_dim; }  // of all heads
  int value_width() const { return kv_heads * value_dim; }
  int cache_dim() const { return key_width() + value_width(); }
  // The first position that a query sees, and those behind it up to its own.
  int first_seen(int position) const {
    return window == 0 || position < window ? 0 : position - window + 1;
  }
};

enum class Gate { softmax, sigmoid };
// What becomes of gate and up: silu(gate) · up, or gpt-oss's gate · sigmoid(1.702 · gate) · (up +
// 1) with the gate at most 7 and up between -7 and 7.
enum class Activation { swiglu, clamped_swiglu };
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
  bool has_biases = false;  // of the router and of each expert's three products
  Activation activation = Activation::swiglu;
  float weight_scale = 1;
};

struct Config {
  std::string architecture;
  std::string name;           // for people; may be empty
  int layers = 0;             // those that make logits
  int prediction_layers = 0;  // behind them in the file, for multi-token prediction
  int dense_layers = 0;       // the first ones have no experts
  int hidden = 0;
  int feed_forward = 0;  // of dense layers
  int vocab_size = 0;
  int context_length = 0;
  float norm_epsilon = 0;
  Mla mla;  // its heads, or those of gqa, are 0
  Gqa gqa;
  Rope rope;
  Experts experts;
  // Layers whose queries see a window, [layers]; empty: none. They differ from the others in
  // window, score_scale and rotation alone.
  std::vector<bool> windowed;
  Gqa windowed_gqa;
  Rope windowed_rope;

  bool is_windowed(int layer) const { return size_t(layer) < windowed.size() && windowed[layer]; }
  const Gqa& gqa_of(int layer) const { return is_windowed(layer) ? windowed_gqa : gqa; }
  const Rope& rope_of(int layer) const { return is_windowed(layer) ? windowed_rope : rope; }
  bool is_dense(int layer) const { return layer < dense_layers || experts.count == 0; }
  bool is_latent() const { return mla.heads > 0; }
  int rope_dim() const { return is_latent() ? mla.rope_dim : gqa.rope_dim; }
  // Values that the KV cache holds for each layer and position.
  int cache_dim() const { return is_latent() ? mla.cache_dim() : gqa.cache_dim(); }
  // Keys among them: cached_key(i) is where the part of key i begins that turns.
  int cached_keys() const { return is_latent() ? 1 : gqa.kv_heads; }
  int cached_key(int i) const { return is_latent() ? mla.kv_lora_rank : i * gqa.key_dim; }
};

// Whether the family's models are trained with halves and its GGUF files have the rows of queries
// and keys permuted, so that consecutive pairs turn.
bool is_permuted_in_gguf(const Config& config);

// Whether a tensor is one of a layer for multi-token prediction, which logits do not need.
bool is_for_prediction(const Config& config, std::string_view tensor);
// Whether it is one of those layers behind the first, which nobody reads.
bool is_left_out(const Config& config, std::string_view tensor);

// The error names file and key, or the architecture and what is supported.
base::Result<Config> read_config(const gguf::File& file);

}  // namespace engine::model
