// Products of many tokens by tiles: a matrix unit multiplies 16 rows of weights by 16 tokens over
// 32 columns at once, both rounded to bfloat16, and adds in float32. Weights become bfloat16 on the
// way to a product, once for all tokens of a batch. Whole numbers of 8 bits would be twice as fast
// in the unit alone, but with one scale for as many columns as that takes, they are more than twice
// as far from the reference as its bounds allow.
//
// Tokens lie in tiles of 16 that hold their columns in pairs, as a product wants them; where the
// rows of a product are a tile's in order, they are used where they lie, else gathered.
#pragma once

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {

inline constexpr int tile_tokens = 16;
inline constexpr int step_columns = 32;    // of one tile
inline constexpr int chunk_columns = 256;  // of weights, rounded at a time
inline constexpr int tile_values = 16 * step_columns;

// Sums of 16 rows and 16 tokens: [row][token].
using TileSums = float[group_rows][tile_tokens];

// Which columns lie side by side in the steps of a product; both of its factors have the same.
// Woven: of each 128 columns, the even ones of the first and third 32 are a step, the odd ones the
// next, and those of the second and fourth 32 the two steps after it. So Q4_K is unpacked fastest.
enum class ColumnOrder { plain, woven };
inline constexpr int woven_columns = 128;

// Keys and values of up to 512 positions from `first` on, `tiles` tiles of 16; an even number, with
// zeros behind the last position.
struct TileKeys {
  const uint16_t* keys;    // [tile][step of a key][pair][position][2]
  const uint16_t* values;  // [tile / 2][value / 16][pair of positions][16][2]
  int first, tiles;
  int key_steps, value_tiles;
};

// 16 queries over all positions so far: `sums` are weighted by exp(score − greatest) and `totals`
// the sums of these weights.
struct TileQueries {
  const uint16_t* rows;   // [step of a key][query][32]
  int count;              // of queries
  int seen[tile_tokens];  // positions that each sees, from 0 on
  float scale;            // of scores
  float* greatest;        // [query]
  float* totals;          // [query]
  float* sums;            // [query][value_tiles · 16]
};

// 16 rows of weights, in bfloat16, are [step][row][32]; 16 tokens are [step][pair][token][2].

// A row of the tiles, which begins at `to`, from its bytes in the file; up to chunk_columns.
using RoundBytes = void (*)(const uint8_t* bytes, int columns, uint16_t* to);
struct ByteKernels {
  RoundBytes q4_0, q5_0, q8_0;
  RoundBytes q4_k_woven;
};

// What is done in pieces while products wait for each other. No piece multiplies tiles.
struct Meanwhile {
  int pieces = 0;
  void (*run)(void* state, int piece) = nullptr;
  void* state = nullptr;
};

struct TileKernels {
  // A row of the tiles, which begins at `to`, from its levels; up to chunk_columns.
  void (*round_levels)(const Levels& levels, int columns, LevelRange range, uint16_t* to);
  // All 16 rows from weights of our own.
  void (*round_blocks)(const WeightBlock* group, int blocks, uint16_t* to);
  // `tokens` ≤ 16; zeros where there are fewer, and behind the last column up to a whole step.
  void (*interleave)(const float* const* x, int tokens, int columns, ColumnOrder order,
                     uint16_t* pairs);
  // A row of weights in plain order becomes a woven one.
  void (*weave)(uint16_t* row, int columns);
  // sums[group · tiles + tile] = products of each group of weights with each tile of tokens, over
  // `steps` steps; `groups` is 1 or 2. All pieces of `meanwhile` are done when it returns.
  void (*multiply)(const uint16_t* const* weights, int groups, const uint16_t* const* x, int tiles,
                   int steps, TileSums* sums, const Meanwhile& meanwhile);
  // y[t][first_row + r] = sums[r][t]
  void (*store)(const TileSums& sums, int tokens, float* const* y, int first_row, int rows);
  // y[t][first_row + r] += weights[t] · sums[r][t]
  void (*add)(const TileSums& sums, int tokens, const float* weights, float* const* y,
              int first_row, int rows);
  // The rows of the sums as 16 columns of tokens, half a step: [pair][token][2].
  void (*pair_rows)(const TileSums& sums, uint16_t* pairs);
  // The tokens of the sums as 16 columns of the rows: [pair of tokens][row][2].
  void (*pair_tokens)(const TileSums& sums, uint16_t* pairs);
  // 16 positions' values as their half of TileKeys::values; `columns` is a multiple of 16.
  void (*pair_positions)(const float* const* x, int positions, int columns, uint16_t* pairs);
  // 16 rows [step][row][32] from floats, zeros where there are fewer and behind the last column.
  void (*round_rows)(const float* const* x, int rows, int columns, uint16_t* to);
  void (*attend)(const TileQueries& queries, const TileKeys& keys);
  // No copy: that would be made as a program starts, by instructions its processor may lack.
  const ByteKernels& bytes;
};

void attend_tiles_amx(const TileQueries& queries, const TileKeys& keys);
extern const ByteKernels byte_kernels_amx;
extern const TileKernels tile_kernels_amx;

}  // namespace engine::backend::cpu
