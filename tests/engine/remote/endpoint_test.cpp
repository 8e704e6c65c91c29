// What may be configured: nothing that would send a token in the clear, or elsewhere.
#include "engine/remote/endpoint.h"

#include <sys/stat.h>

#include <fstream>

#include "engine/remote/events.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace engine::remote;

void check_url(const std::string& url, const std::string& error) {
  INFO(url);
  const auto status = check({.url = url, .model = "m"});
  if (error.empty()) {
    CHECK(status.ok());
  } else {
    REQUIRE_FALSE(status.ok());
    INFO(status.message());
    CHECK(status.message().find(error) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("https goes anywhere, plain http to this machine alone") {
  for (const char* url : {"https://example.org/v1", "https://10.0.0.1:8000/v1/",
                          "http://localhost:8080/v1", "http://127.0.0.1/v1", "http://[::1]:1/v1"}) {
    check_url(url, "");
  }
  for (const char* url :
       {"http://example.org/v1", "http://10.0.0.1/v1", "http://localhost.example.org/v1",
        "http://127.0.0.1.example.org/v1", "http://0.0.0.0/v1", "http://[::2]/v1"}) {
    check_url(url, "https");
  }
  check_url("http://127.0.0.1@example.org/v1", "https");
}

TEST_CASE("other schemes, secrets and queries in a URL are refused") {
  for (const char* url : {"ftp://localhost/v1", "file:///etc/passwd", "localhost:8000/v1",
                          "https://", "gopher://localhost", "nonsense", "http://a b/"}) {
    check_url(url, "remote.url is");
  }
  check_url("https://me:secret@example.org/v1", "name or a password");
  check_url("https://me:secret@example.org/v1", "remote.token_env");
  check_url("https://example.org/v1?key=1", "end with its path");
  check_url("", "remote.url");
  CHECK_FALSE(check({.url = "https://example.org/v1"}).ok());
}

TEST_CASE("a template of a gap has both of its sides") {
  const auto ok = [](const std::string& fim) {
    return check({.url = "https://a/v1", .model = "m", .fim = fim}).ok();
  };
  CHECK(ok("<p>{prefix}<s>{suffix}<m>"));
  CHECK_FALSE(ok("<p>{prefix}"));
  CHECK_FALSE(ok("{prefix}{prefix}{suffix}"));
}

TEST_CASE("a token's file is its owner's alone") {
  const support::TemporaryFolder folder;
  const std::string path = folder.path("token");
  const Endpoint endpoint{.url = "https://a/v1", .model = "m", .token_file = path};
  const auto refused = [&](const char* why) {
    const auto token = token_of(endpoint);
    REQUIRE_FALSE(token.ok());
    INFO(token.message());
    CHECK(token.message().find(why) != std::string::npos);
    CHECK(token.message().find("sesame") == std::string::npos);
  };
  refused("cannot be read");
  std::ofstream(path) << "sesame\n";
  chmod(path.c_str(), 0644);
  refused("chmod 600");
  chmod(path.c_str(), 0600);
  CHECK(token_of(endpoint).value() == "sesame");
  std::ofstream(path) << "sesame\r\nX-Evil: 1\n";
  refused("no bearer token");
  std::ofstream(path) << "";
  refused("empty");
  const Endpoint directory{.url = "https://a/v1", .model = "m", .token_file = folder.path("")};
  CHECK_FALSE(token_of(directory).ok());
}

TEST_CASE("events are read however their bytes are cut") {
  const std::string stream =
      ": hello\r\n\r\ndata: one\n\nevent: x\rdata:two\rdata: lines\r\rdata\n\ndata:\n\nid: 3\n\n";
  for (size_t size = 1; size <= stream.size(); ++size) {
    std::vector<std::string> heard;
    Events events([&](std::string_view data) {
      heard.emplace_back(data);
      return true;
    });
    for (size_t at = 0; at < stream.size(); at += size) {
      CHECK(events.push(std::string_view(stream).substr(at, size)) == Events::Pushed::more);
    }
    CHECK(heard == std::vector<std::string>{"one", "two\nlines", ""});
  }
}
