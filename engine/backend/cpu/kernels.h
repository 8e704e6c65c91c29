// The kernels that are compiled once for each instruction set, as tables of plain functions. Which
// table is used is decided when a backend is made. The *_avx2.cpp and *_avx512.cpp files include
// this header and no standard header with inline code: a function they emitted could be the one
// that the linker keeps for the whole program.
//
// Every kernel computes a row (of tokens, of queries) independently of the other rows of the call,
// with its sums in one fixed order: a row alone and in any batch gives the same bits.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace engine::backend::cpu {

// Weights that lemma rounds to Q8_0 itself are kept in groups of 16 rows. A group is a sequence of
// blocks, one for each 32 columns; the four bytes of quad[q][row] are columns 4q … 4q + 3 of the
// row, so that one vector holds a quad of 16 (or 8) rows and dot products need no sum across lanes.
inline constexpr int group_rows = 16;
inline constexpr int block_columns = 32;
struct alignas(64) WeightBlock {
  int8_t quad[block_columns / 4][group_rows][4];
  float scale[group_rows];
};

// 256 activations, four columns of each part in a lane. What lies beyond a row's end is zero.
inline constexpr int part_columns = 16;
inline constexpr int block_parts = block_columns / part_columns;
inline constexpr int span_columns = 256;
inline constexpr int span_blocks = span_columns / block_columns;
inline constexpr int span_parts = span_columns / part_columns;
inline constexpr int span_quads = part_columns / 4;
struct alignas(64) RowSpan {
  int8_t values[span_quads][span_parts][4];  // [q][p] are columns 16p + 4q … 16p + 4q + 3
  float scales[span_parts];
  float sums[span_parts];  // of a part's rounded values, times their scale
};

// A row of activations: the values, and where weights are levels also the values rounded to 8 bits
// with one scale for each 32. A multiple of 32 values then.
struct Row {
  const float* values = nullptr;
  const int8_t* quantized = nullptr;    // [width], within ±127
  const float* scales = nullptr;        // [width / 32]
  const int32_t* block_sums = nullptr;  // [width / 32], sums of `quantized`
  const float* part_sums = nullptr;     // [width / 16], sums of `quantized` times their scale
  const RowSpan* spans = nullptr;       // [⌈width / 256⌉], where FewTokens::arrange is not null
  // Where the row also lies in a tile of 16 tokens (tile_kernels.h): its place in it.
  const uint16_t* tile_pairs = nullptr;
};

struct Q8Kernels {
  // Where a value of a block is not finite, its levels are 0 and its scale is NaN, as its products.
  void (*quantize)(const float* values, int blocks, int8_t* quantized, float* scales,
                   int32_t* block_sums, float* part_sums);
  // y[t][first_row + r] = Σ_c weight[r][c] · x[t][c] for r < rows ≤ 16, the rows of one group.
  void (*multiply)(const WeightBlock* group, int blocks, const Row* x, int tokens, float* const* y,
                   int first_row, int rows);
};

// Weights of a file stay as they lie there and are unpacked on the way to a product, each row to
// levels with a scale and a minimum for each 16 of them: weight c is
// scales[c / 16] · levels[c] − minimums[c / 16]. Where levels exceed 63, each minimum is 128 times
// its scale: the levels are signed bytes, plus 128. Few tokens meet the levels of one row after
// another; for many, 16 rows are interleaved first, like Q8_0's.
struct Levels {
  uint8_t* levels;  // [width], readable up to the next multiple of 256
  float* scales;    // [width / 16], likewise up to 16
  float* minimums;  // the same
};
struct alignas(64) LevelBlock {
  uint8_t quad[block_columns / 4][group_rows][4];
  float scale[block_parts][group_rows];
  float minimum[block_parts][group_rows];
};
// What a kernel may rely on: whether the parts of a block share their scales and minimums, and the
// greatest level.
enum class Scales { of_parts, of_blocks };
struct LevelRange {
  Scales scales;
  int most;
};
using Unpack = void (*)(const uint8_t* row, int columns, const Levels& to);

// Rows of weights as they lie in the file.
struct RowBytes {
  const uint8_t* first;
  size_t size;  // of each
  int count;
};

// y[t][first_row + r] = Σ_c weight[r][c] · x[t][c] for few tokens, straight from the bytes; null
// where the way by levels is as good.
using MultiplyBytes = void (*)(const RowBytes& rows, int columns, const Row* x, int tokens,
                               float* const* y, int first_row);
struct FewTokens {
  MultiplyBytes q4_0, q5_0, q8_0, q4_k, q5_k, q6_k, iq4_nl, iq4_xs, mxfp4;
  // A rounded row as its spans; null where no kernel asks for them.
  void (*arrange)(const Row& x, int blocks, RowSpan* spans);
};

// Null where a table leaves a function to the next simpler one (levels.h).
struct LevelKernels {
  Unpack q4_0, q4_1, q5_0, q5_1, q8_0, q2_k, q3_k, q4_k, q5_k, q6_k, iq4_nl, iq4_xs, mxfp4;
  Unpack iq2_xxs, iq2_xs, iq2_s, iq3_xxs, iq3_s, iq1_s, iq1_m;
  // y[t][row] = Σ_c weight[c] · x[t][c]. AVX2's takes no levels above 127: few_tokens has those.
  void (*multiply_row)(const Levels& weights, int columns, const Row* x, int tokens,
                       float* const* y, int row);
  // `rows` holds 16.
  void (*interleave)(const Levels* rows, int blocks, LevelBlock* group);
  // As Q8Kernels::multiply.
  void (*multiply)(const LevelBlock* group, int blocks, LevelRange range, const Row* x, int tokens,
                   float* const* y, int first_row, int rows);
  FewTokens few_tokens;  // never left to a simpler one
};

struct Softmax {
  float greatest, sum;  // of exp(scale · (x − greatest)), which the weights were divided by
};

// Values in half precision are uint16_t.
struct FloatKernels {
  // c[i][j] = Σ_k a[i][k] · b[j][k]; strides in values.
  void (*multiply_rows)(const float* a, size_t a_stride, int a_rows, const float* b,
                        size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  void (*multiply_half_rows)(const float* a, size_t a_stride, int a_rows, const uint16_t* b,
                             size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  // c[i][k] += Σ_j p[i][j] · b[j][k]
  void (*add_weighted_rows)(const float* p, size_t p_stride, int p_rows, const float* b,
                            size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  void (*add_weighted_half_rows)(const float* p, size_t p_stride, int p_rows, const uint16_t* b,
                                 size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  // x = exp(scale · (x − max x)) / the sum of these
  Softmax (*softmax)(float* x, int size, float scale);
  // What model::Activation makes of gate and up, in gate.
  void (*swiglu)(float* gate, const float* up, int size);
  void (*clamped_swiglu)(float* gate, const float* up, int size);
  // y = x / sqrt(mean x² + epsilon) · weight
  void (*rms_norm)(const float* x, const float* weight, int width, float epsilon, float* y);
  void (*from_half)(const uint16_t* halves, int size, float* values);
  void (*from_bfloat)(const uint16_t* bfloats, int size, float* values);
  // Rounds to nearest, ties to even; what is past the range becomes the greatest half.
  void (*to_half)(const float* values, int size, uint16_t* halves);
};

extern const Q8Kernels q8_kernels_generic, q8_kernels_avx2, q8_kernels_avx512;
extern const LevelKernels level_kernels_generic, level_kernels_avx2, level_kernels_avx512;
extern const FewTokens few_tokens_avx2, few_tokens_avx512;
extern const FloatKernels float_kernels_generic, float_kernels_avx2, float_kernels_avx512;

}  // namespace engine::backend::cpu
