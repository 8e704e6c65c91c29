#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

void quantize(const float* values, int blocks, int8_t* quantized, float* scales,
              int32_t* block_sums, float* part_sums) {
  for (int block = 0; block < blocks;
       ++block, values += block_columns, quantized += block_columns) {
    float most = 0;
    bool finite = true;
    for (int i = 0; i < block_columns; ++i) {
      most = std::max(most, std::fabs(values[i]));
      finite = finite && std::isfinite(values[i]);
    }
    if (!finite) most = std::numeric_limits<float>::quiet_NaN();
    const float inverse = most > 0 ? 127 / most : 0;
    int32_t sums[block_parts] = {};
    for (int i = 0; i < block_columns; ++i) {
      quantized[i] = finite ? static_cast<int8_t>(std::lrint(values[i] * inverse)) : 0;
      sums[i / part_columns] += quantized[i];
    }
    scales[block] = most / 127;
    block_sums[block] = sums[0] + sums[1];
    for (int part = 0; part < block_parts; ++part) {
      part_sums[block * block_parts + part] = scales[block] * static_cast<float>(sums[part]);
    }
  }
}

void multiply_one(const WeightBlock* group, int blocks, const Row& x, float* y, int rows) {
  float sums[group_rows] = {};
  for (int block = 0; block < blocks; ++block) {
    const int8_t* const values = x.quantized + block * block_columns;
    int32_t dots[group_rows] = {};
    for (int quad = 0; quad < block_columns / 4; ++quad) {
      for (int row = 0; row < group_rows; ++row) {
        const int8_t* const weight = group[block].quad[quad][row];
        for (int i = 0; i < 4; ++i) dots[row] += weight[i] * values[4 * quad + i];
      }
    }
    for (int row = 0; row < group_rows; ++row) {
      sums[row] += static_cast<float>(dots[row]) * (group[block].scale[row] * x.scales[block]);
    }
  }
  for (int row = 0; row < rows; ++row) y[row] = sums[row];
}

void multiply(const WeightBlock* group, int blocks, const Row* x, int tokens, float* const* y,
              int first_row, int rows) {
  for (int token = 0; token < tokens; ++token) {
    multiply_one(group, blocks, x[token], y[token] + first_row, rows);
  }
}

}  // namespace

extern const Q8Kernels q8_kernels_generic = {quantize, multiply};

}  // namespace engine::backend::cpu
