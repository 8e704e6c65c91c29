#include <cmath>

#include "engine/gguf/half.h"
#include "tests/engine/backend/operators.h"
#include "tests/support/catch.h"

namespace {

using operators::available_instructions;
using operators::normalised_error;
using operators::random_values;

constexpr int widths[] = {1, 3, 8, 15, 16, 17, 40, 64, 100};

}  // namespace

TEST_CASE("weighted rows are added up") {
  for (const auto& instructions : available_instructions()) {
    for (const int width : widths) {
      for (const int rows : {1, 2, 3, 4, 7}) {
        const int terms = 9, stride = width + 5;
        const auto p = random_values(size_t(rows) * terms, 1);
        const auto b = random_values(size_t(terms) * stride, 2);
        auto c = random_values(size_t(rows) * stride, 3);
        auto expected = c;
        for (int i = 0; i < rows; ++i) {
          for (int k = 0; k < width; ++k) {
            double sum = c[i * stride + k];
            for (int j = 0; j < terms; ++j) sum += double{p[i * terms + j]} * b[j * stride + k];
            expected[i * stride + k] = static_cast<float>(sum);
          }
        }
        instructions.floats.add_weighted_rows(p.data(), terms, rows, b.data(), stride, terms, width,
                                              c.data(), stride);
        INFO(width << " wide, " << rows << " rows");
        CHECK(normalised_error(c, expected) <= 1e-12);
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
        instructions.floats.softmax(x.data(), size, 0.25f);
        CHECK(normalised_error(x, expected) <= 1e-11);
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
