// libFuzzer target: what a client sends, from bytes to parameters.
#include "tests/fuzz/wire_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::feed_wire({reinterpret_cast<const char*>(data), size});
  return 0;
}
