#include <algorithm>
#include <cmath>

#include "engine/backend/reference/operations.h"
#include "engine/gguf/half.h"
#include "tests/engine/backend/operators.h"
#include "tests/support/catch.h"

namespace {

using operators::available_instructions;
using operators::normalised_error;
using operators::random_values;
using operators::rounded_to_halves;
namespace reference = engine::backend::reference;

constexpr int widths[] = {1, 3, 8, 15, 16, 17, 40, 64, 100};

std::vector<uint16_t> to_halves(const std::vector<float>& values) {
  std::vector<uint16_t> halves;
  for (const float value : values) halves.push_back(engine::gguf::float_to_half(value));
  return halves;
}

}  // namespace

TEST_CASE("rows of floats and halves are multiplied, whatever tile they are in") {
  for (const auto& instructions : available_instructions()) {
    for (const int width : widths) {
      for (const int rows : {1, 2, 3, 4, 7, 8, 15}) {
        const int columns = 13, stride = width + 5;
        const auto a = random_values(size_t(rows) * stride, 1);
        const auto b = rounded_to_halves(random_values(size_t(columns) * stride, 2));
        const auto halves = to_halves(b);
        std::vector<float> expected(size_t(rows) * columns), found(expected),
            found_halves(expected);
        for (int i = 0; i < rows * columns; ++i) {
          double sum = 0;
          for (int k = 0; k < width; ++k) {
            sum += double{a[i / columns * stride + k]} * b[i % columns * stride + k];
          }
          expected[i] = static_cast<float>(sum);
        }
        const auto& floats = instructions.floats;
        floats.multiply_rows(a.data(), stride, rows, b.data(), stride, columns, width, found.data(),
                             columns);
        floats.multiply_half_rows(a.data(), stride, rows, halves.data(), stride, columns, width,
                                  found_halves.data(), columns);
        INFO(width << " wide, " << rows << " rows");
        CHECK(normalised_error(found, expected) <= 1e-12);
        CHECK(found_halves == found);
        for (int i = 0; i < rows * columns; ++i) {
          float alone = 0;
          floats.multiply_half_rows(a.data() + i / columns * stride, stride, 1,
                                    halves.data() + i % columns * stride, stride, 1, width, &alone,
                                    1);
          CHECK(found_halves[i] == alone);
        }
      }
    }
  }
}

TEST_CASE("weighted rows are added up") {
  for (const auto& instructions : available_instructions()) {
    for (const int width : widths) {
      for (const int rows : {1, 2, 3, 4, 7, 8, 15}) {
        const int terms = 9, stride = width + 5;
        const auto p = random_values(size_t(rows) * terms, 1);
        const auto b = rounded_to_halves(random_values(size_t(terms) * stride, 2));
        auto c = random_values(size_t(rows) * stride, 3);
        auto expected = c, of_halves = c;
        for (int i = 0; i < rows; ++i) {
          for (int k = 0; k < width; ++k) {
            double sum = c[i * stride + k];
            for (int j = 0; j < terms; ++j) sum += double{p[i * terms + j]} * b[j * stride + k];
            expected[i * stride + k] = static_cast<float>(sum);
          }
        }
        instructions.floats.add_weighted_rows(p.data(), terms, rows, b.data(), stride, terms, width,
                                              c.data(), stride);
        instructions.floats.add_weighted_half_rows(p.data(), terms, rows, to_halves(b).data(),
                                                   stride, terms, width, of_halves.data(), stride);
        INFO(width << " wide, " << rows << " rows");
        CHECK(normalised_error(c, expected) <= 1e-12);
        CHECK(of_halves == c);
        for (int k = width; k < stride; ++k) CHECK(c[k] == expected[k]);  // nothing past the width
      }
    }
  }
}

TEST_CASE("softmax is exact to float32, also for great and equal scores") {
  for (const auto& instructions : available_instructions()) {
    for (const int size : widths) {
      for (const float spread : {0.0f, 1.0f, 300.0f}) {
        auto x = random_values(size, size);
        for (float& value : x) value *= spread;
        std::vector<float> expected(size);
        double sum = 0, most = -INFINITY;
        for (const float value : x) most = std::max(most, 0.25 * value);
        for (const float value : x) sum += std::exp(0.25 * value - most);
        for (int i = 0; i < size; ++i) {
          expected[i] = static_cast<float>(std::exp(0.25 * x[i] - most) / sum);
        }
        const auto found = instructions.floats.softmax(x.data(), size, 0.25f);
        CHECK(normalised_error(x, expected) <= 1e-11);
        CHECK(0.25 * found.greatest == Approx(most));
        CHECK(found.sum == Approx(sum));
      }
    }
  }
}

TEST_CASE("the gated activation is exact to float32") {
  for (const auto& instructions : available_instructions()) {
    for (const int size : widths) {
      auto gate = random_values(size, 1);
      for (float& value : gate) value *= 30;
      const auto up = random_values(size, 2);
      std::vector<float> expected(size);
      for (int i = 0; i < size; ++i) {
        expected[i] = static_cast<float>(gate[i] / (1 + std::exp(-double{gate[i]})) * up[i]);
      }
      instructions.floats.swiglu(gate.data(), up.data(), size);
      CHECK(normalised_error(gate, expected) <= 1e-11);
    }
  }
}

TEST_CASE("the clamped activation is exact to float32") {
  for (const auto& instructions : available_instructions()) {
    for (const int size : widths) {
      auto gate = random_values(size, 1), up = random_values(size, 2);
      for (float& value : gate) value *= 12;
      for (float& value : up) value *= 12;
      auto expected = gate;
      reference::activate(engine::model::Activation::clamped_swiglu, expected, up);
      instructions.floats.clamped_swiglu(gate.data(), up.data(), size);
      CHECK(normalised_error(gate, expected) <= 1e-11);
    }
  }
}

TEST_CASE("the norm is exact to float32") {
  for (const auto& instructions : available_instructions()) {
    for (const int size : widths) {
      const auto x = random_values(size, 1), weight = random_values(size, 2);
      double squares = 0;
      for (const float value : x) squares += double{value} * value;
      std::vector<float> expected(size), found(size);
      for (int i = 0; i < size; ++i) {
        const double scale = 1 / std::sqrt(squares / size + 1e-3);
        expected[i] = static_cast<float>(x[i] * scale * weight[i]);
      }
      instructions.floats.rms_norm(x.data(), weight.data(), size, 1e-3f, found.data());
      CHECK(normalised_error(found, expected) <= 1e-11);
    }
  }
}

TEST_CASE("16-bit floats are converted exactly") {
  std::vector<uint16_t> bits;
  for (int i = 0; i < 0x7c00; i += 7) bits.push_back(static_cast<uint16_t>(i | (i & 1) << 15));
  std::vector<float> halves(bits.size()), bfloats(bits.size());
  const int size = static_cast<int>(bits.size());
  for (const auto& instructions : available_instructions()) {
    instructions.floats.from_half(bits.data(), size, halves.data());
    instructions.floats.from_bfloat(bits.data(), size, bfloats.data());
    for (int i = 0; i < size; ++i) {
      REQUIRE(halves[i] == engine::gguf::half_to_float(bits[i]));
      REQUIRE(bfloats[i] == engine::gguf::bfloat_to_float(bits[i]));
    }
  }
}

TEST_CASE("floats are rounded to halves, and stay within their range") {
  const float most = 65504, tie = 1 + 0x1p-11f, subnormal = 3.3e-7f;
  std::vector<float> values = {0.0f,      -0.0f,    1,        tie,  -tie,  1 + 3 * 0x1p-11f,
                               subnormal, 1e-9f,    6e-8f,    most, 65519, 65520,
                               -1e30f,    INFINITY, -INFINITY};
  for (const float value : random_values(100, 3)) values.push_back(1000 * value);
  for (const auto& instructions : available_instructions()) {
    std::vector<uint16_t> found(values.size());
    instructions.floats.to_half(values.data(), static_cast<int>(values.size()), found.data());
    for (size_t i = 0; i < values.size(); ++i) {
      INFO(values[i]);
      CHECK(found[i] == engine::gguf::float_to_half(std::clamp(values[i], -most, most)));
    }
    uint16_t half = 0;
    instructions.floats.to_half(&(values[0] = NAN), 1, &half);
    CHECK(std::isnan(engine::gguf::half_to_float(half)));
    values[0] = 0;
  }
}
