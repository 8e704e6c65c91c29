// Any bytes as a safetensors file: refused, or readable to the last byte of what it claims to hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/huggingface/safetensors.h"
#include "tests/support/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const support::MemoryFile memory({reinterpret_cast<const char*>(data), size});
  const auto file = engine::huggingface::SafetensorsFile::open(memory.path());
  if (!file.ok()) {
    INVARIANT(file.message().starts_with(memory.path()));
    return 0;
  }
  volatile size_t sum = 0;
  for (const auto& tensor : file->tensors()) {
    for (const std::byte byte : tensor.data) sum = sum + static_cast<size_t>(byte);
    INVARIANT(file->find(tensor.name) == &tensor);
  }
  return 0;
}
