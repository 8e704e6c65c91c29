// Who is let in, by the header alone.
#include "lsp/http/guard.h"
#include "tests/lsp/http/check.h"
#include "tests/support/catch.h"

namespace {

using namespace lsp::http;

constexpr uint16_t port = 8012;
const std::string bearer = std::string("Bearer ") + support::secret;

Header good() {
  return {"POST", "/v1/completions", "127.0.0.1:8012", std::nullopt, "application/json", bearer};
}

unsigned status(const Header& header, const Options& options = support::endpoint_options()) {
  const auto checked = check(header, options, port);
  const auto* refusal = std::get_if<Refusal>(&checked);
  return refusal != nullptr ? refusal->status : 200;
}

}  // namespace

TEST_CASE("a request with token, host and type is let in, and its holder known") {
  const Options options = support::endpoint_options();
  CHECK(std::get<Admitted>(check(good(), options, port)).holder == 0);
  Header second = good();
  const std::string other = std::string("bearer ") + support::other_secret;
  second.authorization = other;
  second.content_type = "Application/JSON; charset=utf-8";
  second.target = "/infill?x=1";
  const auto admitted = std::get<Admitted>(check(second, options, port));
  CHECK(admitted.holder == 1);
  CHECK(admitted.route == Route::infill);
}

TEST_CASE("without the token nothing is answered, not even health") {
  for (const std::string& given :
       {std::string(), std::string("Bearer "), std::string("Basic ") + support::secret,
        bearer.substr(0, bearer.size() - 1), bearer + "0", std::string(support::secret)}) {
    Header header = good();
    header.authorization = given;
    INFO(given);
    CHECK(status(header) == 401);
    header.method = "GET";
    for (const char* target : {"/health", "/metrics", "/v1/models", "/nothing"}) {
      header.target = target;
      CHECK(status(header) == 401);
    }
  }
}

TEST_CASE("an Origin is refused, whichever it is") {
  for (const std::string_view origin : {"http://127.0.0.1:8012", "null", ""}) {
    Header header = good();
    header.origin = origin;
    CHECK(status(header) == 403);
  }
}

TEST_CASE("the Host field must be ours: another name that leads here is refused") {
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "127.0.0.1:9", "127.0.0.2",
                           "localhost.evil.example:8012"}) {
    Header header = good();
    header.host = host;
    INFO(host);
    CHECK(status(header) == 403);
  }
  Options options = support::endpoint_options();
  options.hosts = {"Desk.example"};
  for (const char* host : {"127.0.0.1", "localhost:8012", "LOCALHOST", "desk.example:8012"}) {
    Header header = good();
    header.host = host;
    INFO(host);
    CHECK(status(header, options) == 200);
  }
  options.address = {"192.0.2.1", port, false};
  Header header = good();
  header.host = "localhost:8012";
  CHECK(status(header, options) == 403);
  options.address = {"::1", port, true};
  header.host = "[::1]:8012";
  CHECK(status(header, options) == 200);
}

TEST_CASE("what is no JSON, no known path or another method is refused") {
  Header header = good();
  for (const char* type : {"", "text/plain", "application/jsonp", "multipart/form-data"}) {
    header.content_type = type;
    CHECK(status(header) == 415);
  }
  header = good();
  header.target = "/v1/files";
  CHECK(status(header) == 404);
  header.target = "/health";
  CHECK(status(header) == 405);
  header = good();
  header.method = "GET";
  CHECK(status(header) == 405);
}

TEST_CASE("addresses are read as ADDRESS:PORT, and loopback is known") {
  CHECK(parse_address("127.0.0.1:8012")->loopback);
  CHECK(parse_address("127.0.0.1:0")->port == 0);
  CHECK(parse_address("[::1]:80")->host == "::1");
  CHECK_FALSE(parse_address("0.0.0.0:80")->loopback);
  for (const char* text : {"", "8012", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "::1:80", "[127.0.0.1]:80", "127.0.0.1:-1", "127.0.0.1:8x"}) {
    INFO(text);
    CHECK_FALSE(parse_address(text));
  }
}
