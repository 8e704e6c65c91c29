// The logits of llama.cpp, for golden models: of all tokens of one sequence, in float32 as far as
// its weights are. Built and run by tests/golden/make.py.
//
//   logits MODEL CPU_LIBRARY TOKENS OUT
//
// TOKENS is a text file of ids; OUT becomes [tokens][vocab_size] float32.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "ggml-backend.h"
#include "llama.h"

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "logits: %s\n", what);
  std::exit(1);
}

llama_context* make_context(llama_model* model, uint32_t tokens) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = params.n_batch = params.n_ubatch = tokens;
  params.n_threads = params.n_threads_batch = 1;
  // Else keys and values are halves.
  params.type_k = params.type_v = GGML_TYPE_F32;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  llama_context* const context = llama_init_from_model(model, params);
  if (context == nullptr) give_up("there is no context");
  return context;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) give_up("usage: logits MODEL CPU_LIBRARY TOKENS OUT");
  const auto quiet = [](ggml_log_level level, const char* text, void*) {
    if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
  };
  llama_log_set(quiet, nullptr);
  if (ggml_backend_load(arguments[2]) == nullptr) give_up("the CPU library does not load here");
  llama_backend_init();
  std::vector<llama_token> ids;
  std::ifstream tokens(arguments[3]);
  for (llama_token id; tokens >> id;) ids.push_back(id);
  if (ids.empty()) give_up("there are no tokens");

  llama_model* const model = llama_model_load_from_file(arguments[1], llama_model_default_params());
  if (model == nullptr) give_up("the model does not load");
  const auto size = static_cast<int32_t>(ids.size());
  llama_context* const context = make_context(model, static_cast<uint32_t>(size));
  llama_batch batch = llama_batch_init(size, 0, 1);
  for (batch.n_tokens = 0; batch.n_tokens < size; ++batch.n_tokens) {
    const int32_t i = batch.n_tokens;
    batch.token[i] = ids[i];
    batch.pos[i] = i;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = 0;
    batch.logits[i] = 1;
  }
  if (llama_decode(context, batch) != 0) give_up("llama_decode failed");
  const int32_t width = llama_vocab_n_tokens(llama_model_get_vocab(model));
  std::ofstream out(arguments[4], std::ios::binary);
  for (int32_t i = 0; i < size; ++i) {
    out.write(reinterpret_cast<const char*>(llama_get_logits_ith(context, i)),
              static_cast<std::streamsize>(width * sizeof(float)));
  }
  if (!out.flush()) give_up("the logits cannot be written");
}
