#include "engine/cli/load.h"

#include <algorithm>
#include <cmath>

#include "engine/backend/cpu/cpu.h"
#include "engine/backend/cuda/cuda.h"
#include "engine/backend/reference/reference.h"
#include "engine/base/format.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"
#include "engine/model/weights.h"
#include "engine/session/engine.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::cli {

base::Result<std::unique_ptr<backend::Backend>> load_backend(const std::string& path,
                                                             BackendChoice choice, int threads,
                                                             int kv_tokens,
                                                             backend::KvCache kv_cache) {
  if (kv_cache == backend::KvCache::fp8 && choice != BackendChoice::cuda) {
    return base::fail("a KV cache of fp8 is for the backend cuda; without --kv-cache it is f16");
  }
  auto file = model::open(path);
  if (!file.ok()) return file.error();
  auto weights = model::load_weights(std::make_shared<const gguf::File>(std::move(*file)));
  if (!weights.ok()) return weights.error();
  if (const int most = weights->config.context_length; kv_tokens > most) {
    return base::fail(path, ": ", kv_tokens,
                      " tokens are asked for (context, prompt and what is "
                      "generated), and the model's context holds ",
                      most, "; ask for fewer");
  }
  if (choice == BackendChoice::reference) {
    return backend::reference::make_backend(std::move(*weights), kv_tokens);
  }
  auto pool = std::make_shared<base::ThreadPool>(threads);
  if (choice == BackendChoice::cuda) {
    return backend::cuda::make_backend(*weights, kv_tokens, std::move(pool), kv_cache);
  }
  return backend::cpu::make_backend(std::move(*weights), kv_tokens, std::move(pool));
}

base::Result<backend::MemoryNeed> need_of_file(const std::string& path) {
  auto file = model::open(path);
  if (!file.ok()) return file.error();
  const auto tokenizer = tokenizer::Tokenizer::load(*file);
  if (!tokenizer.ok()) return tokenizer.error();
  const auto weights = model::load_weights(std::make_shared<const gguf::File>(std::move(*file)));
  if (!weights.ok()) return weights.error();
  const int kv_tokens = session::ModelOptions{}.kv_tokens;
  return backend::memory_need(*weights, backend::cpu::cache_bytes(*weights, kv_tokens), kv_tokens);
}

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

}  // namespace engine::cli
