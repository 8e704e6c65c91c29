// The tensors of a model as typed views into its mapped file, every shape checked against the
// configuration. Only vectors (norms, biases) are copied, as float32.
//
// Shapes are written as matrices: [rows][columns], a product takes `columns` values and gives
// `rows`. Tensor names are those of GGUF without their ".weight".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/file.h"
#include "engine/model/adapter.h"
#include "engine/model/config.h"
#include "engine/model/matrix.h"

namespace engine::model {

using Vector = std::vector<float>;

// With latent attention the tensors up to v_b, with grouped queries those behind it; the norm and
// the output always. Biases are empty where the file has none.
struct AttentionWeights {
  Vector norm;    // attn_norm [hidden]
  Matrix q;       // attn_q [heads · query_dim][hidden]; empty with q_lora
  Matrix output;  // attn_output [hidden][heads · value]

  Matrix q_a;        // attn_q_a [q_lora][hidden]; empty without q_lora
  Vector q_a_norm;   // [q_lora]
  Matrix q_b;        // attn_q_b [heads · query_dim][q_lora]
  Matrix kv_a;       // attn_kv_a_mqa [kv_lora + rope][hidden]
  Vector kv_a_norm;  // [kv_lora]
  Matrix kv_b;       // attn_kv_b [heads · (nope + value)][kv_lora]; empty in the split layout
  Matrix k_b;        // attn_k_b [heads · kv_lora][nope]; empty in the legacy layout
  Matrix v_b;        // attn_v_b [heads · value][kv_lora]; empty in the legacy layout
  // What an adapter adds to each head's part of these, whichever of them the file has; or empty.
  std::vector<LowRank> kv_b_adapters, k_b_adapters, v_b_adapters;

  Matrix k, v;            // attn_k [kv_heads · key][hidden], attn_v [kv_heads · value][hidden]
  Vector q_bias, k_bias;  // attn_q.bias, …
  Vector v_bias, output_bias;
  Vector q_norm, k_norm;  // attn_q_norm, attn_k_norm [key], where heads are normalised
  Vector sinks;           // attn_sinks [heads]; empty without
};

// gate and up [feed_forward][hidden], down [hidden][feed_forward]
struct FeedForward {
  Matrix gate, up, down;
};

struct ExpertWeights {
  Matrix router;          // ffn_gate_inp [experts][hidden]
  Vector selection_bias;  // exp_probs_b.bias [experts]; zeros where the file has none
  // ffn_gate_exps and ffn_up_exps, or the halves of ffn_gate_up_exps; ffn_down_exps
  MatrixStack gate, up, down;
  FeedForward shared;  // ffn_*_shexp, of width shared · feed_forward; empty where there are none
  // ffn_gate_inp.bias [experts], ffn_gate_exps.bias and ffn_up_exps.bias [experts][feed_forward],
  // ffn_down_exps.bias [experts][hidden]; empty without
  Vector router_bias, gate_bias, up_bias, down_bias;
};

struct LayerWeights {
  AttentionWeights attention;
  Vector feed_forward_norm;  // ffn_norm, or gpt-oss's post_attention_norm [hidden]
  FeedForward dense;         // of a dense layer; empty otherwise
  ExpertWeights experts;     // of the other layers
};

// A layer for multi-token prediction, arXiv:2412.19437 section 2.2: from the state of a token (its
// hidden values behind the model's output norm) and the embedding of the token that follows it, the
// logits of the one after that. Where the file has no embedding, norm or output of the layer's own,
// they are the model's.
struct PredictionWeights {
  Vector embedding_norm;  // nextn.enorm [hidden]
  Vector state_norm;      // nextn.hnorm [hidden]
  Matrix join;            // nextn.eh_proj [hidden][2 · hidden]: embedding, then state
  LayerWeights layer;
  Matrix embedding;    // nextn.embed_tokens [vocab][hidden]
  Vector output_norm;  // nextn.shared_head_norm [hidden]
  Matrix output;       // nextn.shared_head_head [vocab][hidden]
};

struct Weights {
  std::shared_ptr<const gguf::File> file;  // what the views point into
  std::shared_ptr<const Adapter> adapter;  // the same; null: none
  Config config;
  Matrix token_embedding;  // token_embd [vocab][hidden]
  Vector output_norm;
  Vector rope_factors;  // rope_freqs [rope / 2]: each pair's frequency is divided by its own
  Matrix output;        // [vocab][hidden]; token_embd where the file has none (tied)
  std::vector<LayerWeights> layers;
  std::optional<PredictionWeights> prediction;  // the first such layer of the file

  // With the layer for prediction, which comes last.
  int layer_count() const { return config.layers + (prediction ? 1 : 0); }
  const LayerWeights& layer(int index) const {
    return index < config.layers ? layers[static_cast<size_t>(index)] : prediction->layer;
  }
};

// A tensor that is missing, misshapen or of an unsupported type is an error naming the file, the
// tensor, and the shape found and expected; so is one that is there and not among these, since it
// would change every result (a bias of a projection that has none here).
// With an adapter, so is one of its tensors that fits none of these.
base::Result<Weights> load_weights(std::shared_ptr<const gguf::File> file,
                                   std::shared_ptr<const Adapter> adapter = nullptr);

// The up-projections of MLA in one form, whichever of the three layouts the file has: the legacy
// attn_kv_b alone, or attn_k_b and attn_v_b (of any rank, with or without attn_kv_b beside them).
// What an adapter adds to them is in the sums.
struct LatentProjections {
  Vector key;    // [head][kv_lora][nope]: the latent query is key · q_nope
  Vector value;  // [head][value][kv_lora]: the head's output is value · (weighted latents)
};
LatentProjections latent_projections(const Mla& mla, const AttentionWeights& attention);

}  // namespace engine::model
