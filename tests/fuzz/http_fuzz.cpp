// libFuzzer target: what a client of the endpoint sends, from bytes to a question.
#include "tests/fuzz/http_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::feed_http(input);
  fuzz::HttpFigures figures;
  fuzz::feed_body(std::string(input), figures);
  return 0;
}
