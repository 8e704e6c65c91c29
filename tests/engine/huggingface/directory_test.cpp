// A directory computes what the GGUF file it was written from computes, and says what is wrong with
// one that does not open.
#include "engine/huggingface/directory.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/backend/cpu/cpu.h"
#include "engine/backend/reference/reference.h"
#include "engine/cli/commands.h"
#include "engine/model/open.h"
#include "engine/model/weights.h"
#include "tests/engine/huggingface/export.h"
#include "tests/support/catch.h"

namespace {

namespace backend = engine::backend;
namespace gguf = engine::gguf;
using engine::gguf::WeightType;
using huggingface_export::Folder;
using huggingface_export::small_like;

enum class Which { reference, cpu };

std::vector<float> logits_of(const std::string& path, std::span<const int32_t> ids, Which which,
                             const std::string& adapter_path = "") {
  auto file = engine::model::open(path);
  INFO((file.ok() ? std::string() : file.message()));
  REQUIRE(file.ok());
  std::shared_ptr<const engine::model::Adapter> adapter;
  if (!adapter_path.empty()) {
    auto opened = engine::model::Adapter::open(adapter_path);
    INFO((opened.ok() ? std::string() : opened.message()));
    REQUIRE(opened.ok());
    adapter = *std::move(opened);
  }
  auto weights = engine::model::load_weights(std::make_shared<const gguf::File>(*std::move(file)),
                                             std::move(adapter));
  INFO((weights.ok() ? std::string() : weights.message()));
  REQUIRE(weights.ok());
  const int count = static_cast<int>(ids.size());
  auto made = which == Which::reference
                  ? backend::reference::make_backend(*std::move(weights), count)
                  : backend::cpu::make_backend(*std::move(weights), count,
                                               std::make_shared<engine::base::ThreadPool>(2));
  REQUIRE(made.ok());
  backend::Backend& model = **made;
  std::vector<backend::BatchToken> tokens;
  for (int i = 0; i < count; ++i) tokens.push_back({ids[i], i, 0, true});
  std::vector<backend::BlockId> table;
  for (int block = 0; block < model.block_count(); ++block) table.push_back(block);
  const std::span<const backend::BlockId> tables[] = {table};
  std::vector<float> rows(ids.size() * model.config().vocab_size);
  REQUIRE(model.run({tokens, tables}, rows, {}).ok());
  return rows;
}

double relative_error(std::span<const float> found, std::span<const float> expected) {
  REQUIRE(found.size() == expected.size());
  double error = 0, norm = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    error += (found[i] - double{expected[i]}) * (found[i] - double{expected[i]});
    norm += double{expected[i]} * expected[i];
  }
  return std::sqrt(error / norm);
}

const std::vector<int32_t> some_ids = {3, 141, 59, 26, 5, 35, 89, 79, 32, 38, 46, 264, 33, 83};

void check_same(const std::string& gguf_path, const Folder& folder, double allowed) {
  for (const Which which : {Which::reference, Which::cpu}) {
    const auto expected = logits_of(gguf_path, some_ids, which);
    const double error = relative_error(logits_of(folder.path(), some_ids, which), expected);
    CHECK(error <= allowed);
  }
}

// The rows of heads are in another order with some, and so are the sums over them.
void check_shape(const char* shape, WeightType type, size_t shards) {
  INFO(shape);
  const Folder folder;
  const std::string path = folder.file("same.gguf");
  REQUIRE(engine::cli::write_random_model(small_like(shape, type), path).ok());
  huggingface_export::write_directory(gguf::File::open(path).value(), folder, shards);
  const auto config = engine::model::read_config(gguf::File::open(path).value()).value();
  check_same(path, folder, engine::model::is_permuted_in_gguf(config) ? 1e-4 : 0);
}

// A directory that opens, to be damaged.
struct Sample {
  explicit Sample(size_t shards = 1, const char* shape = "deepseek-v3-small") {
    const Folder aside;
    const std::string path = aside.file("model.gguf");
    REQUIRE(engine::cli::write_random_model(small_like(shape, WeightType::f16), path).ok());
    huggingface_export::write_directory(gguf::File::open(path).value(), folder, shards);
  }
  std::string problem() const {
    auto file = engine::huggingface::open_directory(folder.path());
    if (!file.ok()) return file.message();
    const auto weights =
        engine::model::load_weights(std::make_shared<const gguf::File>(*std::move(file)));
    return weights.ok() ? "" : weights.message();
  }
  void check(const std::string& expected) const {
    CHECK_THAT(problem(), Catch::Matchers::Contains(expected));
    CHECK_THAT(problem(), Catch::Matchers::StartsWith(folder.path()));
  }
  // With a field of config.json another.
  static void check_config(const char* shape, const std::string& from, const std::string& to,
                           const std::string& expected) {
    const Sample sample(1, shape);
    sample.folder.replace("config.json", from, to);
    sample.check(expected);
  }

  Folder folder;
};

// PEFT's files for some matrices, each given as its name and shape [rows, columns].
struct Adapted {
  std::string module;
  uint64_t rows, columns;
};
std::string bytes_of_values(size_t size, uint32_t seed) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) {
    seed = seed * 1664525 + 1013904223;
    const float value = static_cast<float>(seed >> 8) / (1 << 24) / 5 - 0.1f;
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}
void write_adapter(const Folder& folder, const std::vector<Adapted>& modules) {
  folder.write("adapter_config.json",
               R"({"peft_type": "LORA", "r": 3, "lora_alpha": 6, "bias": "none"})");
  std::vector<huggingface_export::Tensor> tensors;
  for (const Adapted& each : modules) {
    const std::string name = "base_model.model." + each.module;
    const auto seed = static_cast<uint32_t>(tensors.size());
    tensors.push_back({name + ".lora_A.weight",
                       "F32",
                       {3, each.columns},
                       bytes_of_values(3 * each.columns, seed)});
    tensors.push_back(
        {name + ".lora_B.weight", "F32", {each.rows, 3}, bytes_of_values(3 * each.rows, seed + 1)});
  }
  folder.write("adapter_model.safetensors", huggingface_export::safetensors(tensors));
}

std::string adapter_problem(const Folder& folder) {
  const auto adapter = engine::model::Adapter::open(folder.path());
  return adapter.ok() ? "" : adapter.message();
}

void check_adapter_config(const std::string& config, const std::string& expected) {
  const Folder folder;
  write_adapter(folder, {{"model.layers.0.self_attn.q_proj", 8, 8}});
  folder.write("adapter_config.json", config);
  CHECK_THAT(adapter_problem(folder), Catch::Matchers::Contains(expected));
  CHECK_THAT(adapter_problem(folder), Catch::Matchers::StartsWith(folder.path()));
}

}  // namespace

TEST_CASE("an adapter of PEFT does the same to a directory and to its GGUF file") {
  const std::string like = GENERATE("llama-3.2-1b", "deepseek-moe-16b");
  INFO(like);
  const Folder folder, adapter;
  const std::string path = folder.file("same.gguf");
  const auto model = small_like(like, WeightType::f32);
  REQUIRE(engine::cli::write_random_model(model, path).ok());
  huggingface_export::write_directory(gguf::File::open(path).value(), folder, 1);
  // In the GGUF file the rows of queries and keys lie otherwise.
  const auto hidden = static_cast<uint64_t>(model.config.hidden);
  const auto& gqa = model.config.gqa;
  const auto queries = static_cast<uint64_t>(gqa.heads) * gqa.key_dim;
  const auto keys = static_cast<uint64_t>(gqa.kv_heads) * gqa.key_dim;
  write_adapter(adapter, {{"model.layers.0.self_attn.q_proj", queries, hidden},
                          {"model.layers.1.self_attn.k_proj", keys, hidden}});
  const auto plain = logits_of(folder.path(), some_ids, Which::reference);
  const auto expected = logits_of(folder.path(), some_ids, Which::reference, adapter.path());
  CHECK(relative_error(plain, expected) > 0.01);
  CHECK(relative_error(logits_of(path, some_ids, Which::reference, adapter.path()), expected) <=
        1e-5);
}

TEST_CASE("experts of an adapter of PEFT are found by their numbers") {
  const Folder folder, adapter;
  const std::string path = folder.file("same.gguf");
  const auto model = small_like("qwen3-30b-a3b", WeightType::f32);
  REQUIRE(engine::cli::write_random_model(model, path).ok());
  const auto hidden = static_cast<uint64_t>(model.config.hidden);
  const auto width = static_cast<uint64_t>(model.config.experts.feed_forward);
  std::vector<Adapted> modules;
  for (int expert = 0; expert < model.config.experts.count; ++expert) {
    modules.push_back(
        {"model.layers.0.mlp.experts." + std::to_string(expert) + ".up_proj", width, hidden});
  }
  write_adapter(adapter, modules);
  const auto plain = logits_of(path, some_ids, Which::reference);
  const auto adapted = logits_of(path, some_ids, Which::reference, adapter.path());
  CHECK(relative_error(plain, adapted) > 1e-4);
  CHECK(relative_error(logits_of(path, some_ids, Which::cpu, adapter.path()), adapted) <= 1e-4);
  modules.erase(modules.begin() + 1);
  write_adapter(adapter, modules);
  CHECK_THAT(adapter_problem(adapter), Catch::Matchers::Contains("experts.1.up_proj.lora_A"));
}

TEST_CASE("what lemma does not apply of PEFT is refused by name") {
  const std::string begin = R"({"peft_type": "LORA", "r": 3, "lora_alpha": 6, )";
  check_adapter_config(R"({"peft_type": "IA3", "r": 3, "lora_alpha": 6})", "'peft_type'");
  check_adapter_config(begin + R"("use_dora": true})", "'use_dora'");
  check_adapter_config(begin + R"("alora_invocation_tokens": [5, 6]})", "activated LoRA");
  check_adapter_config(begin + R"("bias": "all"})", "'bias'");
  check_adapter_config(begin + R"("rank_pattern": {"q_proj": 8}})", "'rank_pattern'");
  check_adapter_config(R"({"peft_type": "LORA", "r": 0, "lora_alpha": 6})", "'r'");
  check_adapter_config(R"({"peft_type": "LORA", "r": 3, "lora_alpha": -6})", "'lora_alpha'");
  const Folder folder;
  CHECK_THAT(adapter_problem(folder), Catch::Matchers::Contains("without adapter_config.json"));
  folder.write("adapter_config.json", R"({"peft_type": "LORA", "r": 3, "lora_alpha": 6})");
  CHECK_THAT(adapter_problem(folder), Catch::Matchers::Contains("adapter_model.safetensors"));
  write_adapter(folder, {{"model.layers.0.self_attn.strange_proj", 8, 8}});
  CHECK_THAT(adapter_problem(folder), Catch::Matchers::Contains("no tensor of that name"));
}

TEST_CASE("a directory computes what its GGUF file computes, in every architecture") {
  check_shape("deepseek-v3-small", WeightType::bf16, 1);
  check_shape("deepseek-coder-v2-lite", WeightType::f16, 3);
  check_shape("default", WeightType::f32, 1);
  check_shape("qwen2.5-coder-1.5b", WeightType::bf16, 2);
  check_shape("qwen3-0.6b", WeightType::f16, 1);
  check_shape("qwen3-30b-a3b", WeightType::bf16, 4);
  check_shape("llama-3.2-1b", WeightType::f32, 2);
  check_shape("deepseek-moe-16b", WeightType::bf16, 2);
  check_shape("deepseek-moe-small", WeightType::f32, 1);
}

TEST_CASE("a directory reaches the golden logits") {
  const char* const more = std::getenv("LEMMA_GOLDEN");
  const std::string here = LEMMA_SOURCE_DIR "/tests/golden";
  std::vector<std::pair<std::string, std::string>> models = {{here, "qwen2-f16"},
                                                             {here, "deepseek-f16"}};
  for (const char* name :
       {"v2lite-f16", "v2-f16", "v3-f16", "v3-bf16", "llama-f16", "qwen3moe-f16"}) {
    if (more != nullptr) models.emplace_back(more, name);
  }
  for (const auto& [golden, name] : models) {
    INFO(name);
    std::ifstream tokens(golden + "/tokens.txt");
    std::vector<int32_t> ids;
    for (int32_t id; tokens >> id;) ids.push_back(id);
    std::vector<float> expected(ids.size() * 512);
    std::ifstream file(golden + "/" + name + ".logits.f32", std::ios::binary);
    file.read(reinterpret_cast<char*>(expected.data()),
              static_cast<std::streamsize>(expected.size() * sizeof(float)));
    REQUIRE(file.good());
    const Folder folder;
    huggingface_export::write_directory(gguf::File::open(golden + "/" + name + ".gguf").value(),
                                        folder, 2);
    CHECK(relative_error(logits_of(folder.path(), ids, Which::reference), expected) <= 1e-4);
  }
}

TEST_CASE("weights are used where the files have them") {
  const Sample sample(1, "qwen3-30b-a3b");
  const auto file = engine::huggingface::open_directory(sample.folder.path()).value();
  const std::byte* least = nullptr;
  const std::byte* most = nullptr;
  const auto see = [&](std::span<const std::byte> data) {
    least = least == nullptr ? data.data() : std::min(least, data.data());
    most = std::max(most, data.data() + data.size());
  };
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    if (tensor.parts.empty()) see(tensor.data);
    for (const auto part : tensor.parts) see(part);
  }
  const size_t bytes = std::filesystem::file_size(sample.folder.file("model.safetensors"));
  CHECK(static_cast<size_t>(most - least) < bytes);
}

TEST_CASE("files that are missing are named") {
  for (const char* name :
       {"config.json", "tokenizer.json", "model-1.safetensors", "model.safetensors.index.json"}) {
    const Sample sample(2);
    std::filesystem::remove(sample.folder.file(name));
    INFO(name);
    CHECK_THAT(sample.problem() + " cannot open", Catch::Matchers::Contains(name));
  }
  const Folder folder;
  folder.write("a.gguf", "");
  CHECK_THAT(engine::model::open(folder.path()).message(),
             Catch::Matchers::Contains("name one, such as " + folder.file("a.gguf")));
}

TEST_CASE("an index that lies is refused") {
  const std::string index = "model.safetensors.index.json";
  const Sample outside(2);
  outside.folder.replace(index, "\"model.norm.weight\": \"model-",
                         "\"model.norm.weight\": \"../model-");
  outside.check("is no name of a file in this folder");
  const Sample other(2);
  other.folder.replace(index, "\"model.norm.weight\"", "\"model.nora.weight\"");
  other.check("which does not hold that tensor");
  const Sample twice(2);
  twice.folder.replace(index, "\"weight_map\": {",
                       "\"weight_map\": {\"lm_head.weight\": \"model-0.safetensors\", "
                       "\"lm_head.weight\": \"model-0.safetensors\", ");
  twice.check(": is there twice");
}

TEST_CASE("tensors that are missing, unknown, twice or of a type lemma does not read are named") {
  const std::string file = "model.safetensors";
  const Sample missing;
  missing.folder.replace(file, "model.layers.1.mlp.experts.2.up_proj.weight",
                         "model.layers.9.mlp.experts.2.up_proj.weight");
  missing.check("tensor model.layers.1.mlp.experts.2.up_proj.weight is missing");
  const Sample last;
  last.folder.replace(file, "model.layers.0.self_attn.o_proj.weight",
                      "model.layers.0.self_attn.o_proy.weight");
  last.check("lemma knows no tensor of that name");
  const Sample none;
  none.folder.replace(file, "model.layers.0.self_attn.o_proj.weight",
                      "model.layers.0.abc.rotary_emb.inv_freq");
  none.check("tensor model.layers.0.self_attn.o_proj.weight is missing; expected one of shape");
  const Sample twice;
  twice.folder.replace(file, "model.layers.2.self_attn.o_proj.weight",
                       "model.layers.0.self_attn.o_proj.weight");
  twice.check("appears twice");
  const Sample same;
  same.folder.replace(file, "model.layers.2.self_attn.o_proj.weight",
                      "model.layers.0000.mlp.gate_proj.weight");
  same.check(": is there twice");
}

TEST_CASE("configurations that lemma does not compute are refused by field") {
  const char* const v3 = "deepseek-v3-small";
  const auto check = &Sample::check_config;
  check(v3, "\"deepseek_v3\"", "\"gpt_oss\"", "config.json: field 'model_type' at byte ");
  check(v3, "\"deepseek_v3\"", "\"gpt_oss\"",
        "is 'gpt_oss'; lemma runs directories of deepseek, deepseek_v2, deepseek_v3, llama, qwen2");
  check(v3, "\"hidden_size\": 64", "\"hidden_size\": \"64\"", "field 'hidden_size' at byte ");
  check(v3, "\"hidden_size\": 64", "\"hidden_size\": \"64\"", "is not an integer");
  check(v3, "\"hidden_size\": 64", "\"hidden_size\": 65", "has shape ");
  check(v3, "\"hidden_size\": 64", "\"hidden_size\": null", "'hidden_size': is missing");
  check(v3, "\"kv_lora_rank\": 128", "\"kv_lora_rank\": 0",
        "kv_lora_rank is 0; it must be between");
  check(v3, "\"kv_lora_rank\": 128", "\"kv_lora_rank\": 0",
        "config.json: field 'kv_lora_rank' at byte ");
  check(v3, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2", "block_count is 2, but");
  check(v3, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1e9", "is not an integer");
  check(v3, "\"silu\"", "\"gelu\"", "is 'gelu'; lemma computes 'silu' alone");
  check(v3, "\"yarn\"", "\"longrope\"", "rope_scaling.type' at byte ");
  check(v3, "\"mscale\": 1", "\"mscale\": 2", "differs from mscale_all_dim");
  check(v3, "\"noaux_tc\"", "\"best\"", "is 'best'; lemma computes greedy");
  check(v3, "\"hidden_act\"",
        "\"quantization_config\": {\"quant_method\": \"fp8\"}, \"hidden_act\"",
        "the weights are quantized (FP8), and of a directory lemma reads BF16, F16 and F32; take");
  check("qwen3-30b-a3b", "\"norm_topk_prob\": true", "\"norm_topk_prob\": false", "is false");
  const char* const first = "deepseek-moe-16b";
  check(first, "\"softmax\"", "\"sigmoid\"", "is 'sigmoid'; lemma computes 'softmax' alone");
  check(first, "\"hidden_act\"", "\"moe_layer_freq\": 2, \"hidden_act\"",
        "is 2; lemma computes 1 alone");
  check(first, "\"num_experts_per_tok\": 4", "\"num_experts_per_tok\": 17",
        "expert_used_count is 17");
  check(first, "\"num_experts_per_tok\": 4, ", "", "'num_experts_per_tok': is missing");
  check(first, "\"first_k_dense_replace\": 1", "\"first_k_dense_replace\": 4",
        "leading_dense_block_count is 4");
  check("qwen2.5-coder-1.5b", "\"hidden_act\"", "\"use_sliding_window\": true, \"hidden_act\"",
        "use_sliding_window' at byte ");
  check("qwen2.5-coder-1.5b", "\"hidden_act\"", "\"tie_word_embeddings\": false, \"hidden_act\"",
        "lm_head.weight is missing");
}

TEST_CASE("weights in FP8 are refused by name with what to take instead") {
  const Folder folder;
  folder.write("config.json", Sample().folder.read("config.json"));
  folder.write("tokenizer.json", huggingface_export::small_tokenizer());
  folder.write("model.safetensors",
               huggingface_export::safetensors(
                   {{"model.norm.weight", "F8_E4M3", {64}, std::string(64, 'x')}}));
  const auto file = engine::model::open(folder.path());
  CHECK_THAT(file.message(), Catch::Matchers::Contains("tensor 'model.norm.weight' at byte ") &&
                                 Catch::Matchers::Contains(
                                     "is in FP8 (F8_E4M3), which lemma does not read; take the "
                                     "model's BF16 version"));
}

TEST_CASE("layers that predict further tokens are left out") {
  const Sample sample;
  sample.folder.replace("config.json", "\"num_hidden_layers\": 3",
                        "\"num_hidden_layers\": 2, \"num_nextn_predict_layers\": 1");
  CHECK(sample.problem() == "");
  std::ostringstream out;
  REQUIRE(engine::cli::info(sample.folder.path(), engine::cli::Output::json, out).ok());
  CHECK_THAT(out.str(), Catch::Matchers::Contains("\"layers\": 2") &&
                            Catch::Matchers::Contains("\"prediction_layers\": 1"));
}

TEST_CASE("the commands take a directory for a model") {
  const Sample sample;
  for (const std::string& path : {sample.folder.path(), sample.folder.path() + "/"}) {
    std::ostringstream out;
    REQUIRE(engine::cli::info(path, engine::cli::Output::json, out).ok());
    CHECK_THAT(out.str(), Catch::Matchers::Contains("\"format\": \"safetensors\"") &&
                              Catch::Matchers::Contains("\"architecture\": \"deepseek2\"") &&
                              Catch::Matchers::Contains("\"name\": \"lemma-huggingface-") &&
                              Catch::Matchers::Contains("\"runs\": true"));
  }
}

TEST_CASE("damage to config.json never crashes and is refused with the file's name") {
  const Sample sample;
  const std::string whole = sample.folder.read("config.json");
  for (size_t length = 0; length < whole.size(); ++length) {
    sample.folder.write("config.json", whole.substr(0, length));
    CHECK_THAT(sample.problem(), Catch::Matchers::Contains("config.json: no JSON: byte "));
  }
  size_t refused = 0;
  for (size_t position = 0; position < whole.size(); ++position) {
    std::string bytes = whole;
    bytes[position] = static_cast<char>(bytes[position] ^ (1 << position % 7));
    sample.folder.write("config.json", bytes);
    refused += !sample.problem().empty();
  }
  CHECK(refused > whole.size() / 2);
}
