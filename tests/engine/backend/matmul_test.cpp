// The CPU's products against the reference's, over awkward sizes.
#include <cmath>
#include <cstring>

#include "engine/backend/reference/operations.h"
#include "engine/cli/random_blocks.h"
#include "engine/gguf/quantize.h"
#include "tests/engine/backend/operators.h"
#include "tests/support/catch.h"

namespace {

namespace cpu = engine::backend::cpu;
namespace model = engine::model;
using engine::gguf::WeightType;

struct Weights {
  std::vector<std::byte> bytes;
  model::Matrix matrix;
};

Weights random_weights(WeightType type, int rows, int columns) {
  const auto values = operators::random_values(size_t(rows) * columns, rows + columns);
  const size_t row_bytes = engine::gguf::row_bytes(type, columns);
  Weights weights{std::vector<std::byte>(rows * row_bytes), {}};
  for (int row = 0; row < rows; ++row) {
    const auto to = std::span(weights.bytes).subspan(row * row_bytes, row_bytes);
    if (engine::gguf::is_of_grid(type)) {
      engine::cli::random_blocks(type, 1, row + columns + 1, to);
    } else {
      engine::gguf::quantize_row(type, std::span(values).subspan(size_t(row) * columns, columns),
                                 to);
    }
  }
  weights.matrix = {type, rows, columns, row_bytes, weights.bytes.data()};
  return weights;
}

std::vector<float> multiply(const operators::TestMachine& machines, const cpu::WeightStack& weights,
                            std::span<const float> x, int tokens) {
  const cpu::Machine machine = machines.for_rows(tokens);
  cpu::Activations batch;
  batch.resize(tokens, weights.columns());
  std::copy(x.begin(), x.end(), batch.values().begin());
  batch.quantize(machine);
  std::vector<float> y(size_t(tokens) * weights.rows());
  std::vector<float*> results;
  for (int t = 0; t < tokens; ++t) results.push_back(y.data() + size_t(t) * weights.rows());
  const auto rows = batch.views();
  const cpu::Product product{&weights, 0, rows, results};
  cpu::multiply(machine, {&product, 1});
  return y;
}

constexpr int most_tokens = 150;

void check_products(WeightType type, int rows, int columns, double bound) {
  const Weights weights = random_weights(type, rows, columns);
  const auto stack = cpu::WeightStack::from(weights.matrix);
  engine::base::ThreadPool threads(2);
  for (const auto& instructions : operators::available_instructions()) {
    const operators::TestMachine machine(instructions, threads);
    const auto x = operators::random_values(size_t(most_tokens) * columns, 1);
    std::vector<float> alone;
    for (int t = 0; t < most_tokens; ++t) {
      const auto y =
          multiply(machine, stack, std::span(x).subspan(size_t(t) * columns, columns), 1);
      alone.insert(alone.end(), y.begin(), y.end());
    }
    std::vector<float> expected(alone.size());
    engine::backend::reference::matmul(weights.matrix, x, expected);
    INFO(cpu::isa_name(instructions.isa) << ", " << rows << " × " << columns);
    CHECK(operators::normalised_error(alone, expected) <= bound);
    for (const int tokens : {2, 3, 7, 8, 9, 15, 16, 17, 19, 33, 47, 150}) {
      const auto y = multiply(machine, stack, std::span(x).first(size_t(tokens) * columns), tokens);
      INFO(tokens << " tokens");
      if (tokens <= 16) CHECK(std::memcmp(y.data(), alone.data(), y.size() * sizeof(float)) == 0);
      CHECK(operators::normalised_error(y, std::span(expected).first(y.size())) <= bound);
    }
  }
}

}  // namespace

TEST_CASE("Q8_0 products keep to the reference, and a row to itself in any batch") {
  for (const int rows : {1, 15, 16, 17, 33, 100}) {
    for (const int columns : {32, 64, 96, 352, 2080}) {
      check_products(WeightType::q8_0, rows, columns, 5e-4);
    }
  }
}

TEST_CASE("products of every other block type keep to the reference, and a row to itself") {
  for (const auto type :
       {WeightType::q4_0, WeightType::q4_1, WeightType::q5_0, WeightType::q5_1, WeightType::q2_k,
        WeightType::q3_k, WeightType::q4_k, WeightType::q5_k, WeightType::q6_k, WeightType::mxfp4,
        WeightType::iq4_nl, WeightType::iq4_xs, WeightType::iq2_xxs, WeightType::iq2_xs,
        WeightType::iq2_s, WeightType::iq3_xxs, WeightType::iq3_s, WeightType::iq1_s,
        WeightType::iq1_m}) {
    INFO(engine::gguf::geometry(type).name);
    const bool wide = engine::gguf::geometry(type).values == 256;
    for (const int rows : {1, 15, 33}) {
      for (const int columns : {32, 96, 256, 352, 768, 2080}) {
        if (!wide || columns % 256 == 0) check_products(type, rows, columns, 5e-4);
      }
    }
  }
}

TEST_CASE("products of float weights keep to the reference, and a row to itself in any batch") {
  for (const auto type : {WeightType::f32, WeightType::f16, WeightType::bf16}) {
    for (const int rows : {1, 3, 16, 21}) {
      for (const int columns : {1, 7, 16, 33, 200}) check_products(type, rows, columns, 1e-10);
    }
  }
}

TEST_CASE("extreme weights and activations do not overflow") {
  // −128 is no value that quantizers write, but a file may hold it.
  Weights weights = random_weights(WeightType::q8_0, 16, 64);
  for (size_t block = 0; block < weights.bytes.size(); block += 34) {
    std::memset(&weights.bytes[block + 2], 0x80, 32);
  }
  const auto stack = cpu::WeightStack::from(weights.matrix);
  engine::base::ThreadPool threads(1);
  for (const float sign : {1.0f, -1.0f}) {
    const std::vector<float> x(64, sign * 3.5f);
    std::vector<float> expected(16);
    engine::backend::reference::matmul(weights.matrix, x, expected);
    for (const auto& instructions : operators::available_instructions()) {
      const operators::TestMachine machine(instructions, threads);
      CHECK(operators::normalised_error(multiply(machine, stack, x, 1), expected) <= 1e-10);
    }
  }
}

TEST_CASE("an activation that is not finite makes every product of its row so, wherever it is") {
  for (const auto type : {WeightType::q8_0, WeightType::q4_0}) {
    const Weights weights = random_weights(type, 16, 64);
    const auto stack = cpu::WeightStack::from(weights.matrix);
    engine::base::ThreadPool threads(1);
    for (const auto& instructions : operators::available_instructions()) {
      const operators::TestMachine machine(instructions, threads);
      for (const float odd : {NAN, INFINITY, -INFINITY}) {
        for (size_t place = 0; place < 64; ++place) {
          std::vector<float> x(64, 0.5f);
          x[place] = odd;
          for (const float y : multiply(machine, stack, x, 1)) REQUIRE_FALSE(std::isfinite(y));
        }
      }
    }
  }
}

TEST_CASE("a row of zeros stays zeros") {
  const Weights weights = random_weights(WeightType::q8_0, 16, 64);
  const auto stack = cpu::WeightStack::from(weights.matrix);
  engine::base::ThreadPool threads(1);
  for (const auto& instructions : operators::available_instructions()) {
    const operators::TestMachine machine(instructions, threads);
    CHECK(multiply(machine, stack, std::vector<float>(64), 1) == std::vector<float>(16));
  }
}
