// Two loops. In the first a task is some rows of gate and up of one branch: their sums are still in
// the caches when they become the hidden activations, which are stored as the tiles that the second
// loop's products take. There a task is some columns of the result over all branches, so that no
// two tasks add to the same place.
#include "engine/backend/cpu/tile_experts.h"

#include <algorithm>

#include "engine/backend/cpu/tile_products.h"

namespace engine::backend::cpu {
namespace {

int tiles_of(size_t tokens) { return static_cast<int>((tokens + tile_tokens - 1) / tile_tokens); }

// Hidden activations of one branch: [tile][step][pair][token][2].
struct Hidden {
  uint16_t* pairs;
  size_t tile_size;
};

struct ExpertTask {
  int branch, first_group, end_group;
};

// A keystroke waits for so many: a quarter of Coder-V2-Lite's.
constexpr int branches_between_questions = 16;

// Products of tiles for gate, up to a factor.
int64_t work_of(const Branch& branch) {
  return int64_t{branch.weights->gate.groups()} * tiles_of(branch.tokens.size());
}

// Several tasks for each thread, of much the same work: the shared experts have more than others.
std::vector<ExpertTask> split(std::span<const Branch> branches, int first_branch, int end_branch,
                              int threads) {
  int64_t work = 0;
  for (int branch = first_branch; branch < end_branch; ++branch) work += work_of(branches[branch]);
  std::vector<ExpertTask> tasks;
  for (int branch = first_branch; branch < end_branch; ++branch) {
    const int groups = branches[branch].weights->gate.groups();
    const auto pieces = static_cast<int>(work_of(branches[branch]) * threads * 6 / work);
    const int step = threads == 1 ? groups : std::max(2, groups / std::max(1, pieces) + 1);
    for (int first = 0; first < groups; first += step) {
      tasks.push_back({branch, first, std::min(groups, first + step)});
    }
  }
  return tasks;
}

void run_hidden(const Machine& machine, const Branch& branch, const Activations& x,
                const ExpertTask& task, const Hidden& hidden, int thread) {
  TileScratch& scratch = machine.tiles->scratch[thread];
  const TileKernels& kernels = machine.tiles->kernels;
  const FeedForward& weights = *branch.weights;
  std::vector<Row> rows(branch.tokens.size());
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = x.view(branch.tokens[i]);
  const auto all = token_tiles(*machine.tiles, rows, weights.gate.columns(), scratch);
  const size_t most = tiles_of_block(all.size(), weights.gate.columns());
  const auto pair_of = [&](int i) {
    const int group = task.first_group + i;
    return Pair{{{&weights.gate, branch.index, group}, {&weights.up, branch.index, group}}, 2};
  };
  for (size_t first = 0; first < all.size(); first += most) {
    const TokenTiles tiles = all.some(first, most);
    const auto activate = [&](const Pair& pair, TileSums* sums) {
      machine.floats.swiglu(sums[0][0], sums[tiles.size()][0],
                            static_cast<int>(tiles.size()) * group_rows * tile_tokens);
      uint16_t* const to =
          hidden.pairs + first * hidden.tile_size + pair.groups[0].group * group_rows * tile_tokens;
      for (size_t tile = 0; tile < tiles.size(); ++tile) {
        kernels.pair_rows(sums[tile], to + tile * hidden.tile_size);
      }
    };
    sum_pairs(machine, task.end_group - task.first_group, pair_of, tiles, scratch, activate);
  }
}

// The sums of a pair of groups of `down` and some tiles, added where they belong.
void add_sums(const Machine& machine, const Branch& branch, const Pair& pair, const TileSums* sums,
              int first_tile, int tiles, Activations& y) {
  for (int tile = 0; tile < tiles; ++tile) {
    const size_t begin = size_t(first_tile + tile) * tile_tokens;
    const int tokens =
        static_cast<int>(std::min<size_t>(tile_tokens, branch.tokens.size() - begin));
    float* targets[tile_tokens];
    for (int t = 0; t < tokens; ++t) targets[t] = y.row(branch.tokens[begin + t]).data();
    for (int g = 0; g < pair.count; ++g) {
      const int first_row = pair.groups[g].group * group_rows;
      const int rows = std::min(group_rows, branch.weights->down.rows() - first_row);
      machine.tiles->kernels.add(sums[g * tiles + tile], tokens, branch.shares.data() + begin,
                                 targets, first_row, rows);
    }
  }
}

// Some groups of `down` of one branch.
void add_down(const Machine& machine, const Branch& branch, const Hidden& hidden, int first_group,
              int end_group, Activations& y, TileScratch& scratch) {
  const WeightStack& down = branch.weights->down;
  const int all = tiles_of(branch.tokens.size());
  const auto most = static_cast<int>(tiles_of_block(all, down.columns()));
  const auto pair_of = [&](int i) {
    return pair_of_groups(down, branch.index, first_group, end_group, i);
  };
  for (int first = 0; first < all; first += most) {
    const int tiles = std::min(most, all - first);
    std::vector<const uint16_t*> x(tiles);
    for (int i = 0; i < tiles; ++i) x[i] = hidden.pairs + (first + i) * hidden.tile_size;
    const auto add = [&](const Pair& pair, const TileSums* sums) {
      add_sums(machine, branch, pair, sums, first, tiles, y);
    };
    sum_pairs(machine, pairs_of(end_group - first_group), pair_of, {x, ColumnOrder::plain}, scratch,
              add);
  }
}

std::vector<Hidden> place_hidden(std::span<const Branch> branches,
                                 AlignedBuffer<uint16_t>& hidden) {
  std::vector<Hidden> places;
  size_t size = 0;
  for (const Branch& branch : branches) {
    const size_t tile_size = size_t(branch.weights->gate.rows()) * tile_tokens;
    places.push_back({nullptr, tile_size});
    size += tiles_of(branch.tokens.size()) * tile_size;
  }
  uint16_t* place = hidden.sized(size);
  for (size_t i = 0; i < branches.size(); ++i) {
    places[i].pairs = place;
    place += tiles_of(branches[i].tokens.size()) * places[i].tile_size;
  }
  return places;
}

}  // namespace

// What adapters add belongs between the products, which these loops run together.
bool takes_tiles(const Machine& machine, const FeedForward& weights) {
  if (weights.gate.has_adapter() || weights.up.has_adapter() || weights.down.has_adapter()) {
    return false;
  }
  return takes_tiles(machine, weights.gate) && takes_tiles(machine, weights.up) &&
         takes_tiles(machine, weights.down);
}

RunEnd run_branches(const Machine& machine, std::span<const Branch> branches, const Activations& x,
                    Activations& y, AlignedBuffer<uint16_t>& hidden, const KeepGoing& keep_going) {
  const auto places = place_hidden(branches, hidden);
  const int count = static_cast<int>(branches.size());
  const auto goes_on = [&] { return !keep_going || keep_going(); };
  for (int first = 0; first < count; first += branches_between_questions) {
    const int end = std::min(count, first + branches_between_questions);
    const auto tasks = split(branches, first, end, machine.threads.threads());
    machine.threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int thread) {
      const ExpertTask& task = tasks[index];
      run_hidden(machine, branches[task.branch], x, task, places[task.branch], thread);
    });
    if (!goes_on()) return RunEnd::interrupted;
  }
  // Few tasks, since each reads all hidden activations.
  const int groups = branches[0].weights->down.groups(), threads = machine.threads.threads();
  const int step = (groups / (3 * threads) + 2) / 2 * 2;
  for (int first = 0; first < count; first += 2 * branches_between_questions) {
    if (first > 0 && !goes_on()) return RunEnd::interrupted;
    const int end = std::min(count, first + 2 * branches_between_questions);
    machine.threads.parallel_for((groups + step - 1) / step, [&](int index, int thread) {
      const int first_group = index * step, end_group = std::min(groups, first_group + step);
      for (int i = first; i < end; ++i) {
        add_down(machine, branches[i], places[i], first_group, end_group, y,
                 machine.tiles->scratch[thread]);
      }
    });
  }
  return RunEnd::finished;
}

}  // namespace engine::backend::cpu
