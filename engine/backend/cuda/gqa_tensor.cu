// A block takes 64 rows of (token, head of a group) over the positions that they see, 64 at a time:
// keys and values of these lie in shared memory, and each warp has 16 of the rows. Scores, weights
// and sums stay in its registers: where the scores of a product lie in a warp is where the next
// product wants its left side, so that weights need no way through memory.
//
// The design follows arXiv:2307.08691 (FlashAttention-2). Keys of the next positions are on their
// way while weights and values are multiplied, values while the next scores are made.
#include "engine/backend/cuda/gqa_tensor.h"

#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int warps = gqa_tile_rows / 16, threads = warps * 32;
constexpr int score_tiles = tile_positions / 8;

// Rows of a head's halves in shared memory: so far apart that eight of them meet in no bank.
constexpr int pitch_for(int dim) { return dim + 8; }

struct Part {
  RowTile tile;
  int token;  // of its first row
  int begin, end;
};

DEVICE Part find_part(const TiledAttention& a) {
  const AttentionArguments& c = a.common;
  // The last rows see the most positions: they start first.
  const RowTile tile = a.tiles[a.tile_count - 1 - block_x()];
  const int first = tile.first / c.group, last = (tile.first + tile.count - 1) / c.group;
  Part part{tile, first, seen_from(c, c.tokens.positions[first]).begin,
            c.tokens.positions[last] + 1};
  if (c.splits == 1) return part;
  part.begin = block_z() * a.chunk;
  part.end = part.begin + a.chunk < part.end ? part.begin + a.chunk : part.end;
  return part;
}

// A row of a tile, as the lanes that hold some of it see it.
struct Row {
  bool there;
  size_t of_heads;  // index of [tokens][heads]
  int head;
  Seen seen;

  DEVICE void find(const TiledAttention& a, const Part& part, int in_tile) {
    const AttentionArguments& c = a.common;
    there = in_tile < part.tile.count;
    const int row = part.tile.first + (there ? in_tile : 0), token = row / c.group;
    head = block_y() * c.group + row - token * c.group;
    of_heads = size_t(token) * c.heads + head;
    seen = seen_from(c, c.tokens.positions[token]);
    if (!there || seen.end > part.end) seen.end = there ? part.end : 0;
  }
};

// Starts copies of positions `first` … of the cells of this block's head. Positions behind the part
// repeat its last one, whose weight is zero then: what is in memory may be no number.
template <int dim>
DEVICE void copy_cells(const AttentionArguments& c, const Part& part, int first,
                       const HeadCells& cells, const View<uint16_t>& to) {
  constexpr int pieces = dim / 8, at_once = threads / pieces;
  const int piece = thread_index() % pieces;
  const size_t column = cells.first + size_t(block_y()) * cells.step + piece * 8;
  const int start = c.tokens.table_starts[part.token];
#pragma unroll
  for (int i = thread_index() / pieces; i < tile_positions; i += at_once) {
    const int position = first + i < part.end ? first + i : part.end - 1;
    const size_t slot = slot_at(c.tokens, start, position);
    const size_t from = slot * c.cache.width + column, at = size_t(i) * pitch_for(dim) + piece * 8;
    c.cache.halves.check(from, 8), to.check(at, 8);
    start_copy(to.data + at, c.cache.halves.data + from);
  }
}

// A warp's 16 rows on the left side of a product.
template <int dim>
DEVICE void load_queries(const AttentionArguments& c, const Row (&rows)[2],
                         uint32_t (&queries)[dim / 16][4]) {
#pragma unroll
  for (int k = 0; k < dim / 16; ++k) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const Row& row = rows[i % 2];
      const size_t at = row.of_heads * dim + k * 16 + i / 2 * 8 + lane_index() % 4 * 2;
      queries[k][i] = row.there ? pack_halves(c.queries[at], c.queries[at + 1]) : 0;
    }
  }
}

template <int dim>
DEVICE void score(const uint32_t (&queries)[dim / 16][4], const View<uint16_t>& keys,
                  float (&scores)[score_tiles][4]) {
  const int lane = lane_index();
#pragma unroll
  for (int j = 0; j < score_tiles; ++j) {
#pragma unroll
    for (int part = 0; part < 4; ++part) scores[j][part] = 0;
#pragma unroll
    for (int k = 0; k < dim / 32; ++k) {
      uint32_t b[4];
      load_tiles(b, &keys[size_t(j * 8 + lane % 8) * pitch_for(dim) + k * 32 + lane / 8 * 8]);
      multiply_tiles(scores[j], queries[2 * k], b[0], b[1]);
      multiply_tiles(scores[j], queries[2 * k + 1], b[2], b[3]);
    }
  }
}

// Of four neighbouring lanes, by the order of their bits, which quad_max() compares.
DEVICE float greatest_of_quad(float value) {
  const uint32_t sign = 0x80000000u, bits = float_to_bits(value);
  const uint32_t most = quad_max((bits & sign) != 0 ? ~bits : bits | sign);
  return bits_to_float((most & sign) != 0 ? most & ~sign : ~most);
}

// What a lane's two rows have seen: exp(score − most) summed, over this lane's positions alone.
struct Running {
  float most[2] = {lowest, lowest}, sum[2] = {0, 0};
};

// Scores become weights exp(score − most); `factors`: for what was summed with a lower `most`.
DEVICE void soften(const AttentionArguments& c, const Row (&rows)[2], int first, Running& state,
                   float (&scores)[score_tiles][4], float (&factors)[2]) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    float most = state.most[r];
#pragma unroll
    for (int i = 0; i < score_tiles * 2; ++i) {
      const int position = first + i / 2 * 8 + lane_index() % 4 * 2 + i % 2;
      float& value = scores[i / 2][r * 2 + i % 2];
      const bool seen = position >= rows[r].seen.begin && position < rows[r].seen.end;
      value = seen ? value * c.scale : lowest;
      most = value > most ? value : most;
    }
    most = greatest_of_quad(most);
    factors[r] = exponential(state.most[r] - most);
    float total = 0;
#pragma unroll
    for (int i = 0; i < score_tiles * 2; ++i) {
      float& value = scores[i / 2][r * 2 + i % 2];
      value = value > lowest ? exponential(value - most) : 0.0f;
      total += value;
    }
    state.sum[r] = multiply_add(state.sum[r], factors[r], total);
    state.most[r] = most;
  }
}

template <int dim>
DEVICE void add_values(const float (&weights)[score_tiles][4], const float (&factors)[2],
                       const View<uint16_t>& cells, float (&values)[dim / 8][4]) {
  const int lane = lane_index();
#pragma unroll
  for (int j = 0; j < dim / 8; ++j) {
    values[j][0] *= factors[0], values[j][1] *= factors[0];
    values[j][2] *= factors[1], values[j][3] *= factors[1];
  }
#pragma unroll
  for (int k = 0; k < tile_positions / 16; ++k) {
    const auto &low = weights[2 * k], &high = weights[2 * k + 1];
    const uint32_t a[4] = {pack_halves(low[0], low[1]), pack_halves(low[2], low[3]),
                           pack_halves(high[0], high[1]), pack_halves(high[2], high[3])};
#pragma unroll
    for (int j = 0; j < dim / 8; j += 2) {
      uint32_t b[4];
      load_tiles_transposed(
          b, &cells[size_t(k * 16 + lane % 16) * pitch_for(dim) + j * 8 + lane / 16 * 8]);
      multiply_tiles(values[j], a, b[0], b[1]);
      multiply_tiles(values[j + 1], a, b[2], b[3]);
    }
  }
}

template <int dim>
DEVICE void store(const TiledAttention& a, const Row (&rows)[2], const Running& state,
                  const float (&values)[dim / 8][4]) {
  const AttentionArguments& c = a.common;
  float sums[2] = {state.sum[0], state.sum[1]};
  warp_sum(sums, 4);
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    if (!rows[r].there) continue;
    const size_t row = rows[r].of_heads;
    if (c.splits > 1) {
      const size_t result = row * c.splits + block_z();
#pragma unroll
      for (int i = 0; i < dim / 4; ++i) {
        const int column = i / 2 * 8 + lane_index() % 4 * 2 + i % 2;
        c.partial[result * dim + column] = values[i / 2][r * 2 + i % 2];
      }
      if (lane_index() % 4 == 0) c.stats[result * 2] = state.most[r];
      if (lane_index() % 4 == 1) c.stats[result * 2 + 1] = sums[r];
      continue;
    }
    const float sum = sums[r] + sink_of(c, rows[r].head, state.most[r]);
#pragma unroll
    for (int j = 0; j < dim / 8; ++j) {
      store_two_halves(a.halves, row * dim + j * 8 + lane_index() % 4 * 2,
                       pack_halves(values[j][r * 2] / sum, values[j][r * 2 + 1] / sum));
    }
  }
}

template <int dim>
KERNEL(threads)
gqa_tensor_kernel(PARAMETER(TiledAttention) a) {
  wait_for_previous_kernel();
  const AttentionArguments& c = a.common;
  const Part part = find_part(a);
  if (part.begin >= part.end) return;
  size_t used = 0;
  constexpr size_t size = size_t(tile_positions) * pitch_for(dim);
  const View<uint16_t> keys = shared<uint16_t>(size, used), cells = shared<uint16_t>(size, used);
  copy_cells<dim>(c, part, part.begin, c.keys, keys);
  copy_cells<dim>(c, part, part.begin, c.values, cells);
  Row rows[2];
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    rows[r].find(a, part, warp_index() * 16 + r * 8 + lane_index() / 4);
  }
  uint32_t queries[dim / 16][4];
  load_queries<dim>(c, rows, queries);
  float values[dim / 8][4] = {};
  Running state;
  for (int first = part.begin; first < part.end; first += tile_positions) {
    const int next = first + tile_positions;
    wait_for_copies();
    block_barrier();
    float weights[score_tiles][4], factors[2];
    score<dim>(queries, keys, weights);
    block_barrier();
    if (next < part.end) copy_cells<dim>(c, part, next, c.keys, keys);
    soften(c, rows, first, state, weights, factors);
    add_values<dim>(weights, factors, cells, values);
    block_barrier();
    if (next < part.end) copy_cells<dim>(c, part, next, c.values, cells);
  }
  store<dim>(a, rows, state, values);
}

}  // namespace

bool has_gqa_tiles(const model::Gqa& gqa) {
  return gqa.key_dim == gqa.value_dim && (gqa.key_dim == 64 || gqa.key_dim == 128);
}

void attend_groups_on_tensor_cores(Stream& stream, const TiledAttention& a) {
  const AttentionArguments& c = a.common;
  INVARIANT(!a.tiles.empty() && (c.splits == 1 || c.window == 0));
  INVARIANT(c.keys.width == c.values.width && (c.keys.width == 64 || c.keys.width == 128));
  const size_t bytes = 2 * size_t(tile_positions) * pitch_for(c.keys.width) * sizeof(uint16_t);
  launch(stream, {{a.tile_count, c.heads / c.group, c.splits}, threads, bytes},
         c.keys.width == 64 ? gqa_tensor_kernel<64> : gqa_tensor_kernel<128>, a);
  if (c.splits > 1) merge_tiles(stream, a);
}

}  // namespace engine::backend::cuda
