#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/backend/cuda/cuda.h"
#include "engine/base/check.h"
#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "engine/base/thread_pool.h"
#include "engine/cli/commands.h"
#include "engine/cli/load.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"

namespace engine::cli {
namespace {

using Clock = std::chrono::steady_clock;

// One sequence that grows; its tokens do not matter for speed.
class Sequence {
 public:
  explicit Sequence(backend::Backend& backend)
      : backend_(backend), table_(backend.block_count()), logits_(backend.config().vocab_size) {
    for (size_t i = 0; i < table_.size(); ++i) table_[i] = static_cast<backend::BlockId>(i);
  }

  // Milliseconds; the logits of the last token are computed.
  base::Result<double> append(int count) {
    std::vector<backend::BatchToken> tokens;
    for (int i = 0; i < count; ++i, ++position_) {
      const auto id = static_cast<int32_t>(position_ * 7919ll % backend_.config().vocab_size);
      tokens.push_back({id, position_, 0, i == count - 1});
    }
    const std::span<const backend::BlockId> tables[] = {table_};
    const auto start = Clock::now();
    const auto end = backend_.run({tokens, tables}, logits_, {});
    const std::chrono::duration<double, std::milli> duration = Clock::now() - start;
    if (!end.ok()) return end.error();
    if (!all_finite(logits_)) {
      return base::fail("the logits at position ", position_ - 1,
                        " are not finite: the model's weights are damaged, and its speed says "
                        "nothing");
    }
    return duration.count();
  }

 private:
  backend::Backend& backend_;
  std::vector<backend::BlockId> table_;
  std::vector<float> logits_;
  int32_t position_ = 0;
};

struct Figures {
  double load_ms = 0;
  double first_token_ms = 0;  // from the start of loading
  double prefill_ms = 0;
  std::vector<double> step_ms;  // sorted
};

base::Status measure(const BenchOptions& options, backend::Backend& backend, Figures& figures) {
  const auto first = Sequence(backend).append(1);
  if (!first.ok()) return first.error();
  figures.first_token_ms = figures.load_ms + *first;
  if (options.context == 0) {  // what is measured shall not be the first use of the weights
    if (auto ms = Sequence(backend).append(options.prompt); !ms.ok()) return ms.error();
  }
  Sequence sequence(backend);
  constexpr int chunk = 512;
  for (int left = options.context; left > 0; left -= chunk) {
    if (auto ms = sequence.append(std::min(chunk, left)); !ms.ok()) return ms.error();
  }
  const auto prefill = sequence.append(options.prompt);
  if (!prefill.ok()) return prefill.error();
  figures.prefill_ms = *prefill;
  for (int i = 0; i < options.generate; ++i) {
    const auto ms = sequence.append(1);
    if (!ms.ok()) return ms.error();
    figures.step_ms.push_back(*ms);
  }
  std::sort(figures.step_ms.begin(), figures.step_ms.end());
  return base::Done{};
}

// Bytes of weights and cache that a step of one token reads, at the context it is measured at. The
// smallest there can be: each tensor in use once, as it lies in the file.
base::Result<int64_t> step_bytes(const BenchOptions& options, const backend::Backend& backend) {
  const model::Config& config = backend.config();
  const auto file = model::open(options.model_path);
  if (!file.ok()) return file.error();
  const bool tied = file->find_tensor("output.weight") == nullptr;
  int64_t bytes = 0;
  for (const gguf::TensorInfo& tensor : file->tensors()) {
    if (tensor.name == "token_embd.weight" && !tied) continue;  // one row
    if (model::is_for_prediction(config, tensor.name)) continue;
    const auto size = static_cast<int64_t>(tensor.bytes());
    const bool routed = tensor.name.find("_exps.") != std::string::npos;
    bytes += routed ? size / config.experts.count * config.experts.used : size;
  }
  const int64_t positions = int64_t{options.context} + options.prompt + options.generate / 2;
  const auto block = static_cast<int64_t>(backend.block_bytes());  // 0 where it is not given
  const int64_t cells =
      config.layers * static_cast<int64_t>(backend::cuda::position_bytes(config, options.kv_cache));
  return bytes + positions * (block > 0 ? block / backend::block_tokens : cells);
}

// Bytes a second that the threads read from memory together: the best of some passes.
double read_bandwidth(int thread_count) {
  base::ThreadPool threads(thread_count);
  constexpr size_t size = size_t{256} << 20, piece = size_t{1} << 20;
  const std::vector<uint64_t> memory(size / sizeof(uint64_t), 1);
  double best = 0;
  for (int pass = 0; pass < 6; ++pass) {
    std::vector<uint64_t> sums(size / piece);
    const auto start = Clock::now();
    threads.parallel_for(static_cast<int>(sums.size()), [&](int index, int) {
      const uint64_t* const from = memory.data() + index * (piece / sizeof(uint64_t));
      for (size_t i = 0; i < piece / sizeof(uint64_t); ++i) sums[index] += from[i];
    });
    const std::chrono::duration<double> seconds = Clock::now() - start;
    INVARIANT(sums.front() == piece / sizeof(uint64_t));  // and so the reads are not left out
    best = std::max(best, size / seconds.count());
  }
  return best;
}

}  // namespace

base::Status bench(const BenchOptions& options, Output output, std::ostream& out) {
  if (options.prompt < 1 || options.generate < 1 || options.context < 0) {
    return base::fail("prompt and generate must be at least 1, context at least 0");
  }
  const int64_t tokens = int64_t{options.context} + options.prompt + options.generate;
  if (tokens > 1 << 30) return base::fail("context, prompt and generate are too long together");
  Figures figures;
  const auto start = Clock::now();
  auto backend = load_backend(options.model_path, options.backend, options.threads,
                              static_cast<int>(tokens), options.kv_cache);
  if (!backend.ok()) return backend.error();
  figures.load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (auto status = measure(options, **backend, figures); !status.ok()) return status;

  const auto bytes = step_bytes(options, **backend);
  if (!bytes.ok()) return bytes.error();
  const bool on_gpu = options.backend == BackendChoice::cuda;
  const double bandwidth =
      on_gpu ? backend::cuda::copy_bandwidth() : read_bandwidth(options.threads);
  double decode_ms = 0;
  for (const double ms : figures.step_ms) decode_ms += ms;
  const double median = figures.step_ms[figures.step_ms.size() / 2];
  const double prefill_rate = options.prompt / figures.prefill_ms * 1000;
  const double decode_rate = options.generate / decode_ms * 1000;
  base::JsonObject json;
  json.text("model", options.model_path)
      .text("backend", (*backend)->name())
      .integer("context", options.context)
      .integer("prompt", options.prompt)
      .integer("generate", options.generate)
      .number("load_ms", figures.load_ms)
      .number("first_token_ms", figures.first_token_ms)
      .number("prefill_ms", figures.prefill_ms)
      .number("prefill_tokens_per_second", prefill_rate)
      .number("decode_ms", decode_ms)
      .number("decode_median_ms", median)
      .number("decode_tokens_per_second", decode_rate)
      .integer("step_bytes", *bytes)
      .number("step_bytes_per_second", *bytes / median * 1000)
      .number("read_bandwidth", bandwidth);
  if (output == Output::json) {
    out << json.str() << "\n";
  } else {
    out << (*backend)->name() << ": load " << figures.load_ms << " ms; prefill " << options.prompt
        << " tokens in " << figures.prefill_ms << " ms (" << prefill_rate << " tokens/s); generate "
        << options.generate << " in " << decode_ms << " ms (" << decode_rate
        << " tokens/s, median step " << median << " ms, which reads " << *bytes / median / 1e6
        << " GB/s of " << bandwidth / 1e9 << " that memory gives); load to first token "
        << figures.first_token_ms << " ms\n";
  }
  return base::Done{};
}

}  // namespace engine::cli
