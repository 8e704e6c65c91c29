// Whether a model fits into memory, asked before anything is read or allocated.
//
// Weights are mapped, so a model past memory would not be refused by the system: it would be read
// from disk again for every token, and push everything else out. What fits is decided by the whole
// memory of the machine or control group, not by what happens to be free, since the page cache
// counts as used there and mapped weights are page cache.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.h"
#include "engine/model/weights.h"

namespace engine::backend {

struct MemoryNeed {
  std::string path;
  int64_t weights = 0;     // bytes of the files that steps read
  int64_t parameters = 0;  // as many weights are in those bytes
  int64_t cache = 0;       // bytes of the KV cache
  int kv_tokens = 0;
};

// Of a model whose KV cache takes `cache` bytes. What does not count: an embedding that is not the
// output too, of which steps read single rows, and layers for multi-token prediction behind the
// first.
MemoryNeed memory_need(const model::Weights& weights, int64_t cache, int kv_tokens);

// The same with a smaller KV cache, where only that fits and is not too small to be of use; else
// `need` as it is.
MemoryNeed fitted(MemoryNeed need, int64_t there, const MemoryNeed& beside = {});

// An error that says what is there and what would fit. `there`: bytes of memory; `beside`: what
// another model takes of them.
base::Status check_memory(const MemoryNeed& need, int64_t there, const MemoryNeed& beside = {});

}  // namespace engine::backend
