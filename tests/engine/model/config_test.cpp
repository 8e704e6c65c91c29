#include "engine/model/config.h"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>

#include "engine/gguf/writer.h"
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

std::string header_path() {
  return std::filesystem::temp_directory_path() / ("lemma-header-" + std::to_string(getpid()));
}

// The error of a file of keys alone; empty where its configuration can be read.
std::string problem_of_header(const std::function<void(engine::gguf::Writer&)>& add_keys) {
  const std::string path = header_path();
  engine::gguf::Writer writer;
  add_keys(writer);
  REQUIRE(writer.begin(path).ok());
  REQUIRE(writer.finish().ok());
  const auto file = engine::gguf::File::open(path);
  std::filesystem::remove(path);
  REQUIRE(file.ok());
  const auto config = engine::model::read_config(*file);
  return config.ok() ? "" : config.message();
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
  check_refused(integer("block_count", 1), "block_count is 1, but the file has blk.1.");
  check_refused(integer("attention.head_count_kv", 3), "attention.head_count_kv is 3");
  check_refused(integer("expert_shared_count", 0),
                "is there, but expert_shared_count is 0 or missing");
  check_refused(number("rope.freq_base", -1), "rope.freq_base is -1");
  check_refused(number("rope.freq_base", -1), "(key at byte ");
  check_refused(number("rope.scaling.factor", 0), "rope.scaling.factor is 0");
  check_refused(number("expert_weights_scale", std::numeric_limits<float>::quiet_NaN()),
                "expert_weights_scale is nan");
}

TEST_CASE("missing keys and unknown kinds are refused by name") {
  check_refused(text("deepseek2.embedding_length", "deepseek2.embedding_lengtx"),
                "deepseek2.embedding_length");
  check_refused(text("yarn", "spun"), "'spun'; supported: none, linear, yarn");
  check_refused(text("deepseek2", "deepseek9"), "'deepseek9', which is not supported");
  check_refused(text("deepseek2", "deepseek9"), "supported: deepseek (DeepSeek-MoE), deepseek2");
}

TEST_CASE("architectures that lemma does not run are refused by name with those it runs") {
  for (const char* name : {"gemma3", "phi3", "mamba", "qwen3next", "starcoder2", ""}) {
    const std::string problem = problem_of_header(
        [&](engine::gguf::Writer& writer) { writer.add("general.architecture", name); });
    CHECK(problem == header_path() + ": general.architecture is '" + name +
                         "', which is not supported; supported: deepseek (DeepSeek-MoE), deepseek2 "
                         "(DeepSeek V2, V3 and R1, GLM-4.7-Flash), llama, qwen2, qwen3, qwen3moe, "
                         "mellum (Mellum 2), gpt-oss");
  }
}

namespace {

engine::cli::RandomModel small_like(const char* name) {
  auto model = engine::cli::model_like(name).value();
  engine::model::Config& config = model.config;
  const bool is_dense = config.dense_layers == config.layers;
  config.dense_layers = is_dense ? 2 : std::min(config.dense_layers, 1);
  config.layers = 2;
  config.hidden = 64;
  config.feed_forward = 32;
  config.vocab_size = 40;
  if (config.experts.count > 0) config.experts.count = 8;
  return model;
}

void check_grouped_refused(const char* like, const Change& change, const std::string& expected) {
  std::string bytes = model_file::bytes_of(small_like(like));
  change(bytes);
  const auto weights = model_file::load(bytes);
  REQUIRE_FALSE(weights.ok());
  INFO(weights.message());
  CHECK(weights.message().find(expected) != std::string::npos);
}

Change set(const std::string& key, uint32_t value) {
  return [=](std::string& bytes) { model_file::set_integer(bytes, key, value); };
}

engine::cli::RandomModel small_mixtral() {
  auto model = small_like("mixtral-8x7b");
  model.config.experts.feed_forward = model.config.feed_forward;
  return model;
}

// What is wrong with a header of few keys, of an architecture's experts, and these besides.
std::string problem_of_deepseek(std::map<std::string, uint32_t> keys) {
  keys.merge(std::map<std::string, uint32_t>{{"block_count", 2},
                                             {"leading_dense_block_count", 1},
                                             {"embedding_length", 32},
                                             {"feed_forward_length", 64},
                                             {"context_length", 4096},
                                             {"vocab_size", 40},
                                             {"attention.head_count", 4},
                                             {"expert_count", 8},
                                             {"expert_used_count", 3},
                                             {"expert_shared_count", 2},
                                             {"expert_feed_forward_length", 16}});
  return problem_of_header([&](engine::gguf::Writer& writer) {
    writer.add("general.architecture", "deepseek");
    writer.add("deepseek.attention.layer_norm_rms_epsilon", 1e-6f);
    for (const auto& [key, value] : keys) writer.add("deepseek." + key, value);
  });
}

}  // namespace

TEST_CASE("what tells the families with grouped queries apart is data") {
  using engine::model::RopePairs;
  const auto config_like = [](const char* name) {
    return model_file::load(model_file::bytes_of(small_like(name))).value().config;
  };
  const auto llama = config_like("llama-3.2-1b");
  CHECK(llama.rope.pairs == RopePairs::consecutive);
  CHECK(llama.gqa.group() == 4);
  CHECK(llama.gqa.score_scale == Approx(1 / 8.0));
  CHECK(llama.cache_dim() == 8 * 64 * 2);
  CHECK_FALSE(llama.is_latent());
  const auto qwen2 = config_like("qwen2.5-coder-1.5b");
  CHECK(qwen2.rope.pairs == RopePairs::halves);
  CHECK(qwen2.gqa.has_biases);
  CHECK_FALSE(qwen2.gqa.normalises_heads);
  const auto qwen3 = config_like("qwen3-0.6b");
  CHECK(qwen3.gqa.normalises_heads);
  CHECK(qwen3.is_dense(1));
  const auto moe = config_like("qwen3-30b-a3b");
  CHECK_FALSE(moe.is_dense(0));
  CHECK(moe.experts.normalise_weights);
  CHECK(moe.experts.gate == engine::model::Gate::softmax);
}

TEST_CASE("DeepSeek's first mixtures have dense layers, shared experts and shares as they are") {
  auto model = small_like("deepseek-moe-16b");
  model.config.experts.weight_scale = 1.5f;
  const auto weights = model_file::load(model_file::bytes_of(model)).value();
  const auto& config = weights.config;
  CHECK(config.rope.pairs == engine::model::RopePairs::consecutive);
  CHECK_FALSE(config.gqa.has_biases);
  CHECK_FALSE(config.gqa.normalises_heads);
  CHECK(config.is_dense(0));
  CHECK_FALSE(config.is_dense(1));
  CHECK(config.experts.used == 6);
  CHECK(config.experts.shared == 2);
  CHECK_FALSE(config.experts.normalise_weights);
  CHECK(config.experts.weight_scale == 1.5f);
  CHECK(weights.layers[0].dense.gate.rows == 32);
  CHECK(weights.layers[1].experts.shared.gate.rows == 2 * 1408);
  std::string untold = model_file::bytes_of(model);
  model_file::replace(untold, "deepseek.expert_weights_scale", "deepseek.expert_weights_xxxxx");
  CHECK(model_file::load(untold).value().config.experts.weight_scale == 1);
}

TEST_CASE("Mixtral's experts are as wide as dense layers, and the shares of the chosen add up") {
  const auto weights = model_file::load(model_file::bytes_of(small_mixtral())).value();
  CHECK(weights.config.rope.pairs == engine::model::RopePairs::consecutive);
  CHECK_FALSE(weights.config.is_dense(0));
  CHECK(weights.config.experts.count == 8);
  CHECK(weights.config.experts.used == 2);
  CHECK(weights.config.experts.normalise_weights);
  CHECK(weights.layers[0].experts.down.at(7).columns == 32);
}

TEST_CASE("grouped queries before experts that lemma cannot compute are refused by key") {
  const char* const first = "deepseek-moe-16b";
  check_grouped_refused(first, set("deepseek.expert_used_count", 9), "expert_used_count is 9");
  check_grouped_refused(first, set("deepseek.expert_count", 0), "expert_count is 0");
  check_grouped_refused(first, set("deepseek.leading_dense_block_count", 3),
                        "leading_dense_block_count is 3");
  check_grouped_refused(first, set("deepseek.expert_shared_count", 0),
                        "is there, but expert_shared_count is 0 or missing");
  check_grouped_refused(first, set("deepseek.expert_feed_forward_length", 1407),
                        "blk.1.ffn_gate_exps.weight");
  const auto without = [](const char* key, const char* other) {
    return [=](std::string& bytes) { model_file::replace(bytes, key, other); };
  };
  check_grouped_refused(first, without("deepseek.expert_count", "deepseek.expert_cxxxx"),
                        "deepseek.expert_count");
  check_grouped_refused(first, without("deepseek.expert_used_count", "deepseek.expert_used_xxxxx"),
                        "deepseek.expert_used_count");
  check_grouped_refused(
      first, without("deepseek.expert_feed_forward_length", "deepseek.expert_feed_forward_lengtx"),
      "deepseek.expert_feed_forward_length");
}

TEST_CASE("gates and groups of experts that deepseek has not are refused by key") {
  CHECK(problem_of_deepseek({}) == "");
  CHECK(problem_of_deepseek({{"expert_gating_func", 1}, {"expert_group_count", 1}}) == "");
  CHECK_THAT(problem_of_deepseek({{"expert_gating_func", 2}}),
             Catch::Matchers::Contains("deepseek.expert_gating_func is 2 (sigmoid), which"));
  CHECK_THAT(problem_of_deepseek({{"expert_gating_func", 3}}),
             Catch::Matchers::Contains("deepseek.expert_gating_func is 3; it must be between"));
  CHECK_THAT(problem_of_deepseek({{"expert_group_count", 4}}),
             Catch::Matchers::Contains("deepseek.expert_group_count is 4; lemma computes no "));
}

TEST_CASE("heads that do not fit together are refused by key") {
  check_grouped_refused("qwen3-0.6b", set("qwen3.attention.head_count_kv", 7),
                        "head_count_kv is 7, which does not divide the 16 heads");
  check_grouped_refused("qwen3-0.6b", set("qwen3.attention.head_count_kv", 17),
                        "head_count_kv is 17");
  check_grouped_refused("qwen3-0.6b", set("qwen3.rope.dimension_count", 130),
                        "rope.dimension_count is 130");
  check_grouped_refused("qwen3-0.6b", set("qwen3.attention.key_length", 1u << 15),
                        "attention.key_length is 32768");
  check_grouped_refused(
      "qwen2.5-coder-1.5b",
      [](std::string& bytes) {
        model_file::replace(bytes, "blk.0.attn_q.bias", "blk.0.attn_q.bixs");
      },
      "blk.0.attn_q.bias is missing");
}

TEST_CASE("GLM-4.7-Flash has a sigmoid gate where its file does not say so") {
  auto model = model_file::small();
  model.config.layers = 47;
  model.config.dense_layers = 46;
  model.config.vocab_size = 154880;
  model.config.hidden = 32;
  model.config.feed_forward = 32;
  model.config.mla = {
      .heads = 1, .kv_lora_rank = 32, .nope_dim = 30, .rope_dim = 2, .value_dim = 32};
  model.config.experts = {.count = 2, .used = 1, .feed_forward = 32};
  std::string bytes = model_file::bytes_of(model);
  model_file::replace(bytes, "deepseek2.expert_gating_func", "deepseek2.expert_gating_xxxx");
  CHECK(model_file::load(bytes).value().config.experts.gate == engine::model::Gate::sigmoid);
  model.config.vocab_size = 154881;
  bytes = model_file::bytes_of(model);
  model_file::replace(bytes, "deepseek2.expert_gating_func", "deepseek2.expert_gating_xxxx");
  CHECK(model_file::load(bytes).value().config.experts.gate == engine::model::Gate::softmax);
}

TEST_CASE("layers for multi-token prediction are told by key or tensor, and the first is read") {
  auto model = model_file::small();
  model.config.layers = 2;
  model.config.prediction_layers = 1;
  const std::string counted = model_file::bytes_of(model);
  std::string untold = counted;  // the name of the key is another
  model_file::replace(untold, "deepseek2.nextn_predict_layers", "deepseek2.nextn_predict_xxxxxx");
  std::string behind = untold;
  model_file::set_integer(behind, "deepseek2.block_count", 2);
  for (const std::string& bytes : {counted, untold, behind}) {
    const auto weights = model_file::load(bytes);
    INFO((weights.ok() ? "" : weights.message()));
    REQUIRE(weights.ok());
    CHECK(weights.value().config.layers == 2);
    CHECK(weights.value().layers.size() == 2);
    CHECK(weights.value().config.prediction_layers == 1);
    const auto& prediction = weights.value().prediction;
    REQUIRE(prediction.has_value());
    CHECK(prediction->join.columns == 2 * weights.value().config.hidden);
    CHECK(prediction->embedding.data == weights.value().token_embedding.data);
    CHECK(prediction->output.data == weights.value().output.data);
  }
  // A file that counts the layer and has left it out does without.
  std::string left_out = counted;
  model_file::replace(left_out, "blk.2.nextn.eh_proj.weight", "blk.2.nextn.xx_proj.weight");
  CHECK_FALSE(model_file::load(left_out).value().prediction.has_value());
  std::string damaged = counted;
  model_file::replace(damaged, "blk.2.nextn.hnorm.weight", "blk.2.nextn.xnorm.weight");
  CHECK_THAT(model_file::load(damaged).message(),
             Catch::Matchers::Contains("blk.2.nextn.hnorm.weight"));
  // What is no such layer must be counted.
  std::string cut = untold;
  model_file::set_integer(cut, "deepseek2.block_count", 1);
  CHECK_THAT(model_file::load(cut).message(),
             Catch::Matchers::Contains("block_count is 1, but the file has blk.1."));
}

TEST_CASE("layers with a window are those of the file's list, or of its family") {
  const auto config = [](engine::cli::RandomModel model) {
    return model_file::load(model_file::bytes_of(model)).value().config;
  };
  auto mellum = engine::cli::model_like("mellum2-small").value();
  mellum.config.windowed = {false, true, true, false};
  const auto listed = config(mellum);
  CHECK(listed.windowed == mellum.config.windowed);
  CHECK(listed.gqa_of(1).window == 6);
  CHECK(listed.gqa_of(0).window == 0);
  // YaRN is for the others.
  CHECK(listed.rope_of(1).scaling == engine::model::RopeScaling::none);
  CHECK(listed.rope_of(0).scaling == engine::model::RopeScaling::yarn);
  CHECK(listed.gqa_of(1).score_scale == Approx(1 / std::sqrt(32.0)));
  CHECK(listed.gqa_of(0).score_scale ==
        Approx(std::pow(1 + 0.1 * std::log(16.0), 2) / std::sqrt(32.0)));
  CHECK(listed.gqa_of(1).first_seen(5) == 0);
  CHECK(listed.gqa_of(1).first_seen(6) == 1);

  const auto usual = config(engine::cli::model_like("gpt-oss-small").value());
  CHECK(usual.windowed == std::vector<bool>{true, false, true, false});
  CHECK(usual.rope_of(0).scaling == engine::model::RopeScaling::yarn);
  CHECK(usual.gqa_of(0).score_scale == usual.gqa_of(1).score_scale);

  check_grouped_refused("mellum2-12b-a2.5b", set("mellum.attention.sliding_window", 4000000000u),
                        "mellum.attention.sliding_window is 4000000000");
}

TEST_CASE("a list of windows of another length, or of other values, is refused") {
  const auto problem = [](const std::vector<bool>& windowed, bool as_text) {
    return problem_of_header([&](engine::gguf::Writer& writer) {
      writer.add("general.architecture", "mellum");
      writer.add("mellum.attention.layer_norm_rms_epsilon", 1e-6f);
      for (const auto& [key, value] :
           std::map<std::string, uint32_t>{{"block_count", 3},
                                           {"embedding_length", 32},
                                           {"context_length", 4096},
                                           {"vocab_size", 40},
                                           {"attention.head_count", 4},
                                           {"expert_count", 8},
                                           {"expert_used_count", 3},
                                           {"expert_feed_forward_length", 16},
                                           {"attention.sliding_window", 5}}) {
        writer.add("mellum." + key, value);
      }
      constexpr const char* list = "mellum.attention.sliding_window_pattern";
      if (as_text) return writer.add_strings(list, std::vector<std::string_view>{"a", "b", "c"});
      writer.add_booleans(list, windowed);
    });
  };
  CHECK(problem({true, false, true}, false).empty());
  CHECK(problem({true, false}, false)
            .find("mellum.attention.sliding_window_pattern has 2 entries for 3 layers") !=
        std::string::npos);
  CHECK(problem({}, true).find("an array of booleans") != std::string::npos);
}
