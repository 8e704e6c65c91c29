// The CPU's larger operations, one at a time, against the reference's on the same input: with Q8_0
// weights a whole model would also differ by the near-ties that its routers flip.
#include <unistd.h>
#include <filesystem>

#include "engine/backend/cpu/experts.h"
#include "engine/backend/cpu/mla_attention.h"
#include "engine/cli/random_model.h"
#include "engine/gguf/file.h"
#include "tests/engine/backend/operators.h"
#include "tests/support/catch.h"

namespace {

namespace cpu = engine::backend::cpu;
namespace model = engine::model;
namespace reference = engine::backend::reference;
using engine::backend::block_tokens;
using operators::random_values;

model::Weights random_weights(engine::cli::RandomModel random) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("lemma-layer-test-" + std::to_string(getpid()) + ".gguf");
  REQUIRE(engine::cli::write_random_model(random, path).ok());
  auto file = engine::gguf::File::open(path);
  std::filesystem::remove(path);  // the mapping stays
  return model::load_weights(std::make_shared<const engine::gguf::File>(std::move(*file))).value();
}

engine::cli::RandomModel random_model() {
  auto random = engine::cli::model_like("deepseek-v3-small").value();
  random.config.layers = 2;
  random.config.vocab_size = 20;
  return random;
}

struct Fixture {
  model::Weights weights;
  cpu::Layer layer;
  const model::Config& config() const { return weights.config; }

  explicit Fixture(const engine::cli::RandomModel& random)
      : weights(random_weights(random)),
        layer(cpu::make_layer(weights.config, 1, weights.layers[1])) {}
};

void fill(cpu::Activations& batch, int rows, int width, const std::vector<float>& values) {
  batch.resize(rows, width);
  std::copy(values.begin(), values.end(), batch.values().begin());
}

void check_experts(const Fixture& fixture, int tokens, double bound) {
  const int hidden = fixture.config().hidden;
  const auto values = random_values(size_t(tokens) * hidden, tokens);
  std::vector<float> expected(values.size());
  reference::experts(fixture.config().experts, fixture.weights.layers[1].experts, values, expected);
  engine::base::ThreadPool threads(2);
  for (const auto& instructions : operators::available_instructions()) {
    const operators::TestMachine machines(instructions, threads);
    const cpu::Machine machine = machines.for_rows(tokens);
    cpu::Activations x, y;
    cpu::ExpertScratch scratch;
    fill(x, tokens, hidden, values);
    x.quantize(machine);
    fill(y, tokens, hidden, std::vector<float>(values.size()));
    cpu::experts(machine, fixture.config().experts, fixture.layer, x, y, scratch, {});
    INFO(cpu::isa_name(instructions.isa) << ", " << tokens << " tokens");
    CHECK(operators::normalised_error(y.values(), expected) <= bound);
  }
}

// Two sequences, one of them `tokens` long after `earlier` positions.
void check_attention(const Fixture& fixture, int tokens, int earlier, double bound) {
  const model::Mla& mla = fixture.config().mla;
  const int block_count = (earlier + tokens) / block_tokens + 2;
  std::vector<engine::backend::BlockId> table, other_table{block_count - 1};
  for (int i = block_count - 2; i >= 0; --i) table.push_back(i);
  const bool rounds = fixture.layer.output.takes_rounded();
  operators::TestCache cache(rounds ? cpu::CellType::half : cpu::CellType::float32, block_count,
                             mla.cache_dim());
  std::vector<cpu::Query> queries{{3, 0, other_table}};
  for (int i = 0; i < tokens; ++i) queries.push_back({earlier + i, 1, table});
  const int query_width = mla.heads * mla.query_dim(), width = mla.heads * mla.value_dim;
  auto values = random_values(queries.size() * query_width, 2);

  std::vector<float> expected(queries.size() * width);
  const auto projections = model::latent_projections(mla, fixture.weights.layers[1].attention);
  for (size_t i = 0; i < queries.size(); ++i) {
    reference::mla_attention(mla, projections, {cache.values.data(), mla.cache_dim()},
                             queries[i].block_table, queries[i].position,
                             std::span(values).subspan(i * query_width, query_width),
                             std::span(expected).subspan(i * width, width));
  }
  engine::base::ThreadPool threads(2);
  for (const auto& instructions : operators::available_instructions()) {
    const operators::TestMachine machines(instructions, threads);
    const cpu::Machine machine = machines.for_rows(static_cast<int>(queries.size()));
    cpu::Activations x, heads;
    fill(x, static_cast<int>(queries.size()), query_width, values);
    heads.resize(static_cast<int>(queries.size()), width);
    std::vector<cpu::AttentionScratch> scratch(2);
    cpu::mla_attention(machine, mla, fixture.layer, cache.layer(), queries, x, heads, scratch);
    INFO(cpu::isa_name(instructions.isa) << ", " << tokens << " tokens after " << earlier);
    CHECK(operators::normalised_error(heads.values(), expected) <= bound);
  }
}

// A prefill over more positions than are expanded at a time, in heads of odd sizes.
void check_long_attention(engine::cli::RandomModel random, int nope, int rope, int value) {
  random.config.mla.nope_dim = nope;
  random.config.mla.rope_dim = rope;
  random.config.mla.value_dim = value;
  const Fixture fixture(random);
  for (const int earlier : {0, 501, 1100}) {
    for (const int tokens : {9, 33, 150, 530}) check_attention(fixture, tokens, earlier, 5e-4);
  }
}

void check_layer(const engine::cli::RandomModel& random, double bound) {
  const Fixture fixture(random);
  for (const int tokens : {1, 2, 17, 70, 300}) check_experts(fixture, tokens, bound);
  for (const int earlier : {0, 31, 300}) {
    for (const int tokens : {1, 5, 16, 47, 48, 100})
      check_attention(fixture, tokens, earlier, bound);
  }
}

}  // namespace

TEST_CASE("Q8_0 experts and attention keep to the reference, operation by operation") {
  for (const auto layout : {engine::cli::Layout::legacy, engine::cli::Layout::split}) {
    auto random = random_model();
    random.layout = layout;
    check_layer(random, 5e-4);
  }
}

TEST_CASE("attention over long contexts keeps to the reference") {
  check_long_attention(random_model(), 32, 32, 64);
  check_long_attention(random_model(), 16, 10, 48);
  check_long_attention(random_model(), 48, 32, 16);
  check_long_attention(random_model(), 20, 8, 24);  // no tiles of this
}

TEST_CASE("experts and attention of odd sizes keep to the reference") {
  auto random = random_model();
  random.type = engine::gguf::WeightType::f16;
  model::Config& config = random.config;
  config.hidden = 90;
  config.mla = {.heads = 3, .kv_lora_rank = 37, .nope_dim = 11, .rope_dim = 6, .value_dim = 13};
  config.experts.count = 9;
  config.experts.used = 4;
  config.experts.shared = 2;
  config.experts.feed_forward = 21;
  config.experts.groups = config.experts.groups_used = 3;
  check_layer(random, 1e-9);
}
