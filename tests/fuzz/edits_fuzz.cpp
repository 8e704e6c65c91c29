// libFuzzer target: edits and positions.
#include "tests/fuzz/edit_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::feed_edits({reinterpret_cast<const char*>(data), size});
  return 0;
}
