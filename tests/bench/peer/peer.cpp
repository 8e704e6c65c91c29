// The peer of `lemma-engine bench`: the same work in llama.cpp, through the libraries and headers
// of one release of node-llama-cpp. Built and run by tests/bench/engine.py.
//
//   peer MODEL CPU_LIBRARY PROMPT GENERATE CONTEXT THREADS [CUDA_LIBRARY]
//
// Prints one JSON object with the keys of `lemma-engine bench --json`.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "ggml-backend.h"
#include "llama.h"

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "peer: %s\n", what);
  std::exit(1);
}

// One sequence that grows; the same ids as in engine/cli/bench.cpp.
class Sequence {
 public:
  Sequence(llama_context* context, int vocabulary) : context_(context), vocabulary_(vocabulary) {}

  // Milliseconds; the logits of the last token are computed.
  double append(int count) {
    std::vector<llama_token> ids;
    for (int i = 0; i < count; ++i, ++position_) {
      ids.push_back(static_cast<llama_token>(position_ * 7919ll % vocabulary_));
    }
    const auto start = Clock::now();
    if (llama_decode(context_, llama_batch_get_one(ids.data(), count)) != 0) {
      give_up("llama_decode failed");
    }
    llama_synchronize(context_);
    const double ms = ms_since(start);
    if (!std::isfinite(llama_get_logits_ith(context_, -1)[0])) give_up("logits are not finite");
    return ms;
  }
  void clear() {
    llama_memory_clear(llama_get_memory(context_), true);
    position_ = 0;
  }

 private:
  llama_context* context_;
  int vocabulary_;
  int position_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 7 && count != 8) {
    give_up("usage: peer MODEL CPU_LIBRARY PROMPT GENERATE CONTEXT THREADS [CUDA_LIBRARY]");
  }
  const int prompt = std::atoi(arguments[3]), generate = std::atoi(arguments[4]);
  const int context_tokens = std::atoi(arguments[5]), threads = std::atoi(arguments[6]);
  const auto quiet = [](ggml_log_level level, const char* text, void*) {
    if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
  };
  llama_log_set(quiet, nullptr);
  if (ggml_backend_load(arguments[2]) == nullptr) give_up("the CPU library does not load here");
  if (count == 8 && ggml_backend_load(arguments[7]) == nullptr) {
    give_up("the CUDA library does not load here");
  }
  llama_backend_init();

  const auto start = Clock::now();
  llama_model_params model_params = llama_model_default_params();
  model_params.n_gpu_layers = count == 8 ? 999 : 0;  // all of them, or none
  llama_model* const model = llama_model_load_from_file(arguments[1], model_params);
  if (model == nullptr) give_up("the model does not load");
  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<uint32_t>(context_tokens + prompt + generate);
  params.n_batch = params.n_ubatch = static_cast<uint32_t>(std::max(512, prompt));
  params.n_threads = params.n_threads_batch = threads;
  llama_context* const context = llama_init_from_model(model, params);
  if (context == nullptr) give_up("there is no context");
  const double load_ms = ms_since(start);

  Sequence sequence(context, llama_vocab_n_tokens(llama_model_get_vocab(model)));
  const double first_token_ms = load_ms + sequence.append(1);
  sequence.clear();
  if (context_tokens == 0) {  // as lemma's: what is measured is not the first use of the weights
    sequence.append(prompt);
    sequence.clear();
  }
  constexpr int chunk = 512;
  for (int left = context_tokens; left > 0; left -= chunk) sequence.append(std::min(chunk, left));
  const double prefill_ms = sequence.append(prompt);
  std::vector<double> steps;
  for (int i = 0; i < generate; ++i) steps.push_back(sequence.append(1));
  std::sort(steps.begin(), steps.end());
  std::printf(
      "{\"load_ms\": %g, \"first_token_ms\": %g, \"prefill_ms\": %g, \"decode_median_ms\": %g, "
      "\"system\": \"%s\"}\n",
      load_ms, first_token_ms, prefill_ms, steps[steps.size() / 2], llama_print_system_info());
}
