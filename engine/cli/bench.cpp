#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/base/format.h"
#include "engine/cli/commands.h"
#include "engine/cli/json.h"
#include "engine/cli/load.h"

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
  double prefill_ms = 0;
  std::vector<double> step_ms;  // sorted
};

base::Status measure(const BenchOptions& options, backend::Backend& backend, Figures& figures) {
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

}  // namespace

base::Status bench(const BenchOptions& options, Output output, std::ostream& out) {
  if (options.prompt < 1 || options.generate < 1 || options.context < 0) {
    return base::fail("prompt and generate must be at least 1, context at least 0");
  }
  const int64_t tokens = int64_t{options.context} + options.prompt + options.generate;
  if (tokens > 1 << 30) return base::fail("context, prompt and generate are too long together");
  Figures figures;
  const auto start = Clock::now();
  auto backend =
      load_backend(options.model_path, options.backend, options.threads, static_cast<int>(tokens));
  if (!backend.ok()) return backend.error();
  figures.load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (auto status = measure(options, **backend, figures); !status.ok()) return status;

  double decode_ms = 0;
  for (const double ms : figures.step_ms) decode_ms += ms;
  const double median = figures.step_ms[figures.step_ms.size() / 2];
  const double prefill_rate = options.prompt / figures.prefill_ms * 1000;
  const double decode_rate = options.generate / decode_ms * 1000;
  JsonObject json;
  json.text("model", options.model_path)
      .text("backend", (*backend)->name())
      .integer("context", options.context)
      .integer("prompt", options.prompt)
      .integer("generate", options.generate)
      .number("load_ms", figures.load_ms)
      .number("prefill_ms", figures.prefill_ms)
      .number("prefill_tokens_per_second", prefill_rate)
      .number("decode_ms", decode_ms)
      .number("decode_median_ms", median)
      .number("decode_tokens_per_second", decode_rate);
  if (output == Output::json) {
    out << json.str() << "\n";
  } else {
    out << (*backend)->name() << ": load " << figures.load_ms << " ms; prefill " << options.prompt
        << " tokens in " << figures.prefill_ms << " ms (" << prefill_rate << " tokens/s); generate "
        << options.generate << " in " << decode_ms << " ms (" << decode_rate
        << " tokens/s, median step " << median << " ms)\n";
  }
  return base::Done{};
}

}  // namespace engine::cli
