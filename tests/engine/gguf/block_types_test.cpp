// The weight types that come in blocks, against what llama.cpp makes of the same bytes and values
// (tests/golden/blocks.bin, written by record_blocks.py).
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/gguf/dequantize.h"
#include "engine/gguf/quantize.h"
#include "tests/support/catch.h"

namespace {

using namespace engine::gguf;

constexpr WeightType block_types[] = {
    WeightType::q4_0,   WeightType::q4_1,   WeightType::q5_0,  WeightType::q5_1, WeightType::q8_0,
    WeightType::q2_k,   WeightType::q3_k,   WeightType::q4_k,  WeightType::q5_k, WeightType::q6_k,
    WeightType::iq4_nl, WeightType::iq4_xs, WeightType::mxfp4,
};
// Read, and never written.
constexpr WeightType grid_types[] = {
    WeightType::iq2_xxs, WeightType::iq2_xs, WeightType::iq2_s, WeightType::iq3_xxs,
    WeightType::iq3_s,   WeightType::iq1_s,  WeightType::iq1_m,
};
constexpr WeightType written_alike[] = {WeightType::q4_0, WeightType::q4_1, WeightType::q5_0,
                                        WeightType::q5_1, WeightType::q8_0};

class Recording {
 public:
  Recording() {
    std::ifstream file("tests/golden/blocks.bin", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }
  template <typename T>
  std::vector<T> next(size_t count) {
    REQUIRE(at_ + count * sizeof(T) <= bytes_.size());
    std::vector<T> values(count);
    std::memcpy(values.data(), bytes_.data() + at_, count * sizeof(T));
    at_ += count * sizeof(T);
    return values;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

std::vector<std::byte> quantized(WeightType type, const std::vector<float>& values) {
  std::vector<std::byte> row(row_bytes(type, values.size()));
  quantize_row(type, values, row);
  return row;
}

std::vector<float> dequantized(WeightType type, const std::vector<std::byte>& row, size_t count) {
  std::vector<float> values(count);
  dequantize_row(type, row, values);
  return values;
}

std::vector<float> round_trip(WeightType type, const std::vector<float>& values) {
  return dequantized(type, quantized(type, values), values.size());
}

std::vector<float> normal_values(size_t count) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

double relative_error(const std::vector<float>& found, const std::vector<float>& expected) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    error += std::pow(double{found[i]} - expected[i], 2);
    norm += std::pow(expected[i], 2);
  }
  return std::sqrt(error / norm);
}

}  // namespace

TEST_CASE("blocks of every type mean what llama.cpp reads in them, bit for bit") {
  constexpr size_t blocks = 16;
  Recording recording;
  std::vector<WeightType> types(std::begin(block_types), std::end(block_types));
  types.insert(types.end(), std::begin(grid_types), std::end(grid_types));
  for (const WeightType type : types) {
    const BlockGeometry& block = geometry(type);
    const auto bytes = recording.next<std::byte>(blocks * block.bytes);
    const auto expected = recording.next<float>(blocks * block.values);
    INFO(block.name);
    CHECK(dequantized(type, bytes, expected.size()) == expected);
  }
  const auto values = recording.next<float>(256);
  for (const WeightType type : written_alike) {
    INFO(geometry(type).name);
    CHECK(quantized(type, values) == recording.next<std::byte>(row_bytes(type, 256)));
  }
  CHECK(recording.at_end());
}

TEST_CASE("each type keeps as much of a row as its bits allow") {
  struct Bound {
    WeightType type;
    double error;
  };
  const auto values = normal_values(4096);
  for (const auto& [type, error] :
       {Bound{WeightType::q4_0, 0.10}, Bound{WeightType::q4_1, 0.09}, Bound{WeightType::q5_0, 0.05},
        Bound{WeightType::q5_1, 0.045}, Bound{WeightType::q8_0, 0.007},
        Bound{WeightType::q2_k, 0.36}, Bound{WeightType::q3_k, 0.20}, Bound{WeightType::q4_k, 0.09},
        Bound{WeightType::q5_k, 0.045}, Bound{WeightType::q6_k, 0.025},
        Bound{WeightType::iq4_nl, 0.09}, Bound{WeightType::iq4_xs, 0.09},
        Bound{WeightType::mxfp4, 0.13}}) {
    INFO(geometry(type).name);
    CHECK(relative_error(round_trip(type, values), values) <= error);
    CHECK(round_trip(type, std::vector<float>(256, 0.0f)) == std::vector<float>(256, 0.0f));
  }
}

TEST_CASE("what a type can hold survives being written again") {
  // Once more rounded, a row may move by what scales lose as halves and short numbers; no further.
  const auto values = normal_values(1024);
  for (const WeightType type : block_types) {
    const auto once = round_trip(type, values);
    INFO(geometry(type).name);
    CHECK(relative_error(round_trip(type, once), once) <= 0.03);
  }
}

TEST_CASE("values that are not finite or tiny do no harm to other blocks of any type") {
  for (const WeightType type : block_types) {
    std::vector<float> values = normal_values(512);
    const auto expected = round_trip(type, values);
    values[3] = std::numeric_limits<float>::quiet_NaN();
    values[4] = -std::numeric_limits<float>::infinity();
    values[5] = std::numeric_limits<float>::max();
    const auto found = round_trip(type, values);
    INFO(geometry(type).name);
    CHECK(std::vector<float>(found.begin() + 256, found.end()) ==
          std::vector<float>(expected.begin() + 256, expected.end()));
    const std::vector<float> tiny(256, std::numeric_limits<float>::denorm_min());
    for (const float value : round_trip(type, tiny)) CHECK(std::fabs(value) <= 1e-38f);
  }
}
