// What adapters add to which matrix, and what is said of those that fit none.
#include "engine/model/adapter.h"

#include <cmath>
#include <limits>

#include "engine/gguf/writer.h"
#include "tests/engine/model/model_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::gguf::Value;
using engine::gguf::WeightType;

struct Tensor {
  std::string name;
  std::vector<uint64_t> shape;
  float value = 0.5f;
};

struct Sample {
  std::string type = "adapter";
  std::string architecture = "deepseek2";
  std::string method = "lora";
  float alpha = 8;
  std::vector<Tensor> tensors = {{"blk.0.attn_q_a.weight.lora_a", {256, 4}},
                                 {"blk.0.attn_q_a.weight.lora_b", {4, 96}}};
};

std::string write(const support::TemporaryFolder& folder, const Sample& sample) {
  const std::string path = folder.path("adapter.gguf");
  engine::gguf::Writer writer;
  writer.add("general.type", Value(std::string_view(sample.type)));
  writer.add("general.architecture", Value(std::string_view(sample.architecture)));
  writer.add("adapter.type", Value(std::string_view(sample.method)));
  writer.add("adapter.lora.alpha", sample.alpha);
  for (const Tensor& tensor : sample.tensors) {
    writer.add_tensor(tensor.name, WeightType::f32, tensor.shape);
  }
  REQUIRE(writer.begin(path).ok());
  for (const Tensor& tensor : sample.tensors) {
    size_t size = 1;
    for (const uint64_t extent : tensor.shape) size *= extent;
    const std::vector<float> values(size, tensor.value);
    REQUIRE(writer.write(std::as_bytes(std::span(values))).ok());
  }
  REQUIRE(writer.finish().ok());
  return path;
}

// What is wrong with it, for a small model of V3's kind; empty: nothing.
std::string problem(const Sample& sample) {
  const support::TemporaryFolder folder;
  const auto adapter = engine::model::Adapter::open(write(folder, sample));
  if (!adapter.ok()) return adapter.message();
  auto model = model_file::small();
  const std::string path = folder.path("model.gguf");
  REQUIRE(engine::cli::write_random_model(model, path).ok());
  const auto file =
      std::make_shared<const engine::gguf::File>(engine::gguf::File::open(path).value());
  const auto weights = engine::model::load_weights(file, *adapter);
  return weights.ok() ? "" : weights.message();
}

void check_refused(const Sample& sample, std::initializer_list<const char*> says) {
  const std::string message = problem(sample);
  INFO(message);
  CHECK(message.find("adapter.gguf") != std::string::npos);
  for (const char* words : says) CHECK(message.find(words) != std::string::npos);
}

// The rows of attn_q_a in that model.
uint64_t low_rank_queries() {
  return static_cast<uint64_t>(model_file::small().config.mla.q_lora_rank);
}

Sample fitting() {
  Sample sample;
  sample.tensors[1].shape = {4, low_rank_queries()};
  return sample;
}

}  // namespace

TEST_CASE("an adapter that fits is added, times alpha over rank") {
  CHECK(problem(fitting()).empty());
  const support::TemporaryFolder folder;
  const auto adapter = engine::model::Adapter::open(write(folder, fitting())).value();
  const auto* pair = adapter->find("blk.0.attn_q_a.weight");
  REQUIRE(pair != nullptr);
  CHECK(pair->rank == 4);
  CHECK(pair->a.front() == 0.5f);
  CHECK(pair->b.front() == 1);  // 8 / 4 times a half
  CHECK(adapter->find("blk.0.attn_q_b.weight") == nullptr);
  Sample plain = fitting();
  plain.alpha = 0;
  CHECK(engine::model::Adapter::open(write(folder, plain))
            .value()
            ->find("blk.0.attn_q_a.weight")
            ->b.front() == 0.5f);
}

TEST_CASE("what an adapter adds is told apart by its values") {
  const support::TemporaryFolder folder;
  const auto one = engine::model::Adapter::open(write(folder, fitting())).value();
  const auto same = engine::model::Adapter::open(write(folder, fitting())).value();
  Sample changed = fitting();
  changed.tensors[0].value = 0.25f;
  const auto other = engine::model::Adapter::open(write(folder, changed)).value();
  CHECK(one->fingerprint() == same->fingerprint());
  CHECK(one->fingerprint() != other->fingerprint());
}

TEST_CASE("what is no adapter for the model is refused by name") {
  Sample sample = fitting();
  sample.type = "model";
  check_refused(sample, {"is a model, not an adapter"});
  sample = fitting();
  sample.method = "ia3";
  check_refused(sample, {"adapter.type", "'ia3'", "'lora'"});
  sample = fitting();
  sample.architecture = "llama";
  check_refused(sample, {"architecture 'llama'", "model.gguf is 'deepseek2'", "trained on"});
}

TEST_CASE("a pair that is incomplete or misshapen is refused by name") {
  Sample sample = fitting();
  sample.tensors.pop_back();
  check_refused(sample, {"attn_q_a.weight.lora_a", "has no tensor", "attn_q_a.weight.lora_b"});
  sample = fitting();
  sample.tensors[1].shape[0] = 5;
  check_refused(sample, {"attn_q_a.weight.lora_a", "[256, 4]", "lora_b [5, ", "[columns, rank]"});
  sample = fitting();
  sample.tensors[1].shape[1] += 1;
  check_refused(sample, {"attn_q_a.weight.lora_a", "is for 1 x [256, ", "model.gguf"});
  sample = fitting();
  sample.tensors[0].name = "blk.0.attn_q_a.weight";
  check_refused(sample, {"blk.0.attn_q_a.weight", "neither in .lora_a nor .lora_b"});
  sample = fitting();
  sample.tensors.clear();
  check_refused(sample, {"holds no tensors"});
}

TEST_CASE("a pair for what no adapter can change is refused by name") {
  for (const char* name : {"token_embd.weight", "blk.7.attn_q_a.weight", "blk.0.attn_k.weight"}) {
    Sample sample = fitting();
    sample.tensors[0].name = std::string(name) + ".lora_a";
    sample.tensors[1].name = std::string(name) + ".lora_b";
    check_refused(sample, {name, "has no matrix", "that an adapter can change"});
  }
}

TEST_CASE("numbers that are none are refused") {
  Sample sample = fitting();
  sample.tensors[1].value = std::numeric_limits<float>::quiet_NaN();
  check_refused(sample, {"attn_q_a.weight.lora_a", "no finite number"});
}
