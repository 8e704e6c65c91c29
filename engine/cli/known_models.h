// Published models that lemma is made for, and what they need. Their shapes and weight types are
// what the engine is tested with; of the files themselves only name and size are known here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace engine::cli {

struct KnownModel {
  std::string_view name;
  std::string_view does;    // "completes" or "answers questions", or both
  std::string_view source;  // for `lemma model pull`
  int64_t file_bytes;       // about; of all parts
  int64_t cache_values;     // of the KV cache, a token; 2 bytes each
};

// The least first.
std::span<const KnownModel> known_models();

// Bytes of weights and of the KV cache that the engine takes by default.
int64_t memory_need_of(const KnownModel& model);

// The least usual size of a machine's memory that also leaves a quarter to everything else.
int64_t machine_for(int64_t need);

}  // namespace engine::cli
