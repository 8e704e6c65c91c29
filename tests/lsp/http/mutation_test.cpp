// The fuzz target's work with a fixed seed and a short time.
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/http_input.h"
#include "tests/support/catch.h"

namespace {

std::string request(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
         support::secret +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

const std::vector<std::string> seeds{
    request("/v1/completions", R"({"prompt":"a","suffix":"b","max_tokens":3,"stop":["x"]})"),
    request("/infill", R"({"input_prefix":"a","input_extra":[{"filename":"b","text":"c"}],)"
                       R"("n_predict":-1,"temperature":0.5,"response_fields":["a/b"]})"),
    "GET /metrics?x HTTP/1.1\r\nHost: 127.0.0.1:8012\r\nOrigin: null\r\n\r\n",
    "POST /infill HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"};

}  // namespace

TEST_CASE("mutated requests are refused or read, and never more than that") {
  std::mt19937 random(5);
  fuzz::HttpFigures sum;
  for (int i = 0; i < 20'000; ++i) {
    const auto input =
        fuzz::mutated(seeds[random() % seeds.size()], "\"\\{}[]:,-0189e\r\n /?\xFF", random);
    const fuzz::HttpFigures figures = fuzz::feed_http(input);
    sum.malformed += figures.malformed;
    sum.refused += figures.refused;
    sum.questions += figures.questions;
  }
  CHECK(sum.malformed > 1'000);
  CHECK(sum.refused > 5'000);
  CHECK(sum.questions > 3'000);
}
