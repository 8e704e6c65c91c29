#include "engine/cli/known_models.h"

#include <map>

#include "engine/cli/random_model.h"
#include "tests/support/catch.h"

using namespace engine::cli;

TEST_CASE("the caches of known models are those of their shapes") {
  const std::map<std::string_view, const char*> shapes{
      {"Qwen2.5-Coder 1.5B, Q8_0", "qwen2.5-coder-1.5b"},
      {"R1 distill of Qwen 7B, Q4_K_M", "r1-distill-qwen-7b"},
      {"DeepSeek-Coder-V2-Lite, Q4_K_M", "deepseek-coder-v2-lite"},
      {"gpt-oss 20B, MXFP4", "gpt-oss-20b"},
      {"Qwen3-Coder 30B A3B, Q4_K_M", "qwen3-30b-a3b"}};
  size_t compared = 0;
  for (const KnownModel& model : known_models()) {
    const auto shape = shapes.find(model.name);
    if (shape == shapes.end()) continue;
    INFO(model.name);
    const auto config = model_like(shape->second)->config;
    CHECK(model.cache_values == int64_t{config.layers} * config.cache_dim());
    ++compared;
  }
  CHECK(compared == shapes.size());
}

TEST_CASE("a machine has a quarter of its memory left beside the model") {
  constexpr int64_t gigabyte = 1'000'000'000;
  CHECK(machine_for(1) == 4 * gigabyte);
  CHECK(machine_for(3 * gigabyte) == 4 * gigabyte);
  CHECK(machine_for(3 * gigabyte + 1) == 8 * gigabyte);
  CHECK(machine_for(405 * gigabyte) == 768 * gigabyte);
  CHECK(machine_for(900 * gigabyte) == 1200 * gigabyte);
}
