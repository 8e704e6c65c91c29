#include "engine/model/weights.h"

#include <map>

#include "tests/engine/model/model_file.h"
#include "tests/support/catch.h"

namespace {

using engine::cli::Layout;

std::string error_of(const std::string& bytes) {
  const auto weights = model_file::load(bytes);
  return weights.ok() ? "" : weights.message();
}

void check_names(const std::string& message, std::initializer_list<const char*> parts) {
  INFO(message);
  for (const char* part : parts) CHECK(message.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a missing tensor is named with the shape it should have") {
  for (const char* name :
       {"token_embd.weight", "output_norm.weight", "blk.0.attn_q_a.weight", "blk.1.attn_v_b.weight",
        "blk.0.ffn_down.weight", "blk.1.ffn_gate_inp.weight", "blk.1.ffn_up_exps.weight",
        "blk.1.ffn_down_shexp.weight"}) {
    std::string bytes = model_file::bytes_of(model_file::small());
    std::string other = name;
    other.back() = 'x';
    model_file::replace(bytes, name, other);
    check_names(error_of(bytes), {"/proc/self/fd/", name,
                                  "is missing from the list of tensors at byte ", "shape ["});
  }
}

TEST_CASE("a misshapen tensor is named with both shapes") {
  std::string bytes = model_file::bytes_of(model_file::small());
  model_file::set_shape(bytes, "blk.0.attn_norm.weight", {255});
  check_names(error_of(bytes), {"blk.0.attn_norm.weight at byte ", "[255]", "expected [256]"});

  bytes = model_file::bytes_of(model_file::small());
  model_file::set_shape(bytes, "blk.1.ffn_down_exps.weight", {128, 256, 31});
  check_names(error_of(bytes),
              {"blk.1.ffn_down_exps.weight", "[128, 256, 31]", "expected [128, 256, 32]"});

  bytes = model_file::bytes_of(model_file::small());
  model_file::set_shape(bytes, "token_embd.weight", {256, 299});
  check_names(error_of(bytes), {"token_embd.weight", "[256, 299]", "expected [256, 300]"});
}

TEST_CASE("the three layouts hold the same projections") {
  auto model = model_file::small();
  model.type = engine::gguf::WeightType::f32;
  std::vector<engine::model::LatentProjections> found;
  for (const Layout layout : {Layout::legacy, Layout::split, Layout::all_three}) {
    model.layout = layout;
    const auto weights = model_file::load(model_file::bytes_of(model)).value();
    const auto& attention = weights.layers[1].attention;
    CHECK(attention.kv_b.empty() == (layout != Layout::legacy));
    found.push_back(engine::model::latent_projections(weights.config.mla, attention));
  }
  CHECK(found[0].key.size() == 8u * 128 * 32);
  CHECK(found[0].key == found[1].key);
  CHECK(found[0].value == found[1].value);
  CHECK(found[0].key == found[2].key);
  CHECK(found[0].value == found[2].value);
}

TEST_CASE("fused gate and up tensors are seen as two") {
  auto model = model_file::small();
  model.expert_tensors = engine::cli::ExpertTensors::fused_gate_up;
  const auto weights = model_file::load(model_file::bytes_of(model)).value();
  const auto& experts = weights.layers[1].experts;
  CHECK(experts.gate.at(3).rows == 128);
  CHECK(experts.up.at(3).data == experts.gate.at(3).row(128).data());
  CHECK(experts.gate.at(4).data == experts.up.at(3).row(128).data());
}

TEST_CASE("without an output tensor the embedding serves") {
  auto model = model_file::small();
  model.output = engine::cli::OutputTensor::tied;
  const auto weights = model_file::load(model_file::bytes_of(model)).value();
  CHECK(weights.output.data == weights.token_embedding.data);
}

TEST_CASE("q4_k_m mixes types as the published Coder-V2-Lite does") {
  auto model = engine::cli::model_like("deepseek-coder-v2-lite").value();
  model.type = engine::gguf::WeightType::q4_k;
  model.more_bits = engine::gguf::WeightType::q6_k;
  model.layout = Layout::legacy;
  // Small, with rows that are multiples of 256 where Lite's are.
  engine::model::Config& config = model.config;
  config.hidden = 256;
  config.feed_forward = 288;
  config.vocab_size = 16;
  config.mla = {.heads = 2, .kv_lora_rank = 256, .nope_dim = 8, .rope_dim = 2, .value_dim = 128};
  config.experts = {.count = 2, .used = 1, .shared = 2, .feed_forward = 128};
  const auto weights = model_file::load(model_file::bytes_of(model)).value();
  std::map<std::string_view, int> counts;
  for (const auto& tensor : weights.file->tensors()) {
    ++counts[engine::gguf::geometry(tensor.type).name];
  }
  const std::map<std::string_view, int> published{
      {"f32", 108}, {"q5_0", 14}, {"q8_0", 13}, {"q4_K", 229}, {"q6_K", 13}};
  CHECK(counts == published);
}
