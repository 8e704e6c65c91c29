// Models of odd sizes against the naive evaluation, in every layout and weight type.
#include <algorithm>
#include <cmath>

#include "engine/gguf/file.h"
#include "tests/engine/conformance/naive.h"
#include "tests/engine/conformance/suite.h"
#include "tests/engine/conformance/variable.h"

namespace conformance {
namespace {

using engine::cli::ExpertTensors;
using engine::cli::Layout;
using engine::cli::OutputTensor;
using engine::cli::RandomModel;
using engine::gguf::WeightType;
namespace model = engine::model;

RandomModel base_model() {
  RandomModel random;
  random.type = WeightType::f32;
  random.config.architecture = "deepseek2";
  random.config.name = "odd";
  random.config.context_length = 163840;
  random.config.norm_epsilon = 1e-6f;
  return random;
}

void add_yarn(RandomModel& random, double log_multiplier) {
  random.yarn_log_multiplier = log_multiplier;
  random.config.rope.scaling = model::RopeScaling::yarn;
  random.config.rope.factor = 40;
  random.config.rope.original_context = 4096;
}

// V2-Lite's features: softmax gate, no q_lora, two shared experts.
RandomModel odd_lite() {
  RandomModel random = base_model();
  model::Config& config = random.config;
  config.layers = 3;
  config.dense_layers = 1;
  config.hidden = 72;
  config.feed_forward = 50;
  config.vocab_size = 101;
  config.mla = {.heads = 3, .kv_lora_rank = 40, .nope_dim = 20, .rope_dim = 6, .value_dim = 12};
  config.experts = {.count = 5, .used = 2, .shared = 2, .feed_forward = 24};
  add_yarn(random, 0.0707);
  return random;
}

// V2's: q_lora, groups scored by their best expert, scaled weights; no experts shared.
RandomModel odd_v2() {
  RandomModel random = base_model();
  model::Config& config = random.config;
  config.layers = 2;
  config.hidden = 44;
  config.vocab_size = 67;
  config.mla = {.heads = 1,
                .q_lora_rank = 22,
                .kv_lora_rank = 18,
                .nope_dim = 7,
                .rope_dim = 2,
                .value_dim = 5};
  config.experts = {.count = 12,
                    .used = 3,
                    .feed_forward = 19,
                    .groups = 4,
                    .groups_used = 2,
                    .weight_scale = 16};
  return random;
}

// V3's: sigmoid gate, biased selection, groups scored by two experts, normalised weights.
RandomModel odd_v3() {
  RandomModel random = base_model();
  model::Config& config = random.config;
  config.layers = 3;
  config.dense_layers = 2;
  config.hidden = 96;
  config.feed_forward = 70;
  config.vocab_size = 333;
  config.mla = {.heads = 5,
                .q_lora_rank = 28,
                .kv_lora_rank = 52,
                .nope_dim = 10,
                .rope_dim = 4,
                .value_dim = 14};
  config.experts = {.count = 15,
                    .used = 4,
                    .shared = 1,
                    .feed_forward = 30,
                    .groups = 5,
                    .groups_used = 3,
                    .gate = model::Gate::sigmoid,
                    .normalise_weights = true,
                    .weight_scale = 2.5f};
  add_yarn(random, 0.1);
  return random;
}

// As many experts as V3 has, in widths that Q8_0 takes.
RandomModel many_experts() {
  RandomModel random = odd_v3();
  model::Config& config = random.config;
  config.layers = 2;
  config.dense_layers = 1;
  config.hidden = 64;
  config.feed_forward = 96;
  config.mla = {.heads = 2,
                .q_lora_rank = 32,
                .kv_lora_rank = 64,
                .nope_dim = 32,
                .rope_dim = 32,
                .value_dim = 32};
  config.experts.count = 256;
  config.experts.used = 8;
  config.experts.feed_forward = 32;
  config.experts.groups = 8;
  config.experts.groups_used = 4;
  return random;
}

// Grouped queries, three heads to a group, some values of each head unturned.
RandomModel odd_llama() {
  RandomModel random = base_model();
  model::Config& config = random.config;
  config.architecture = "llama";
  config.layers = config.dense_layers = 2;
  config.hidden = 40;
  config.feed_forward = 51;
  config.vocab_size = 77;
  config.gqa = {.heads = 6, .kv_heads = 2, .key_dim = 10, .value_dim = 7, .rope_dim = 6};
  config.rope.scaling = model::RopeScaling::linear;
  config.rope.factor = 4;
  return random;
}

RandomModel odd_qwen(const char* architecture) {
  RandomModel random = odd_llama();
  model::Config& config = random.config;
  config.architecture = architecture;
  config.rope = {.base = 1e6};
  config.gqa.rope_dim = config.gqa.key_dim;
  config.gqa.has_biases = config.architecture == "qwen2";
  config.gqa.normalises_heads = !config.gqa.has_biases;
  if (config.architecture != "qwen3moe") return random;
  config.dense_layers = 0;
  config.experts = {.count = 7, .used = 3, .feed_forward = 18};
  return random;
}

// Grouped queries behind which the first layer is dense and the others have experts, some of them
// shared; shares are scaled and not normalised.
RandomModel odd_deepseek() {
  RandomModel random = odd_llama();
  model::Config& config = random.config;
  config.architecture = "deepseek";
  config.layers = 3;
  config.dense_layers = 1;
  config.rope = {};
  config.experts = {.count = 7, .used = 3, .shared = 2, .feed_forward = 18, .weight_scale = 1.5f};
  return random;
}

// Mixtral's: experts alone, as wide as the dense layers that there are none of.
RandomModel odd_mixtral() {
  RandomModel random = odd_llama();
  model::Config& config = random.config;
  config.dense_layers = 0;
  config.experts = {.count = 5, .used = 2, .feed_forward = config.feed_forward};
  return random;
}

// Layers with a window of 5 positions between some that see all, under a rotation of their own. All
// experts run, so that no near-tie can flip.
RandomModel odd_mellum() {
  RandomModel random = odd_qwen("qwen3moe");
  model::Config& config = random.config;
  config.architecture = "mellum";
  config.layers = 3;
  add_yarn(random, 0);
  config.rope.factor = 16;
  config.windowed = {true, false, true};
  config.windowed_gqa.window = 5;
  config.experts.used = config.experts.count;
  return random;
}

// Every second layer with a window; sinks and biases.
RandomModel odd_gpt_oss() {
  RandomModel random = odd_qwen("qwen2");
  model::Config& config = random.config;
  config.architecture = "gpt-oss";
  config.layers = 3;
  config.dense_layers = 0;
  config.gqa.value_dim = config.gqa.key_dim;
  config.gqa.has_sinks = true;
  add_yarn(random, 0);
  config.windowed = {true, false, true};
  config.windowed_gqa.window = 7;
  config.experts = {.count = 7,
                    .used = 3,
                    .feed_forward = 18,
                    .normalise_weights = true,
                    .has_biases = true,
                    .activation = model::Activation::clamped_swiglu};
  return random;
}

std::vector<double> naive(const std::string& path, std::span<const int32_t> ids,
                          size_t first_wanted, KvCache kv_cache) {
  const auto file = open_model(path);
  return naive_logits(*file, model::read_config(*file).value(), ids, first_wanted, kv_cache);
}

void check_model(Suite& suite, const Kind& kind, const RandomModel& random) {
  const std::string path = random_file(random);
  const auto backend = make(kind, path, 96);
  const Ids ids = random_ids(70, random.config.vocab_size, static_cast<int>(random.seed));
  const auto expected = naive(path, ids, 0, kind.kv_cache);
  // The CPU backend keeps activations in float32 where the weights are floats.
  const double bound = kind.is_reference() ? 1e-5 : kind.bound(1e-4);
  for (const int chunk : {70, 9}) {
    const Rows rows = run_in_chunks(*backend, ids, chunk, blocks(0, 3));
    const bool flips = kind.is_fp8() && kind.rounds() && random.config.experts.count > 0;
    const double error =
        flips ? row_error(rows, expected, ids.size(), 0.75) : relative_error(rows, expected);
    suite.check(error <= bound, "relative error " + std::to_string(error) + " in batches of " +
                                    std::to_string(chunk));
  }
}

// All experts run, so that no near-tie can flip and every row can be compared.
RandomModel all_experts() {
  RandomModel random = many_experts();
  random.type = WeightType::q8_0;
  random.config.experts.count = random.config.experts.used = 8;
  random.config.experts.groups = random.config.experts.groups_used = 1;
  return random;
}

// The same behind grouped queries, and with Q4_K, which rows of 256 take.
RandomModel all_experts_grouped() {
  RandomModel random = all_experts();
  random.type = WeightType::q4_k;
  model::Config& config = random.config;
  config.architecture = "deepseek";
  config.rope = {};
  config.mla = {};
  config.gqa = {.heads = 6, .kv_heads = 2, .key_dim = 32, .value_dim = 32, .rope_dim = 32};
  config.hidden = config.feed_forward = 256;
  config.experts = {.count = 8, .used = 8, .shared = 2, .feed_forward = 256};
  return random;
}

// The types whose blocks hold 256 values, and those that other models here do not have.
constexpr WeightType wide_types[] = {WeightType::q2_k,    WeightType::q3_k,   WeightType::iq4_xs,
                                     WeightType::mxfp4,   WeightType::iq1_s,  WeightType::iq1_m,
                                     WeightType::iq2_xxs, WeightType::iq2_xs, WeightType::iq2_s,
                                     WeightType::iq3_xxs, WeightType::iq3_s};

RandomModel of_wide_blocks(WeightType type) {
  RandomModel random = all_experts();
  random.type = type;
  model::Config& config = random.config;
  config.hidden = 256;
  config.experts.feed_forward = 256;
  config.experts.count = config.experts.used = 2;
  return random;
}

// The backend's name.
std::string check_blocks(Suite& suite, const Kind& kind, const RandomModel& random,
                         const std::vector<int>& chunks, int count = 70) {
  const std::string path = random_file(random);
  const auto backend = make(kind, path, 96);
  const Ids ids = random_ids(count, random.config.vocab_size, 5);
  const auto expected = naive(path, ids, 0, kind.kv_cache);
  for (const int chunk : chunks) {
    const double error =
        relative_error(run_in_chunks(*backend, ids, chunk, blocks(0, 3)), expected);
    suite.check(
        error <= (kind.is_reference() ? 1e-5
                  : kind.rounds()     ? 0.05
                                      : kind.bound(1e-4)),
        "relative error " + std::to_string(error) + " in batches of " + std::to_string(chunk));
  }
  return backend->name();
}

// Latents as wide as tensor cores take them; more heads than a tile has rows, or a query of one
// product. One token at a time, which goes through a kernel of its own.
void check_wide_latents(Suite& suite, const Kind& kind) {
  RandomModel random = all_experts();
  model::Mla& mla = random.config.mla;
  mla = {.heads = 17, .kv_lora_rank = 256, .nope_dim = 32, .rope_dim = 32, .value_dim = 32};
  random.config.experts.shared = 2;
  // In each form of a step, which backends take in turn.
  std::string names;
  for (int pass = 0; pass < (kind.of == Of::cuda_fast ? 3 : 1); ++pass) {
    names += check_blocks(suite, kind, random, {1});
  }
  for (const char* form : {"a step by phases", "a step by overlapping", "a step by persistent"}) {
    const bool there = names.find(form) != std::string::npos;
    suite.check(there == (kind.of == Of::cuda_fast), "they are " + names);
  }
  mla = {.heads = 3,
         .q_lora_rank = 64,
         .kv_lora_rank = 512,
         .nope_dim = 32,
         .rope_dim = 8,
         .value_dim = 32};
  random.config.experts.shared = 0;
  const HopperMemory enough;
  check_blocks(suite, kind, random, {1, 70});
}

// V3's attention and choice of experts as they are (128 heads, latents of 512, 8 of 256 experts in
// 4 of 8 groups, by biased sigmoids), its mix of Q4_K and Q6_K; only what is between is narrower.
void check_v3(Suite& suite, const std::vector<Kind>& all) {
  RandomModel random = engine::cli::model_like("deepseek-v3").value();
  random.type = WeightType::q4_k;
  random.more_bits = WeightType::q6_k;
  model::Config& config = random.config;
  config.layers = 2;
  config.dense_layers = 1;
  config.hidden = 256;
  config.feed_forward = 512;
  config.vocab_size = 300;
  config.mla.q_lora_rank = 256;
  config.mla.nope_dim = config.mla.value_dim = 32;
  config.experts.feed_forward = 32;
  const std::string path = random_file(random);
  const Ids ids = random_ids(20, config.vocab_size, 6);
  const auto expected = naive(path, ids, 0, all.front().kv_cache);
  const HopperMemory enough;
  for (const Kind& kind : all) {
    const auto backend = make(kind, path, 64);
    const bool has_forms = std::string(backend->name()).find("a step by") != std::string::npos;
    suite.check(has_forms == (kind.of == Of::cuda_fast), std::string("it is ") + backend->name());
    for (const int chunk : {20, 1}) {
      const Rows rows = run_in_chunks(*backend, ids, chunk, blocks(0, 1));
      const double error = row_error(rows, expected, ids.size(), 0.75);
      const double bound = kind.is_reference() ? 1e-5 : kind.rounds() ? 0.06 : kind.bound(1e-4);
      suite.check(error <= bound, kind.name + ": a quarter of the rows is off by " +
                                      std::to_string(error) + " in batches of " +
                                      std::to_string(chunk));
    }
  }
}

// Past the context the model was trained on, with YaRN. Small: the naive evaluation is quadratic.
void check_far_positions(Suite& suite, const std::vector<Kind>& all) {
  RandomModel random = base_model();
  model::Config& config = random.config;
  config.layers = 2;
  config.dense_layers = 1;
  config.hidden = 24;
  config.feed_forward = 20;
  config.vocab_size = 50;
  config.mla = {.heads = 2, .kv_lora_rank = 12, .nope_dim = 6, .rope_dim = 8, .value_dim = 6};
  config.experts = {.count = 4, .used = 2, .shared = 1, .feed_forward = 10};
  add_yarn(random, 0.0707);
  const std::string path = random_file(random);
  // The emulation stays within the trained context; YaRN applies there as well.
  const bool short_text =
      std::any_of(all.begin(), all.end(), [](const Kind& kind) { return kind.is_slow; });
  const int count = short_text ? 600 : 4200;
  const Ids ids = random_ids(count, config.vocab_size, 8);
  const auto expected = naive(path, ids, count - 100, all.front().kv_cache);
  for (const Kind& kind : all) {
    if (kind.isa == "generic") continue;
    const auto backend = make(kind, path, count);
    const Blocks table = blocks(0, backend->block_count());
    const int last = count - 20;  // the last ones in small batches, another path on the CPU
    Rows rows = run(*backend, std::span(ids).first(last), 0, table);
    rows.erase(rows.begin(), rows.end() - 80 * config.vocab_size);
    for (int position = last; position < count; position += 5) {
      const Rows some = run(*backend, std::span(ids).subspan(position, 5), position, table);
      rows.insert(rows.end(), some.begin(), some.end());
    }
    const double error = relative_error(rows, expected);
    suite.check(error <= kind.bound(1e-4), kind.name + ": relative error " + std::to_string(error));
  }
}

}  // namespace

std::vector<Variant> variants() {
  std::vector<Variant> result{{"odd lite, legacy", odd_lite()},
                              {"odd v2, legacy", odd_v2()},
                              {"odd v3, legacy", odd_v3()},
                              {"256 experts", many_experts()}};
  const auto vary = [&](const std::string& name, RandomModel model, auto change) {
    change(model);
    model.seed = result.size() + 1;
    result.push_back({name, model});
  };
  for (Variant& variant : result) variant.model.layout = Layout::legacy;
  vary("odd lite, split, f16", odd_lite(), [](RandomModel& m) { m.type = WeightType::f16; });
  vary("odd v3, split, bf16", odd_v3(), [](RandomModel& m) { m.type = WeightType::bf16; });
  vary("odd v3, all three tensors", odd_v3(), [](RandomModel& m) { m.layout = Layout::all_three; });
  vary("odd v2, split, fused gate and up, tied", odd_v2(), [](RandomModel& m) {
    m.expert_tensors = ExpertTensors::fused_gate_up;
    m.output = OutputTensor::tied;
  });
  vary("odd lite, dense layers alone", odd_lite(), [](RandomModel& m) {
    m.config.dense_layers = m.config.layers;
    m.config.experts = {};
  });
  result.push_back({"odd llama, linear scaling", odd_llama()});
  result.push_back({"odd qwen3moe", odd_qwen("qwen3moe")});
  result.push_back({"odd deepseek", odd_deepseek()});
  result.push_back({"odd mixtral", odd_mixtral()});
  result.push_back({"odd mellum", odd_mellum()});
  result.push_back({"odd gpt-oss", odd_gpt_oss()});
  vary("odd deepseek, no expert shared, YaRN, f16", odd_deepseek(), [](RandomModel& m) {
    m.type = WeightType::f16;
    m.config.experts.shared = 0;
    m.config.gqa.rope_dim = m.config.gqa.key_dim;
    add_yarn(m, 0);
  });
  vary("odd llama, a factor for each pair", odd_llama(),
       [](RandomModel& m) { m.rope_factors = engine::cli::RopeFactors::present; });
  vary("odd qwen2, tied, f16", odd_qwen("qwen2"), [](RandomModel& m) {
    m.type = WeightType::f16;
    m.output = OutputTensor::tied;
  });
  vary("odd qwen3, one group, YaRN", odd_qwen("qwen3"), [](RandomModel& m) {
    m.config.gqa.kv_heads = 1;
    add_yarn(m, 0);
  });
  return result;
}

namespace {

// One model, whatever the layout.
void check_layouts_agree(Suite& suite, const Kind& kind) {
  const Ids ids = random_ids(40, odd_v3().config.vocab_size, 2);
  Rows first;
  for (const Layout layout : {Layout::legacy, Layout::split, Layout::all_three}) {
    RandomModel random = odd_v3();
    random.layout = layout;
    const Rows rows = run(*make(kind, random_file(random), 64), ids, 0, blocks(0, 2));
    if (first.empty()) first = rows;
    suite.check(relative_error(rows, first) <= kind.bound(1e-6), "the layouts differ");
  }
}

// A layer for multi-token prediction in the file changes no logits, whether it is used or not.
void check_prediction_layer(Suite& suite, const Kind& kind) {
  RandomModel random = many_experts();
  random.type = WeightType::q8_0;
  const Ids ids = random_ids(40, random.config.vocab_size, 3);
  const Rows plain = run(*make(kind, random_file(random), 64), ids, 0, blocks(0, 2));
  random.config.prediction_layers = 1;
  const auto predicting = make(kind, random_file(random), 64);
  suite.check(run(*predicting, ids, 0, blocks(0, 2)) == plain, "the logits differ");
}

}  // namespace

void random_model_cases(Suite& suite) {
  const auto all = kinds();
  for (const Kind& kind : all) {
    for (const Variant& variant : variants()) {
      if (!kind.takes(variant.model.config)) continue;
      suite.run(variant.name + ", " + kind.name,
                [&](Suite& s) { check_model(s, kind, variant.model); });
    }
    suite.run("q8_0, all experts in use, " + kind.name, [&](Suite& s) {
      check_blocks(s, kind, all_experts(), {70, 9});
    });
    if (kind.takes(all_experts_grouped().config)) {
      suite.run("q4_k, grouped queries, all experts in use, " + kind.name, [&](Suite& s) {
        check_blocks(s, kind, all_experts_grouped(), {70, 9, 1});
      });
    }
    for (const WeightType type : wide_types) {
      if (kind.is_fp8()) continue;  // which is about latents
      suite.run(std::string(engine::gguf::geometry(type).name) + ", " + kind.name, [&](Suite& s) {
        check_blocks(s, kind, of_wide_blocks(type), {20, 3}, 20);
      });
    }
    suite.run("wide latents, " + kind.name, [&](Suite& s) { check_wide_latents(s, kind); });
    suite.run("a layer for multi-token prediction, " + kind.name,
              [&](Suite& s) { check_prediction_layer(s, kind); });
    suite.run("layouts agree, " + kind.name, [&](Suite& s) { check_layouts_agree(s, kind); });
  }
  suite.run("V3's shape, narrower", [&](Suite& s) { check_v3(s, all); });
  suite.run("positions past the trained context", [&](Suite& s) { check_far_positions(s, all); });
}

}  // namespace conformance
