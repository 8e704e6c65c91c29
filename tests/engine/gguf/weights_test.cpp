// Weight types: conversions to float32 and back.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "engine/gguf/dequantize.h"
#include "engine/gguf/half.h"
#include "engine/gguf/quantize.h"
#include "engine/gguf/weight_type.h"
#include "tests/support/catch.h"

namespace weights_test {
namespace {

using namespace engine::gguf;

// By arithmetic, without looking at how the bits are moved.
float half_by_definition(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  const float sign = half & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 31) {
    return mantissa != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
}

std::vector<float> round_trip(WeightType type, const std::vector<float>& values) {
  std::vector<std::byte> row(row_bytes(type, values.size()));
  quantize_row(type, values, row);
  std::vector<float> back(values.size());
  dequantize_row(type, row, back);
  return back;
}

}  // namespace

TEST_CASE("every half becomes its float and comes back") {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float expected = half_by_definition(half);
    const float value = half_to_float(half);
    if (std::isnan(expected)) {
      REQUIRE(std::isnan(value));
      REQUIRE(std::isnan(half_to_float(float_to_half(value))));
      continue;
    }
    REQUIRE(std::bit_cast<uint32_t>(value) == std::bit_cast<uint32_t>(expected));
    REQUIRE(float_to_half(value) == half);
  }
}

TEST_CASE("a float becomes the nearest half, the even one of two") {
  for (uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const auto next = static_cast<uint16_t>(bits + 1);
    const double above = next == 0x7c00 ? 65536.0 : double{half_to_float(next)};
    const double middle = (double{half_to_float(half)} + above) / 2;
    const auto tie = static_cast<float>(middle);
    REQUIRE(static_cast<double>(tie) == middle);
    REQUIRE(float_to_half(tie) == (bits % 2 == 0 ? half : next));
    REQUIRE(float_to_half(std::nextafter(tie, 0.0f)) == half);
    REQUIRE(float_to_half(std::nextafter(tie, 1e9f)) == next);
    REQUIRE(float_to_half(-tie) == (float_to_half(tie) | 0x8000));
  }
  CHECK(float_to_half(1e30f) == 0x7c00);
  CHECK(float_to_half(-std::numeric_limits<float>::infinity()) == 0xfc00);
  CHECK(float_to_half(1e-30f) == 0);
}

TEST_CASE("a float becomes the nearest bfloat, the even one of two") {
  CHECK(float_to_bfloat(1.0f) == 0x3f80);
  CHECK(float_to_bfloat(std::bit_cast<float>(0x3f808000u)) == 0x3f80);
  CHECK(float_to_bfloat(std::bit_cast<float>(0x3f808001u)) == 0x3f81);
  CHECK(float_to_bfloat(std::bit_cast<float>(0x3f818000u)) == 0x3f82);
  CHECK(float_to_bfloat(std::numeric_limits<float>::max()) == 0x7f80);
  CHECK(std::isnan(bfloat_to_float(float_to_bfloat(std::bit_cast<float>(0x7f800001u)))));
  for (uint32_t bits = 0; bits < 0x7f80; ++bits) {
    REQUIRE(float_to_bfloat(bfloat_to_float(static_cast<uint16_t>(bits))) == bits);
  }
}

TEST_CASE("rows of floats keep what their type can hold") {
  const std::vector<float> values = {0, 1, -1.5f, 0.333251953125f, 65504, -6.103515625e-05f};
  CHECK(round_trip(WeightType::f32, values) == values);
  CHECK(round_trip(WeightType::f16, values) == values);
  const std::vector<float> coarse = {0, 1, -1.5f, 0.333984375f, 3.3895314e38f};
  CHECK(round_trip(WeightType::bf16, coarse) == coarse);
}

TEST_CASE("a Q8_0 block is its scale as a half, then 32 levels") {
  std::vector<std::byte> block(34);
  const uint16_t scale = float_to_half(0.25f);
  std::memcpy(block.data(), &scale, 2);
  for (int index = 0; index < 32; ++index)
    block[2 + index] = static_cast<std::byte>(index * 8 - 128);
  std::vector<float> values(32);
  dequantize_row(WeightType::q8_0, block, values);
  for (int index = 0; index < 32; ++index) {
    CHECK(values[static_cast<size_t>(index)] == 0.25f * static_cast<float>(index * 8 - 128));
  }
}

TEST_CASE("Q8_0 is within half a level of what it was made from") {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (int round = 0; round < 100; ++round) {
    std::vector<float> values(96);
    for (float& value : values) value = normal(random);
    const auto back = round_trip(WeightType::q8_0, values);
    for (size_t block = 0; block < values.size(); block += 32) {
      float largest = 0;
      for (size_t index = block; index < block + 32; ++index) {
        largest = std::max(largest, std::fabs(values[index]));
      }
      // Half a level, and what rounding the scale to a half (11 bits) adds at level 127.
      const float bound = largest / 127 * 0.5f + largest * 0x1p-11f;
      for (size_t index = block; index < block + 32; ++index) {
        REQUIRE(std::fabs(back[index] - values[index]) <= bound);
      }
    }
  }
  CHECK(round_trip(WeightType::q8_0, std::vector<float>(32, 0.0f)) == std::vector<float>(32, 0.0f));
}

TEST_CASE("values that are not finite do no harm to their neighbours' blocks") {
  std::vector<float> values(64, 1.0f);
  values[3] = std::numeric_limits<float>::quiet_NaN();
  values[4] = std::numeric_limits<float>::infinity();
  values[5] = std::numeric_limits<float>::denorm_min();
  const auto back = round_trip(WeightType::q8_0, values);
  CHECK(std::vector<float>(back.begin() + 32, back.end()) ==
        round_trip(WeightType::q8_0, std::vector<float>(32, 1.0f)));
  const std::vector<float> tiny(32, std::numeric_limits<float>::denorm_min());
  for (const float value : round_trip(WeightType::q8_0, tiny)) CHECK(std::fabs(value) <= 1e-40f);
  CHECK(std::isnan(round_trip(WeightType::f16, values)[3]));
  CHECK(std::isinf(round_trip(WeightType::bf16, values)[4]));
}

TEST_CASE("types are found by number and by name in any case") {
  CHECK(weight_type_from_id(12) == WeightType::q4_k);
  CHECK(weight_type_from_name("Q4_K") == WeightType::q4_k);
  CHECK(weight_type_from_name("bf16") == WeightType::bf16);
  CHECK_FALSE(weight_type_from_id(4));
  CHECK_FALSE(weight_type_from_name("q4"));
  CHECK(row_bytes(WeightType::q6_k, 512) == 420);
  CHECK(row_bytes(WeightType::mxfp4, 64) == 34);
}

}  // namespace weights_test
