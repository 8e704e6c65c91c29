#include "engine/remote/endpoint.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "engine/base/format.h"

namespace engine::remote {
namespace {

using base::Done;
using base::fail;
using base::in_quotes;
using base::Status;

constexpr size_t most_token_bytes = 8192;

// libcurl's own parser, so that what is checked is what is contacted.
class Url {
 public:
  explicit Url(const std::string& text) : url_(curl_url(), curl_url_cleanup) {
    is_valid_ = curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }
  bool is_valid() const { return is_valid_; }
  // Empty where there is none.
  std::string part(CURLUPart part) const {
    char* value = nullptr;
    if (curl_url_get(url_.get(), part, &value, 0) != CURLUE_OK) return "";
    std::string text(value);
    curl_free(value);
    return text;
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  bool is_valid_;
};

// Names that never leave the machine: libcurl itself resolves "localhost".
bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

Status check_url(const std::string& text) {
  const Url url(text);
  const std::string scheme = url.is_valid() ? url.part(CURLUPART_SCHEME) : "";
  if (scheme != "https" && scheme != "http") {
    return fail("remote.url is ", in_quotes(text), "; it must be like https://host/v1");
  }
  if (scheme == "http" && !is_loopback(url.part(CURLUPART_HOST))) {
    return fail("remote.url is ", in_quotes(text),
                "; over plain http anybody on the way could read along, so lemma speaks it to this "
                "machine alone: use https, or a tunnel to 127.0.0.1");
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD}) {
    if (!url.part(part).empty()) {
      return fail(
          "remote.url must not hold a name or a password; put the token into the variable "
          "that remote.token_env names, or into remote.token_file");
    }
  }
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
