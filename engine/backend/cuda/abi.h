/* What liblemma_cuda.so offers, in C: engine/backend/backend.h's contract for one model. The
 * program opens the library when it runs (cuda.h), so that one build works with and without a GPU.
 *
 * Functions that can fail write a message that ends in a zero, cut to `size` bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LEMMA_CUDA_ABI_VERSION 5

extern "C" {

struct LemmaCudaToken {
  int32_t id, position, sequence, wants_logits;
};

struct LemmaCudaBatch {
  const LemmaCudaToken* tokens;
  size_t token_count;
  const int32_t* const* block_tables; /* [table_count] */
  const size_t* block_table_sizes;    /* [table_count] */
  size_t table_count;
  int16_t* experts; /* null, or what is told of them: engine::backend::Routing::experts */
};

/* A GGUF file or a Hugging Face folder, and an adapter for it or null. */
struct LemmaCudaModel {
  const char* path;
  const char* adapter_path;
  uint64_t adapter_fingerprint; /* which the adapter must still have */
};

/* A position of a sequence. */
struct LemmaCudaPlace {
  const int32_t* block_table;
  size_t block_table_size;
  int32_t position;
};

/* Routed experts that the device has no room for; who opens a model computes them. */
struct LemmaCudaHost {
  void* context;
  /* result[t] = the sum of weight * expert(norm(hidden[t])) over the choices of token t whose
   * expert is not negative. hidden and result are [tokens][hidden], experts and weights
   * [tokens][used]. Called on the thread of `run`. */
  void (*run_experts)(void* context, int32_t layer, int32_t tokens, const float* hidden,
                      const int32_t* experts, const float* weights, float* result);
};

struct LemmaCudaText {
  char* text;
  size_t size;
};

enum LemmaCudaEnd { lemma_cuda_finished = 0, lemma_cuda_interrupted = 1, lemma_cuda_failed = -1 };

struct LemmaCudaApi {
  int32_t version; /* LEMMA_CUDA_ABI_VERSION */
  /* One line about the device that would be used; not 0 where there is none, with the reason. */
  int (*describe_device)(LemmaCudaText text);
  /* Bytes a second that a copy on the device reads and writes together; 0 on failure. */
  double (*copy_bandwidth)(void);
  /* twins.h: 0, or not 0 with a message. */
  int (*run_twins)(const uint32_t* input, float* output, LemmaCudaText message);
  /* kv_cache: 0 f16, 1 fp8 (kv_cache.h). precision: 0 exact, 1 fast (weights.h). `host` computes
   * what does not fit; it lives as long as what is opened. Null on failure. */
  void* (*open)(const LemmaCudaModel* model, int32_t kv_tokens, int32_t kv_cache, int32_t precision,
                LemmaCudaHost host, LemmaCudaText message);
  void (*close)(void* backend);
  const char* (*name)(void* backend);
  int32_t (*block_count)(void* backend);
  void (*copy_block)(void* backend, int32_t from, int32_t to);
  /* Blocks as bytes, and cells copied to other positions. 0, or not 0 with a message. */
  size_t (*block_bytes)(void* backend);
  void (*block_form)(void* backend, LemmaCudaText form);
  int (*read_block)(void* backend, int32_t block, void* to, LemmaCudaText message);
  int (*write_block)(void* backend, int32_t block, const void* from, LemmaCudaText message);
  int (*copy_cells)(void* backend, LemmaCudaPlace from, LemmaCudaPlace to, int32_t count,
                    LemmaCudaText message);
  /* keep_going may be null; it is called with `context`. Returns a LemmaCudaEnd. */
  int (*run)(void* backend, const LemmaCudaBatch* batch, float* logits, size_t logits_size,
             int (*keep_going)(void* context), void* context, LemmaCudaText message);
  /* Whether `predict` may be called; it takes before[token_count]. 0, or not 0 with a message. */
  int32_t (*predicts)(void* backend);
  int (*predict)(void* backend, const LemmaCudaBatch* batch, const int32_t* before, float* logits,
                 size_t logits_size, LemmaCudaText message);
};

/* Of type const LemmaCudaApi* (void). */
#define LEMMA_CUDA_ENTRY "lemma_cuda_api"
}
