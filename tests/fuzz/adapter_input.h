// Any bytes as an adapter: those of a GGUF file as one, others as the two files of a PEFT folder,
// the settings up to the first zero byte and the weights behind it.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/model/adapter.h"
#include "engine/model/weights.h"
#include "tests/support/memory_file.h"
#include "tests/support/temporary_folder.h"

namespace fuzz {

struct AdapterFigures {
  size_t refused = 0;  // by itself
  size_t unfit = 0;    // by the model
  size_t loaded = 0;
};

// Whether what was read is as large as it says, and finite.
inline void check_adapter(const engine::model::Adapter& adapter) {
  int64_t bytes = 0;
  for (const auto& [name, tensor] : adapter.tensors()) {
    INVARIANT(tensor.rank > 0 && tensor.count > 0 && tensor.rows > 0 && tensor.columns > 0);
    const auto pairs = static_cast<size_t>(tensor.count) * static_cast<size_t>(tensor.rank);
    INVARIANT(tensor.a.size() == pairs * static_cast<size_t>(tensor.columns));
    INVARIANT(tensor.b.size() == pairs * static_cast<size_t>(tensor.rows));
    for (const auto* values : {&tensor.a, &tensor.b}) {
      for (const float value : *values) INVARIANT(std::isfinite(value));
      bytes += static_cast<int64_t>(values->size() * sizeof(float));
    }
  }
  INVARIANT(adapter.bytes() == bytes);
}

// Opens it and gives it to the model of `file`.
inline void feed_adapter(std::string_view input, const support::TemporaryFolder& folder,
                         const std::shared_ptr<const engine::gguf::File>& file,
                         AdapterFigures& figures) {
  const support::MemoryFile memory(input);
  std::string path = memory.path();
  if (!input.starts_with("GGUF")) {
    path = folder.path("");
    const size_t zero = std::min(input.find('\0'), input.size());
    std::ofstream(folder.path("adapter_config.json")) << input.substr(0, zero);
    std::ofstream(folder.path("adapter_model.safetensors"))
        << input.substr(std::min(zero + 1, input.size()));
  }
  const auto adapter = engine::model::Adapter::open(path);
  if (!adapter.ok()) {
    INVARIANT(adapter.message().find(path) != std::string::npos);
    ++figures.refused;
    return;
  }
  check_adapter(**adapter);
  const auto weights = engine::model::load_weights(file, *adapter);
  (weights.ok() ? figures.loaded : figures.unfit) += 1;
  INVARIANT(weights.ok() || !weights.message().empty());
}

}  // namespace fuzz
