// Any bytes as a GGUF file: refused, or readable to the last byte of what it claims to hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/gguf/file.h"
#include "tests/engine/gguf/raw_file.h"
#include "tests/support/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const support::MemoryFile memory({reinterpret_cast<const char*>(data), size});
  const auto file = engine::gguf::File::open(memory.path());
  if (!file.ok()) {
    INVARIANT(file.message().starts_with(memory.path()));
    return 0;
  }
  raw::read_everything(*file);
  return 0;
}
