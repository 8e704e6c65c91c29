#include "engine/model/config.h"

#include <functional>

#include "tests/engine/model/model_file.h"
#include "tests/support/catch.h"

namespace {

using Change = std::function<void(std::string&)>;

Change integer(const std::string& key, uint32_t value) {
  return [=](std::string& bytes) { model_file::set_integer(bytes, "deepseek2." + key, value); };
}

Change number(const std::string& key, float value) {
  return [=](std::string& bytes) { model_file::set_number(bytes, "deepseek2." + key, value); };
}

Change text(const std::string& from, const std::string& to) {
  return [=](std::string& bytes) { model_file::replace(bytes, from, to); };
}

void check_refused(const Change& change, const std::string& expected) {
  static const std::string whole = model_file::bytes_of(model_file::small());
  std::string bytes = whole;
  change(bytes);
  const auto weights = model_file::load(bytes);
  REQUIRE_FALSE(weights.ok());
  INFO(weights.message());
  CHECK(weights.message().find(expected) != std::string::npos);
  CHECK(weights.message().find("/proc/self/fd/") == 0);
}

}  // namespace

TEST_CASE("scores are scaled as DeepSeek's models are trained") {
  auto lite = engine::cli::model_like("deepseek-coder-v2-lite").value();
  lite.config.layers = lite.config.dense_layers = 1;
  lite.config.hidden = lite.config.feed_forward = 32;
  lite.config.vocab_size = 8;
  auto v3 = lite;
  v3.yarn_log_multiplier = 0.1;
  const auto scale = [](const engine::cli::RandomModel& model) {
    return model_file::load(model_file::bytes_of(model)).value().config.mla.score_scale;
  };
  CHECK(scale(lite) == Approx(0.114721).epsilon(1e-5));
  CHECK(scale(v3) == Approx(0.135234).epsilon(1e-5));
  lite.config.rope = {};
  CHECK(scale(lite) == Approx(1 / std::sqrt(192.0)));
}

TEST_CASE("every layout of the latent projections gives the same sizes") {
  for (const auto layout :
       {engine::cli::Layout::legacy, engine::cli::Layout::split, engine::cli::Layout::all_three}) {
    auto model = model_file::small();
    model.layout = layout;
    const auto mla = model_file::load(model_file::bytes_of(model)).value().config.mla;
    CHECK(mla.nope_dim == 32);
    CHECK(mla.rope_dim == 16);
    CHECK(mla.value_dim == 32);
    CHECK(mla.kv_lora_rank == 128);
  }
}

TEST_CASE("V3's groups are told by its gate") {
  auto model = model_file::small();
  auto experts = model_file::load(model_file::bytes_of(model)).value().config.experts;
  CHECK(experts.group_score == engine::model::GroupScore::two_best);
  CHECK(experts.groups == 8);
  CHECK(experts.groups_used == 4);
  CHECK(experts.weight_scale == 2.5f);
  CHECK(experts.normalise_weights);
  model.config.experts.gate = engine::model::Gate::softmax;
  experts = model_file::load(model_file::bytes_of(model)).value().config.experts;
  CHECK(experts.group_score == engine::model::GroupScore::best);
}

TEST_CASE("hyper-parameters out of range are refused by key") {
  check_refused(integer("block_count", 0), "deepseek2.block_count is 0");
  check_refused(integer("block_count", 4000000000u), "deepseek2.block_count is 4000000000");
  check_refused(integer("leading_dense_block_count", 3), "leading_dense_block_count is 3");
  check_refused(integer("embedding_length", 0), "embedding_length is 0");
  check_refused(integer("attention.head_count", 0), "attention.head_count is 0");
  check_refused(integer("rope.dimension_count", 15), "rope.dimension_count is 15");
  check_refused(integer("rope.dimension_count", 48), "rope.dimension_count is 48");
  check_refused(integer("expert_used_count", 33), "expert_used_count is 33");
  check_refused(integer("expert_used_count", 17), "the groups in use hold 16");
  check_refused(integer("expert_group_count", 5), "expert_group_count is 5");
  check_refused(integer("expert_group_used_count", 9), "expert_group_used_count is 9");
  check_refused(integer("expert_gating_func", 3), "expert_gating_func is 3");
  check_refused(integer("vocab_size", 299), "vocab_size is 299");
  check_refused(number("rope.freq_base", -1), "rope.freq_base is -1");
  check_refused(number("rope.scaling.factor", 0), "rope.scaling.factor is 0");
  check_refused(number("expert_weights_scale", std::numeric_limits<float>::quiet_NaN()),
                "expert_weights_scale is nan");
}

TEST_CASE("missing keys and unknown kinds are refused by name") {
  check_refused(text("deepseek2.embedding_length", "deepseek2.embedding_lengtx"),
                "deepseek2.embedding_length");
  check_refused(text("yarn", "spun"), "'spun'; supported: none, linear, yarn");
  check_refused(text("deepseek2", "deepseek9"), "'deepseek9', which is not supported");
  check_refused(text("deepseek2", "deepseek9"), "supported: deepseek2");
}
