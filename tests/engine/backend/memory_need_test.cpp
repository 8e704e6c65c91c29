#include "engine/backend/memory_need.h"

#include <unistd.h>

#include <filesystem>

#include "engine/backend/cpu/cpu.h"
#include "engine/cli/random_model.h"
#include "tests/support/catch.h"

namespace {

namespace backend = engine::backend;

constexpr int64_t gib = int64_t{1} << 30;

// A model of 16 billion weights, with a KV cache of 1 GiB for 16384 tokens.
backend::MemoryNeed need(double bits) {
  return {"model.gguf", static_cast<int64_t>(bits / 8 * 16e9), 16'000'000'000, gib, 16384};
}

using engine::gguf::WeightType;

engine::model::Weights small_model(WeightType type = WeightType::q8_0, int prediction_layers = 0) {
  auto model = engine::cli::model_like("deepseek-v3-small").value();
  model.type = type;
  model.config.layers = 2;
  model.config.prediction_layers = prediction_layers;
  const std::string path =
      std::filesystem::temp_directory_path() / ("lemma-memory-need-" + std::to_string(getpid()));
  REQUIRE(engine::cli::write_random_model(model, path).ok());
  auto file = engine::gguf::File::open(path);
  std::filesystem::remove(path);
  return engine::model::load_weights(
             std::make_shared<const engine::gguf::File>(std::move(file).value()))
      .value();
}

void check_refused(const backend::MemoryNeed& need, int64_t there, const std::string& expected) {
  const auto status = backend::check_memory(need, there);
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(status.message(), Catch::Matchers::StartsWith("model.gguf: the model needs ") &&
                                   Catch::Matchers::EndsWith(expected));
}

}  // namespace

TEST_CASE("a model that fits with something left is taken") {
  CHECK(backend::check_memory(need(4.9), 12 * gib).ok());
  CHECK(backend::check_memory(need(16), 32 * gib).ok());
}

TEST_CASE("where only a smaller KV cache fits, it is made smaller") {
  CHECK(backend::fitted(need(4.9), 12 * gib).kv_tokens == 16384);
  // 9.13 GiB of weights, and 0.6 of the 0.62 GiB left are 9 of 16 parts of the cache.
  const auto smaller = backend::fitted(need(4.9), 10 * gib + gib / 2);
  CHECK(smaller.kv_tokens == 11264);
  CHECK(smaller.cache == gib / 16384 * 11264);
  CHECK(backend::check_memory(smaller, 10 * gib + gib / 2).ok());
  const backend::MemoryNeed other{"other.gguf", gib / 4, 1'000'000'000, 0, 0};
  CHECK(backend::fitted(need(4.9), 10 * gib + gib / 2, other).kv_tokens == 7168);
  // Too small to be of use: refused as it is.
  CHECK(backend::fitted(need(4.9), 10 * gib - gib / 4).kv_tokens == 16384);
  CHECK(backend::fitted(need(16), 24 * gib).kv_tokens == 16384);
  CHECK(backend::fitted({}, 24 * gib).kv_tokens == 0);
}

TEST_CASE("a model past memory is refused with what would fit") {
  check_refused(need(16), 24 * gib, "choose the model as Q8_0 or with fewer bits a weight");
  check_refused(need(16), 16 * gib, "choose the model as Q6_K or with fewer bits a weight");
  check_refused(need(8.5), 12 * gib, "choose the model as Q4_K_M or with fewer bits a weight");
  check_refused(need(4.9), 4 * gib, "choose a smaller model");
  check_refused(need(3.4), 2 * gib, "choose a smaller model");
}

TEST_CASE("a KV cache past memory is refused with the longest that fits") {
  auto longer = need(4.9);
  longer.cache = 8 * gib;
  longer.kv_tokens = 16 * 8192;
  check_refused(
      longer, 12 * gib,
      "has 12.0 GiB, of which lemma takes up to 11.2 GiB; choose a context of 34783 tokens "
      "at most, or a smaller model");
}

TEST_CASE("a model that fits alone is refused beside another that leaves too little") {
  auto other = need(4.9);
  other.path = "other.gguf";
  CHECK(backend::check_memory(need(4.9), 24 * gib, other).ok());
  const auto status = backend::check_memory(need(4.9), 16 * gib, other);
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(status.message(),
             Catch::Matchers::Contains("tokens, beside the 10.1 GiB of other.gguf, and this") &&
                 Catch::Matchers::EndsWith("choose a smaller model, or do without one of the two"));
}

TEST_CASE("the cpu backend asks before it allocates") {
  const auto backend = backend::cpu::make_backend(small_model(), 1 << 30,
                                                  std::make_shared<engine::base::ThreadPool>(1));
  REQUIRE_FALSE(backend.ok());
  CHECK_THAT(backend.message(), Catch::Matchers::Contains("for a KV cache of 1073741824 tokens") &&
                                    Catch::Matchers::Contains("choose a context of "));
}

TEST_CASE("of layers for multi-token prediction the first needs memory") {
  const auto weights_of = [](int prediction_layers) {
    const auto model = small_model(WeightType::q8_0, prediction_layers);
    return backend::memory_need(model, 0, 1).weights;
  };
  CHECK(weights_of(1) > weights_of(0));
  CHECK(weights_of(2) == weights_of(1));
}

TEST_CASE("a KV cache is in half precision where weights round what they meet") {
  for (const auto type : {WeightType::q8_0, WeightType::q4_k, WeightType::f16, WeightType::bf16}) {
    const bool rounds = engine::gguf::geometry(type).values > 1;
    const auto weights = small_model(type);
    const int values = (weights.config.cache_dim() + 15) / 16 * 16;
    const auto made =
        backend::cpu::make_backend(weights, 64, std::make_shared<engine::base::ThreadPool>(1));
    REQUIRE(made.ok());
    CHECK((*made)->block_count() == 2);
    CHECK((*made)->block_bytes() == size_t(2) * 32 * values * (rounds ? 2 : 4));
    CHECK_THAT((*made)->block_form(), Catch::Matchers::Contains(rounds ? ", f16 [" : ", f32 ["));
  }
}

TEST_CASE("an embedding of which steps read single rows does not count") {
  const auto weights = small_model();
  const auto counted = backend::memory_need(weights, 0, 1);
  int64_t all = 0;
  for (const auto& tensor : weights.file->tensors()) all += static_cast<int64_t>(tensor.bytes());
  CHECK(counted.weights == all - weights.token_embedding.rows *
                                     static_cast<int64_t>(weights.token_embedding.row_bytes));
}
