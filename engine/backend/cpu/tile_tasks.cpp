// A task is a group of heads and some of the queries: it makes keys and values of some hundred
// positions at a time, which stay in the second-level cache while all its queries meet them.
#include "engine/backend/cpu/tile_tasks.h"

#include <algorithm>

namespace engine::backend::cpu {
namespace {

constexpr int least_queries = 128;  // of a task, so that few make the same keys

struct Task {
  int group, first, count;
};

// The queries of a task in tiles, head by head; nothing is summed up yet.
std::vector<TileQueries> begin(const TiledAttention& a, const Task& task,
                               AttentionScratch& scratch) {
  const int tiles = tiles_of(task.count), first_steps = steps_of(a.key_parts[0]);
  const size_t row_size = size_t(a.key_steps()) * tile_values;
  const size_t state_size = size_t(tile_tokens) * (a.value_dim + 2);
  uint16_t* rows = scratch.tile_queries.sized(a.group_heads * tiles * row_size);
  float* sums = scratch.tile_sums.sized(a.group_heads * tiles * state_size);
  const TileKernels& kernels = a.machine.tiles->kernels;
  std::vector<TileQueries> result;
  for (int i = 0; i < a.group_heads * tiles; ++i, rows += row_size, sums += state_size) {
    const int head = task.group * a.group_heads + i / tiles, done = i % tiles * tile_tokens;
    const int first = task.first + done, count = std::min(tile_tokens, task.count - done);
    const float *one[tile_tokens], *other[tile_tokens];
    for (int t = 0; t < count; ++t) {
      one[t] = a.queries.row(a.first_row + first + t).data() + head * a.query_dim();
      other[t] = one[t] + a.key_parts[0];
    }
    kernels.round_rows(one, count, a.key_parts[0], rows);
    if (a.key_parts[1] > 0) {
      kernels.round_rows(other, count, a.key_parts[1], rows + first_steps * tile_values);
    }
    float* const greatest = sums + tile_tokens * a.value_dim;
    std::fill(sums, greatest, 0.0f);
    std::fill_n(greatest, tile_tokens, -1e30f);
    std::fill_n(greatest + tile_tokens, tile_tokens, 0.0f);
    result.push_back({rows,
                      count,
                      {},
                      static_cast<float>(a.score_scale),
                      greatest,
                      greatest + tile_tokens,
                      sums});
    for (int t = 0; t < count; ++t) result.back().seen[t] = a.tokens[first + t].position + 1;
  }
  return result;
}

void run(const TiledAttention& a, const Task& task, const MakeKeys& make_keys,
         AttentionScratch& scratch, int thread) {
  const auto queries = begin(a, task, scratch);
  const int end = a.tokens[task.first + task.count - 1].position + 1;
  for (int tile = 0; tile * tile_tokens < end; tile += stretch_tiles) {
    const int count = std::min(stretch_tiles, even_tiles_of(end) - tile);
    const TileKeys keys = make_keys(task.group, tile, count, scratch, thread);
    for (const TileQueries& some : queries) {
      if (some.seen[some.count - 1] > keys.first) a.machine.tiles->kernels.attend(some, keys);
    }
  }
  const int tiles = tiles_of(task.count), value = a.value_dim;
  for (int i = 0; i < a.group_heads * task.count; ++i) {
    const int head = i / task.count, token = i % task.count, query = token % tile_tokens;
    const TileQueries& own = queries[head * tiles + token / tile_tokens];
    float* const to = a.heads.row(a.first_row + task.first + token).data() +
                      (task.group * a.group_heads + head) * value;
    for (int v = 0; v < value; ++v) to[v] = own.sums[query * value + v] / own.totals[query];
  }
}

}  // namespace

void attend_in_tiles(const TiledAttention& a, const MakeKeys& make_keys,
                     std::span<AttentionScratch> scratch) {
  const int count = static_cast<int>(a.tokens.size()), threads = a.machine.threads.threads();
  const int pieces = std::clamp(2 * threads / a.groups, 1, std::max(1, count / least_queries));
  const int step = tiles_of((count + pieces - 1) / pieces) * tile_tokens;
  std::vector<Task> tasks;
  for (int first = 0; first < count; first += step) {
    for (int group = 0; group < a.groups; ++group) {
      tasks.push_back({group, first, std::min(step, count - first)});
    }
  }
  std::reverse(tasks.begin(), tasks.end());  // the last queries have the most to do
  a.machine.threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int thread) {
    run(a, tasks[index], make_keys, scratch[thread], thread);
  });
}

}  // namespace engine::backend::cpu
