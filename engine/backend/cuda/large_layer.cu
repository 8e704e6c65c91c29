#include "engine/backend/cuda/large_layer.h"

#include <algorithm>
#include <initializer_list>

namespace engine::backend::cuda {
namespace {

int padded(int columns) { return units_of(columns) * unit_values; }

// Where experts have fewer tokens than this on average, tiles are narrow.
constexpr int narrow_visits = 10;
// From so many on, their products go by warp groups where any do.
constexpr int many_visits = 32;

GemmArguments product(const Step& step, const LargeRows& large, const DeviceMatrix& matrix,
                      View<const uint16_t> x) {
  GemmArguments a;
  a.most_shared_bytes = large.shared_bytes;
  a.least_group_blocks = large.least_group_blocks;
  a.weights = {matrix, 0, 0, matrix.rows};
  a.x = x;
  a.x_stride = padded(matrix.columns);
  a.tokens = step.tokens.count;
  return a;
}

void write_to(GemmArguments& a, View<float> output, int stride, int group) {
  a.output = output;
  a.output_stride = stride;
  a.output_group = group;
}

// By heads, of which each reads its own part of a row of x.
void by_heads(GemmArguments& a, int heads, int stride, int input, int output) {
  a.heads = heads;
  a.x_stride = stride;
  a.head_input = input;
  a.head_output = output;
}

void halve(const Machine& machine, const Step& step, const Input& rows, int columns,
           View<uint16_t> to) {
  to_halves(machine.stream, {rows, columns, machine.config.norm_epsilon, to, step.tokens.count});
}

void halve_hidden(const Machine& machine, Step& step, View<const float> norm, LargeRows& large) {
  const Input hidden{step.rows.hidden.view(), norm, machine.widths.hidden, machine.widths.group};
  halve(machine, step, hidden, machine.config.hidden, large.x.view());
}

void add_to_hidden(const Machine& machine, Step& step, GemmArguments& a) {
  write_to(a, step.rows.hidden.view(), machine.widths.hidden, machine.widths.group);
  a.store = Store::add;
  gemm(machine.stream, a);
}

void project_queries(const Machine& machine, const DeviceLayer& layer, Step& step,
                     LargeRows& large) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  const bool two = mla.q_lora_rank > 0;
  if (two) {
    GemmArguments a = product(step, large, layer.q_a, large.x.view());
    const int group = group_of(units_of(mla.q_lora_rank));
    write_to(a, step.rows.low.view(), w.low, group);
    gemm(machine.stream, a);
    halve(machine, step, {step.rows.low.view(), layer.q_a_norm, w.low, group}, mla.q_lora_rank,
          large.low.view());
  }
  GemmArguments q =
      product(step, large, two ? layer.q_b : layer.q, two ? large.low.view() : large.x.view());
  const int q_row = mla.heads * w.q_head;  // heads are not padded, see takes_large_batches()
  write_to(q, step.rows.projected.view(), q_row, 1);
  q.halves = large.queries.view();
  q.halves_stride = padded(q_row);
  gemm(machine.stream, q);
}

void attend_latent(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                   int tile_rows, Step& step, LargeRows& large) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  project_queries(machine, layer, step, large);
  GemmArguments latents = product(step, large, layer.kv_a, large.x.view());
  write_to(latents, rows.latents.view(), w.latents, 1);
  gemm(machine.stream, latents);
  rotate_latents(machine, layer, cache, step);

  GemmArguments absorb = product(step, large, layer.key, large.queries.view());
  by_heads(absorb, mla.heads, padded(mla.heads * w.q_head), w.q_head, w.query_head);
  write_to(absorb, rows.queries.view(), w.queries, 1);
  gemm(machine.stream, absorb);

  TiledAttention a;
  a.common = latent_attention(machine, cache, step);
  a.tiles = large.row_tiles.view();
  a.tile_count = large.row_tile_count;
  a.common.splits = large.splits.count;
  a.chunk = large.splits.chunk;
  a.halves = large.attended.view();
  attend_on_tensor_cores(machine.stream, a, tile_rows);

  GemmArguments value = product(step, large, layer.value, large.attended.view());
  by_heads(value, mla.heads, mla.heads * mla.kv_lora_rank, mla.kv_lora_rank, mla.value_dim);
  value.halves = large.heads.view();
  value.halves_stride = padded(mla.heads * mla.value_dim);
  gemm(machine.stream, value);
}

void attend_grouped(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    int tile_rows, Step& step, LargeRows& large) {
  const model::Gqa& gqa = machine.config.gqa;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  struct Output {
    const DeviceMatrix& matrix;
    const View<const float>& bias;
    View<float> to;
    int stride;
  };
  for (const Output& output :
       {Output{layer.q, layer.q_bias, rows.projected.view(), gqa.heads * gqa.key_dim},
        Output{layer.k, layer.k_bias, rows.keys.view(), w.keys},
        Output{layer.v, layer.v_bias, rows.values.view(), w.values}}) {
    GemmArguments a = product(step, large, output.matrix, large.x.view());
    a.weights.bias = output.bias;
    write_to(a, output.to, output.stride, 1);
    gemm(machine.stream, a);
  }
  rotate_heads(machine, layer, cache, step);
  const AttentionArguments a = grouped_attention(machine, layer, cache, step);
  if (tile_rows > 0) {
    TiledAttention tiled;
    tiled.common = a;
    tiled.tiles = large.row_tiles.view();
    tiled.tile_count = large.row_tile_count;
    tiled.common.splits = layer.windowed ? 1 : large.splits.count;
    tiled.chunk = large.splits.chunk;
    tiled.halves = large.heads.view();
    return attend_groups_on_tensor_cores(machine.stream, tiled);
  }
  attend(machine.stream, a);
  merge_splits(machine.stream, a);
  halve(machine, step, {rows.heads.view(), {}, w.heads, w.heads_group}, gqa.heads * gqa.value_dim,
        large.heads.view());
}

void feed_forward_shared(const Machine& machine, const DeviceLayer& layer, Step& step,
                         LargeRows& large) {
  GemmArguments in = product(step, large, layer.shared_gate, large.x.view());
  in.up = {layer.shared_up, 0, 0, layer.shared_up.rows};
  in.pairs = 1;
  in.halves = large.shared_act.view();
  in.halves_stride = padded(layer.shared_gate.rows);
  gemm(machine.stream, in);
  GemmArguments out = product(step, large, layer.shared_down, large.shared_act.view());
  add_to_hidden(machine, step, out);
}

// How the tiles of both products are, and whether they go by warp groups.
int choose_tiles(const LargeRows& large, GemmArguments& in, GemmArguments& out, int visits,
                 int experts) {
  const bool enough = large.least_group_blocks == 1 || visits >= many_visits * experts;
  const bool by_groups =
      large.least_group_blocks > 0 && enough && group_blocks(in) > 0 && group_blocks(out) > 0;
  in.least_group_blocks = out.least_group_blocks = by_groups ? 1 : 0;
  if (by_groups) return visits > wide_tile * experts ? group_tile : wide_tile;
  return visits < narrow_visits * experts ? narrow_tile : wide_tile;
}

void set_tiles(GemmArguments& a, const LargeRows& large, int tile, int visits, int experts) {
  a.tiles = large.visit_tiles.view();
  a.tile_count = large.tile_count.view();
  a.tile_tokens = tile;
  a.most_tiles = visits / tile + std::min(experts, visits);
}

void feed_forward_routed(const Machine& machine, const DeviceLayer& layer, Step& step,
                         LargeRows& large) {
  const model::Experts& experts = machine.config.experts;
  const int count = step.tokens.count, visits = count * experts.used;
  GemmArguments in = product(step, large, layer.gate.all, large.x.view());
  in.weights = layer.gate;
  in.up = layer.up;
  in.pairs = 1;
  in.clamped = experts.activation == model::Activation::clamped_swiglu ? 1 : 0;
  in.visit_rows = large.visit_rows.view();
  in.halves = large.act.view();
  in.halves_stride = padded(experts.feed_forward);
  GemmArguments out = product(step, large, layer.down.all, large.act.view());
  out.weights = layer.down;
  write_to(out, large.results.view(), machine.config.hidden, 1);
  const int tile = choose_tiles(large, in, out, visits, experts.count);
  set_tiles(in, large, tile, visits, experts.count);
  set_tiles(out, large, tile, visits, experts.count);
  group_visits(machine.stream, {step.rows.chosen.view(), large.visit_rows.view(),
                                large.visit_of.view(), large.visit_tiles.view(),
                                large.tile_count.view(), count, experts.used, experts.count, tile});
  gemm(machine.stream, in);
  gemm(machine.stream, out);
  combine_visits(machine.stream,
                 {large.results.view(), large.visit_of.view(), step.rows.weights.view(),
                  step.rows.hidden.view(), machine.widths.hidden, machine.widths.group, count,
                  experts.used, machine.config.hidden});
}

template <typename T>
base::Status grow(Buffer<T>& buffer, size_t count, Stream& stream) {
  buffer = {};
  auto grown = Buffer<T>::allocate(count, "the activations of a large batch");
  if (!grown.ok()) return grown.error();
  buffer = std::move(*grown);
  if (count > 0) stream.fill_with_zeros(buffer.data(), count * sizeof(T));
  return base::Done{};
}

}  // namespace

bool takes_large_batches(const model::Config& config) {
  if (!config.is_latent()) return true;
  const model::Mla& mla = config.mla;
  const auto whole = [](int columns) { return columns % unit_values == 0; };
  return whole(mla.nope_dim) && whole(mla.kv_lora_rank) && mla.query_dim() % 8 == 0 &&
         whole(mla.heads * mla.value_dim);
}

base::Status LargeRows::begin(const model::Config& config, const Widths& widths, const Batch& batch,
                              std::span<const SequenceRun> runs, int tile_rows, Stream& stream) {
  const size_t count = batch.tokens.size();
  const model::Mla& mla = config.mla;
  const model::Experts& experts = config.experts;
  const bool latent = config.is_latent();
  const size_t head_count = latent ? mla.heads : config.gqa.heads;
  const size_t used = experts.used;
  if (static_cast<int>(count) > capacity_) {
    capacity_ = 0;
    const size_t shared =
        std::max(padded(config.feed_forward), padded(experts.shared * experts.feed_forward));
    const size_t head_values = head_count * (latent ? mla.value_dim : config.gqa.value_dim);
    for (const auto& [buffer, size] : std::initializer_list<std::pair<Buffer<uint16_t>*, size_t>>{
             {&x, std::max(padded(config.hidden), widths.joined)},
             {&low, padded(mla.q_lora_rank)},
             {&queries, latent ? padded(mla.heads * mla.query_dim()) : 0},
             {&attended, latent ? head_count * mla.kv_lora_rank : 0},
             {&heads, padded(static_cast<int>(head_values))},
             {&shared_act, shared},
             {&act, used * padded(experts.feed_forward)}}) {
      if (auto status = grow(*buffer, count * size, stream); !status.ok()) return status;
    }
    if (auto s = grow(results, count * used * config.hidden, stream); !s.ok()) return s;
    if (auto s = grow(visit_rows, count * used, stream); !s.ok()) return s;
    if (auto s = grow(visit_of, count * used, stream); !s.ok()) return s;
    if (auto s = grow(tile_count, 1, stream); !s.ok()) return s;
    if (auto s = grow(visit_tiles, count * used / narrow_tile + experts.count, stream); !s.ok())
      return s;
    capacity_ = static_cast<int>(count);
  }
  if (tile_rows == 0) return base::Done{};
  const size_t rows_of_token = latent ? head_count : config.gqa.group();
  const size_t most_tiles = count * rows_of_token / tile_rows + runs.size() + 1;
  if (most_tiles > row_tiles.size()) {
    if (auto s = grow(row_tiles, most_tiles, stream); !s.ok()) return s;
    auto host = Buffer<RowTile>::allocate(most_tiles, "a large batch", Where::host);
    if (!host.ok()) return host.error();
    row_tiles_on_host_ = std::move(*host);
  }
  row_tile_count = 0;
  int positions = 0;
  for (const SequenceRun& run : runs) {
    positions = std::max(positions, run.position + static_cast<int>(run.count));
    const int end = static_cast<int>((run.first + run.count) * rows_of_token);
    for (int row = static_cast<int>(run.first * rows_of_token); row < end; row += tile_rows) {
      row_tiles_on_host_.data()[row_tile_count++] = {row, std::min(tile_rows, end - row)};
    }
  }
  splits = split_positions(row_tile_count * (latent ? 1 : config.gqa.kv_heads),
                           static_cast<int>(count), static_cast<int>(head_count), positions);
  stream.copy(row_tiles.data(), row_tiles_on_host_.data(), row_tile_count * sizeof(RowTile));
  return base::Done{};
}

void attend_large(const Machine& machine, int index, const LayerCache& cache, int tile_rows,
                  Step& step, LargeRows& large) {
  const DeviceLayer& layer = machine.weights.layers[index];
  halve_hidden(machine, step, layer.norm, large);
  if (machine.config.is_latent()) {
    attend_latent(machine, layer, cache, tile_rows, step, large);
  } else {
    attend_grouped(machine, layer, cache, tile_rows, step, large);
  }
  GemmArguments output = product(step, large, layer.output, large.heads.view());
  output.weights.bias = layer.output_bias;
  add_to_hidden(machine, step, output);
}

void join_large(const Machine& machine, Step& step, LargeRows& large) {
  const Widths& w = machine.widths;
  halve(machine, step, {step.rows.joined.view(), {}, w.joined, w.joined_group},
        2 * machine.config.hidden, large.x.view());
  GemmArguments a = product(step, large, machine.weights.prediction.join, large.x.view());
  write_to(a, step.rows.hidden.view(), w.hidden, w.group);
  gemm(machine.stream, a);
}

void feed_forward_large(const Machine& machine, int index, Step& step, LargeRows& large) {
  const DeviceLayer& layer = machine.weights.layers[index];
  halve_hidden(machine, step, layer.feed_forward_norm, large);
  const bool dense = machine.config.is_dense(index);
  if (!dense) choose_experts(machine, index, step);
  if (!dense && machine.host != nullptr) machine.host->take(index, step);
  if (layer.shared_down.units > 0) feed_forward_shared(machine, layer, step, large);
  if (!dense) feed_forward_routed(machine, layer, step, large);
  if (!dense && machine.host != nullptr) machine.host->give(index, step);
}

}  // namespace engine::backend::cuda
