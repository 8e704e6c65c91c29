// Grouped-query attention on every instruction set against the reference, over shapes and lengths
// around each limit: blocks of 32 positions, stretches of 256, tiles of 16; with windows and sinks.
#include "engine/backend/cpu/gqa_attention.h"

#include <cmath>

#include "engine/backend/reference/operations.h"
#include "tests/engine/backend/operators.h"
#include "tests/support/catch.h"

namespace {

namespace cpu = engine::backend::cpu;
namespace model = engine::model;
namespace reference = engine::backend::reference;
using engine::backend::block_tokens;
using operators::random_values;

model::Gqa shape(int heads, int kv_heads, int key_dim, int value_dim) {
  return {.heads = heads,
          .kv_heads = kv_heads,
          .key_dim = key_dim,
          .value_dim = value_dim,
          .rope_dim = 2,
          .score_scale = 1 / std::sqrt(double(key_dim))};
}

model::Gqa windowed(model::Gqa gqa, int window) {
  gqa.window = window;
  return gqa;
}

// A layer of which attention only asks for its sinks and whether its output is rounded, as tiles
// want it.
cpu::Layer layer_with(cpu::WeightStack::Precision precision, const model::LayerWeights& source) {
  cpu::Layer layer;
  layer.source = &source;
  layer.output = cpu::WeightStack::from(random_values(size_t{32} * 32, 5), 1, 32, 32, precision);
  return layer;
}

// Two sequences, one of one token and one of `tokens` after `earlier` positions.
struct Case {
  Case(const model::Gqa& gqa, cpu::CellType type, int tokens, int earlier)
      : config(gqa),
        blocks((earlier + tokens) / block_tokens + 2),
        cache(type, blocks, gqa.cache_dim()) {
    other_table = {blocks - 1};
    for (int i = blocks - 2; i >= 0; --i) table.push_back(i);
    queries.push_back({3, 0, other_table});
    for (int i = 0; i < tokens; ++i) queries.push_back({earlier + i, 1, table});
    values = random_values(queries.size() * width(), 2);
  }

  int width() const { return config.heads * config.key_dim; }
  int output_width() const { return config.heads * config.value_dim; }

  std::vector<float> expected(const model::Vector& sinks) {
    std::vector<float> result(queries.size() * output_width());
    for (size_t i = 0; i < queries.size(); ++i) {
      reference::gqa_attention(config, sinks, {cache.values.data(), config.cache_dim()},
                               queries[i].block_table, queries[i].position,
                               std::span(values).subspan(i * width(), width()),
                               std::span(result).subspan(i * output_width(), output_width()));
    }
    return result;
  }

  // Of the queries first … first + count − 1, in one batch.
  std::vector<float> found(const operators::TestMachine& machines, const cpu::Layer& layer,
                           int threads, int first, int count) {
    cpu::Activations x, heads;
    x.resize(count, width());
    std::copy_n(values.begin() + size_t(first) * width(), size_t(count) * width(),
                x.values().begin());
    heads.resize(count, output_width());
    std::vector<cpu::AttentionScratch> scratch(threads);
    cpu::gqa_attention(machines.for_rows(count), config, layer, cache.layer(),
                       std::span(queries).subspan(first, count), x, heads, scratch);
    return {heads.values().begin(), heads.values().end()};
  }

  model::Gqa config;
  int blocks;
  operators::TestCache cache;
  std::vector<engine::backend::BlockId> table, other_table;
  std::vector<float> values;
  std::vector<cpu::Query> queries;
};

void check_shape(const model::Gqa& gqa, cpu::WeightStack::Precision precision, cpu::CellType type,
                 double bound, const model::Vector& sinks = {}) {
  model::LayerWeights source;
  source.attention.sinks = sinks;
  const cpu::Layer layer = layer_with(precision, source);
  engine::base::ThreadPool threads(2);
  for (const int earlier : {0, 31, 255, 600}) {
    for (const int tokens : {1, 2, 8, 9, 17, 47, 150, 290}) {
      Case test(gqa, type, tokens, earlier);
      const auto expected = test.expected(sinks);
      for (const auto& instructions : operators::available_instructions()) {
        const operators::TestMachine machines(instructions, threads);
        INFO(cpu::isa_name(instructions.isa) << ", " << tokens << " tokens after " << earlier);
        CHECK(operators::normalised_error(test.found(machines, layer, 2, 0, tokens + 1),
                                          expected) <= bound);
      }
    }
  }
}

void check_rows(const model::Gqa& gqa, const model::Vector& sinks) {
  model::LayerWeights source;
  source.attention.sinks = sinks;
  const cpu::Layer layer = layer_with(cpu::WeightStack::Precision::q8_0, source);
  for (const int earlier : {0, 250, 700}) {
    Case test(gqa, cpu::CellType::half, 15, earlier);
    for (const auto& instructions : operators::available_instructions()) {
      engine::base::ThreadPool one(1), many(5);
      const operators::TestMachine alone(instructions, one), together(instructions, many);
      const auto batch = test.found(together, layer, 5, 0, 16);
      const size_t width = test.output_width();
      for (int row = 0; row < 16; ++row) {
        const auto single = test.found(alone, layer, 1, row, 1);
        INFO(cpu::isa_name(instructions.isa) << ", row " << row << " after " << earlier);
        CHECK(std::equal(single.begin(), single.end(), batch.begin() + row * width));
      }
    }
  }
}

}  // namespace

TEST_CASE("grouped attention whose output is rounded keeps to the reference") {
  const auto rounded = cpu::WeightStack::Precision::q8_0;
  const auto half = cpu::CellType::half;
  check_shape(shape(6, 2, 64, 64), rounded, half, 5e-4);
  check_shape(shape(4, 4, 36, 16), rounded, half, 5e-4);
  check_shape(shape(5, 1, 20, 48), rounded, half, 5e-4);
  check_shape(shape(6, 3, 10, 13), rounded, half, 1e-9);  // no tiles of this
}

TEST_CASE("grouped attention in float32 keeps to the reference") {
  const auto exact = cpu::WeightStack::Precision::as_given;
  for (const auto type : {cpu::CellType::float32, cpu::CellType::half}) {
    check_shape(shape(6, 2, 64, 64), exact, type, 1e-9);
    check_shape(shape(3, 3, 7, 5), exact, type, 1e-9);
  }
}

TEST_CASE("grouped attention through a window, with sinks or without, keeps to the reference") {
  const auto rounded = cpu::WeightStack::Precision::q8_0;
  const auto half = cpu::CellType::half;
  const model::Vector sinks = {-2, 0, 1, 3, 30, -30};
  for (const int window : {1, 5, 128, 256, 300}) {
    check_shape(windowed(shape(6, 2, 64, 64), window), rounded, half, 1e-9);
    check_shape(windowed(shape(6, 3, 10, 13), window), rounded, half, 1e-9, sinks);
  }
  check_shape(shape(6, 2, 64, 64), rounded, half, 1e-9, sinks);
}

TEST_CASE("a row of a small batch has the bits it has alone, on any number of threads") {
  check_rows(shape(6, 2, 64, 64), {});
  check_rows(windowed(shape(6, 2, 64, 64), 100), {0, 1, 2, 3, 4, 5});
}
