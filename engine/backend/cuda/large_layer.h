// A layer over more than 16 tokens on tensor cores (fast arithmetic): the same steps as layer.h
// with products by gemm.h, and attention by mla_tensor.h or, for the usual sizes of heads,
// gqa_tensor.h.
#pragma once

#include "engine/backend/cuda/gemm.h"
#include "engine/backend/cuda/gqa_tensor.h"
#include "engine/backend/cuda/layer.h"
#include "engine/backend/cuda/mla_tensor.h"

namespace engine::backend::cuda {

// Between the kernels; halves are [tokens][…] or [visits][…] in order, padded to whole units.
class LargeRows {
 public:
  base::Status begin(const model::Config& config, const Widths& widths, const Batch& batch,
                     std::span<const SequenceRun> runs, int tile_rows, Stream& stream);

  Buffer<uint16_t> x, low, queries, attended, heads, shared_act, act;
  Buffer<float> results;  // [visits][hidden]
  Buffer<int32_t> visit_rows, visit_of, tile_count;
  Buffer<VisitTile> visit_tiles;
  Buffer<RowTile> row_tiles;
  int row_tile_count = 0;
  PositionSplits splits;
  // Set once: what a block can have, and how many blocks a product must make to go by warp groups
  // (gemm.h); 1: all do, 0: none.
  size_t shared_bytes = 0;
  int least_group_blocks = 0;

 private:
  int capacity_ = 0;
  Buffer<RowTile> row_tiles_on_host_;
};

// Whether the shapes are such that these kernels take them; else layer.h does it all.
bool takes_large_batches(const model::Config& config);

void attend_large(const Machine& machine, int layer, const LayerCache& cache, int tile_rows,
                  Step& step, LargeRows& rows);
// hidden = join · joined, the input of the layer for prediction.
void join_large(const Machine& machine, Step& step, LargeRows& rows);
void feed_forward_large(const Machine& machine, int layer, Step& step, LargeRows& rows);

}  // namespace engine::backend::cuda
