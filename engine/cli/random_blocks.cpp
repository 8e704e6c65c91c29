#include "engine/cli/random_blocks.h"

#include <cmath>
#include <random>
#include <vector>

#include "engine/gguf/dequantize.h"
#include "engine/gguf/half.h"

namespace engine::cli {
namespace {

using gguf::WeightType;

// `d` of a block, where gguf/grid_units.h says that it stands.
void set_d(WeightType type, uint16_t d, std::span<std::byte> block) {
  if (type != WeightType::iq1_m) {
    block[0] = std::byte(d & 255);
    block[1] = std::byte(d >> 8);
    return;
  }
  for (int i = 0; i < 4; ++i) {
    std::byte& byte = block[49 + 2 * i];
    byte = (byte & std::byte{15}) | std::byte((d >> 4 * i & 15) << 4);
  }
}

void set_all(WeightType type, float d, std::span<std::byte> row) {
  const size_t bytes = gguf::geometry(type).bytes;
  for (size_t at = 0; at < row.size(); at += bytes) {
    set_d(type, gguf::float_to_half(d), row.subspan(at, bytes));
  }
}

}  // namespace

void random_blocks(WeightType type, float deviation, uint64_t seed, std::span<std::byte> row) {
  std::mt19937_64 random(seed);
  for (std::byte& byte : row) byte = std::byte(random() >> 56);
  set_all(type, 1, row);
  const gguf::BlockGeometry& block = gguf::geometry(type);
  std::vector<float> values(row.size() / block.bytes * block.values);
  gguf::dequantize_row(type, row, values);
  double squares = 0;
  for (const float value : values) squares += double{value} * value;
  const double own = std::sqrt(squares / static_cast<double>(values.size()));
  set_all(type, static_cast<float>(deviation / own), row);
}

}  // namespace engine::cli
