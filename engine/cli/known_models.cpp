#include "engine/cli/known_models.h"

#include "engine/session/engine.h"

namespace engine::cli {
namespace {

constexpr int64_t megabyte = 1'000'000;
constexpr int64_t gigabyte = 1000 * megabyte;
constexpr int value_bytes = 2;

constexpr KnownModel models[] = {
    {"Qwen2.5-Coder 1.5B, Q8_0", "completes",
     "hf:ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/qwen2.5-coder-1.5b-q8_0.gguf", 1'647 * megabyte,
     28 * 2 * 2 * 128},
    {"R1 distill of Qwen 7B, Q4_K_M", "answers questions",
     "hf:bartowski/DeepSeek-R1-Distill-Qwen-7B-GGUF/DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf",
     4'683 * megabyte, 28 * 2 * 4 * 128},
    {"Qwen2.5-Coder 7B, Q8_0", "completes",
     "hf:ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF/qwen2.5-coder-7b-q8_0.gguf", 8'099 * megabyte,
     28 * 2 * 4 * 128},
    {"DeepSeek-Coder-V2-Lite, Q4_K_M", "completes, answers questions",
     "hf:bartowski/DeepSeek-Coder-V2-Lite-Instruct-GGUF/"
     "DeepSeek-Coder-V2-Lite-Instruct-Q4_K_M.gguf",
     10'365 * megabyte, 27 * (512 + 64)},
    {"gpt-oss 20B, MXFP4", "answers questions",
     "hf:ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b-mxfp4.gguf", 12'110 * megabyte, 24 * 2 * 8 * 64},
    {"Qwen3-Coder 30B A3B, Q4_K_M", "completes",
     "hf:unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF/Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf",
     18'557 * megabyte, 48 * 2 * 4 * 128},
    {"DeepSeek-R1, Q4_K_M", "answers questions",
     "hf:unsloth/DeepSeek-R1-GGUF/DeepSeek-R1-Q4_K_M/DeepSeek-R1-Q4_K_M-00001-of-00009.gguf",
     404 * gigabyte, 61 * (512 + 64)},
};

}  // namespace

std::span<const KnownModel> known_models() { return models; }

int64_t memory_need_of(const KnownModel& model) {
  return model.file_bytes + session::ModelOptions{}.kv_tokens * model.cache_values * value_bytes;
}

int64_t machine_for(int64_t need) {
  for (const int64_t size : {4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768}) {
    if (size * gigabyte / 4 * 3 >= need) return size * gigabyte;
  }
  return need / 3 * 4;
}

}  // namespace engine::cli
