// One run in progress: what it knows of its batch, and the memory between its kernels, which grows
// with the largest batch and is kept.
#pragma once

#include <map>
#include <tuple>

#include "engine/backend/batch.h"
#include "engine/backend/cuda/phases.h"
#include "engine/backend/cuda/weights.h"

namespace engine::backend::cuda {

// Batches up to here are bit-identical row by row, and run as one recorded graph.
inline constexpr int small_batch = 16;

// Strides of the rows of activations, in floats; see Step.
struct Widths {
  explicit Widths(const model::Weights& weights);

  int hidden, group;  // interleaved in groups of `group`
  int q_head;         // of one head's projected query; a multiple of 4
  int queries, query_head;
  int keys, values;  // grouped
  int low;           // interleaved; q_lora_rank
  int latents;
  int attended_head;  // a multiple of 4
  int heads, heads_group;
  int act, act_group, shared_act, shared_group;
  int value;                 // of one head, as attention makes it
  int joined, joined_group;  // 0 where nothing is predicted
};

class Step {
 public:
  // Rows [tokens][…]; names as in Widths.
  struct Rows {
    Buffer<float> hidden, projected, queries, keys, values, low, latents, attended, heads, router,
        weights, joined, act, shared_act, partial, stats, logits;
    Buffer<int32_t> chosen;
    Buffer<int32_t> finished;  // phases.h
  };

  // Device memory that a batch of so many tokens takes between its kernels.
  static size_t bytes_for(const model::Config& config, const Widths& widths, int tokens);

  // Makes room for the batch and brings what it says to the device; `state_rows`: [tokens], or
  // empty where nothing is predicted. Errors: memory.
  base::Status begin(const model::Config& config, const Widths& widths, const Batch& batch,
                     std::span<const SequenceRun> runs, std::span<const int> state_rows,
                     Stream& stream);

  Tokens tokens;
  View<const int32_t> wanted;  // rows whose logits are wanted
  View<const int32_t> states;  // rows of the states that tokens are joined with; −1: none
  int wanted_count = 0;
  int splits = 1;
  Rows rows;

  // Recorded steps by (tokens, wanted, splits), and those of one token as phases of one kernel, by
  // (wanted, splits). They hold addresses, so they end when rows grow.
  using Graphs = std::map<std::tuple<int, int, int>, std::unique_ptr<Graph>>;
  Graphs graphs, prediction_graphs;
  std::map<std::pair<int, int>, PhaseList> phase_lists;
  Buffer<float> logits_on_host;
  // Where somebody asks: the experts of each layer that has some, on the host,
  // [layers][tokens][used].
  bool tells = false;
  Buffer<int32_t> told;

 private:
  base::Status grow_rows(const model::Config& config, const Widths& widths, int count,
                         Stream& stream);
  base::Status grow_batch(size_t ints);
  base::Status make_told(const model::Config& config);
  void forget_recorded();

  int capacity_ = 0, wanted_capacity_ = 0;
  size_t table_capacity_ = 0;
  Buffer<int32_t> batch_, batch_on_host_;
};

}  // namespace engine::backend::cuda
