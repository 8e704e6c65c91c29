#include "engine/backend/memory_need.h"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string_view>

#include "engine/base/format.h"

namespace engine::backend {
namespace {

// Bits a weight of whole files, the layers with more bits included.
struct Quantization {
  std::string_view name;
  double bits;
};
constexpr Quantization quantizations[] = {{"Q8_0", 8.5},   {"Q6_K", 6.6},   {"Q5_K_M", 5.7},
                                          {"Q4_K_M", 4.9}, {"Q3_K_M", 3.9}, {"Q2_K", 3.4}};

std::string size(int64_t bytes) {
  constexpr int64_t mib = 1 << 20, gib = 1 << 30;
  std::ostringstream text;
  if (bytes < gib) {
    text << bytes / mib << " MiB";
  } else {
    text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / gib << " GiB";
  }
  return text.str();
}

// A prompt of the editor, a file's neighbourhood, and an answer.
constexpr int64_t least_kv_tokens = 2048;

// Something is left to the program itself and to the rest of the machine.
int64_t room_in(int64_t there) { return there - std::min(there / 16, int64_t{1} << 30); }

// As many positions as `room` has a KV cache for beside the weights.
int64_t kv_tokens_in(const MemoryNeed& need, int64_t room) {
  if (need.kv_tokens == 0 || need.weights >= room) return 0;
  return (room - need.weights) / std::max<int64_t>(need.cache / need.kv_tokens, 1);
}

// What to change so that it fits into `room`.
std::string advice(const MemoryNeed& need, int64_t room) {
  if (const int64_t tokens = kv_tokens_in(need, room); tokens >= least_kv_tokens) {
    return base::concat("choose a context of ", tokens, " tokens at most, or a smaller model");
  }
  const double bits = 8.0 * static_cast<double>(need.weights) / need.parameters;
  const double left = 8.0 * static_cast<double>(room - need.cache) / need.parameters;
  for (const Quantization& quantization : quantizations) {
    if (quantization.bits > left || quantization.bits >= bits) continue;
    return base::concat("choose the model as ", quantization.name, " or with fewer bits a weight");
  }
  return "choose a smaller model";
}

}  // namespace

MemoryNeed memory_need(const model::Weights& weights, int64_t cache, int kv_tokens) {
  MemoryNeed need{weights.file->path(), 0, 0, cache, kv_tokens};
  const bool tied = weights.output.data == weights.token_embedding.data;
  for (const gguf::TensorInfo& tensor : weights.file->tensors()) {
    if (tensor.name == "token_embd.weight" && !tied) continue;
    if (model::is_left_out(weights.config, tensor.name)) continue;
    need.weights += static_cast<int64_t>(tensor.bytes());
    need.parameters += static_cast<int64_t>(tensor.shape[0] * tensor.rows());
  }
  if (weights.adapter) need.weights += weights.adapter->bytes();
  return need;
}

MemoryNeed fitted(MemoryNeed need, int64_t there, const MemoryNeed& beside) {
  const int64_t tokens = kv_tokens_in(need, room_in(there) - beside.weights - beside.cache);
  if (tokens < least_kv_tokens || tokens >= need.kv_tokens) return need;
  const int64_t each = need.cache / need.kv_tokens;
  need.kv_tokens = static_cast<int>(tokens / 1024 * 1024);
  need.cache = each * need.kv_tokens;
  return need;
}

base::Status check_memory(const MemoryNeed& need, int64_t there, const MemoryNeed& beside) {
  const int64_t room = room_in(there);
  const int64_t taken = beside.weights + beside.cache;
  if (need.weights + need.cache + taken <= room) return base::Done{};
  const std::string other =
      taken == 0 ? "" : base::concat(", beside the ", size(taken), " of ", beside.path);
  return base::fail(need.path, ": the model needs ", size(need.weights),
                    " of memory for its weights and ", size(need.cache), " for a KV cache of ",
                    need.kv_tokens, " tokens", other, ", and this machine or container has ",
                    size(there), ", of which lemma takes up to ", size(room), "; ",
                    advice(need, room - taken), taken == 0 ? "" : ", or do without one of the two");
}

}  // namespace engine::backend
