#include "engine/remote/endpoint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "engine/base/format.h"
#include "engine/remote/curl.h"

namespace engine::remote {
namespace {

using base::Done;
using base::fail;
using base::in_quotes;
using base::Status;

constexpr size_t most_token_bytes = 8192;

Status check_url(const std::string& text) {
  auto status = check_address("remote.url", text,
                              "put the token into the variable that remote.token_env names, or "
                              "into remote.token_file");
  if (!status) return status;
  const Url url(text);
  if (!url.part(CURLUPART_QUERY).empty() || !url.part(CURLUPART_FRAGMENT).empty()) {
    return fail("remote.url is ", in_quotes(text), "; it must end with its path, like /v1");
  }
  return Done{};
}

Result<std::string> read_token_file(const std::string& path) {
  const auto wrong = [&](const char* what) {
    return fail("the token file ", in_quotes(path), " ", what);
  };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return wrong("cannot be read (remote.token_file)");
  struct stat status {};
  std::string token(most_token_bytes, '\0');
  const bool known = fstat(file, &status) == 0;
  const ssize_t size =
      known && S_ISREG(status.st_mode) ? read(file, token.data(), token.size()) : -1;
  close(file);
  if (size < 0) return wrong("is no regular file");
  if ((status.st_mode & 077) != 0 || status.st_uid != geteuid()) {
    return wrong("may be read by others: chmod 600, and it must be yours");
  }
  token.resize(static_cast<size_t>(size));
  return token;
}

}  // namespace

Status check(const Endpoint& endpoint) {
  if (endpoint.url.empty()) return fail("no endpoint is configured: set remote.url");
  if (auto status = check_url(endpoint.url); !status) return status;
  if (endpoint.model.empty()) {
    return fail("remote.model is not set; it is the name that the endpoint gives its model");
  }
  if (!endpoint.token_env.empty() && !endpoint.token_file.empty()) {
    return fail("both remote.token_env and remote.token_file are set; leave one of them out");
  }
  const auto once = [&](const char* part) {
    const size_t at = endpoint.fim.find(part);
    return at != std::string::npos && endpoint.fim.find(part, at + 1) == std::string::npos;
  };
  if (!endpoint.fim.empty() && !(once("{prefix}") && once("{suffix}"))) {
    return fail("remote.fim must hold {prefix} and {suffix} once each");
  }
  return Done{};
}

Result<std::string> token_of(const Endpoint& endpoint) {
  std::string token;
  if (!endpoint.token_env.empty()) {
    const char* value = std::getenv(endpoint.token_env.c_str());
    if (value == nullptr) {
      return fail("the environment variable ", in_quotes(endpoint.token_env),
                  " is not set (remote.token_env)");
    }
    token = value;
  } else if (!endpoint.token_file.empty()) {
    auto read = read_token_file(endpoint.token_file);
    if (!read) return read;
    token = std::move(*read);
  } else {
    return token;
  }
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  const bool printable =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (token.empty() || token.size() >= most_token_bytes || !printable) {
    return fail("the token for ", endpoint.url, " is ", token.empty() ? "empty" : "no bearer token",
                ": one line of printable characters is expected");
  }
  return token;
}

}  // namespace engine::remote
