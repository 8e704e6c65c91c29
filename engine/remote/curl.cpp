#include "engine/remote/curl.h"

#include <cstdlib>

#include "engine/base/format.h"

namespace engine::remote {
namespace {

using base::Done;
using base::fail;
using base::in_quotes;

// Names that never leave the machine: libcurl itself resolves "localhost".
bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

// Once, before any other use, whatever thread comes first.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  INVARIANT(started == CURLE_OK);
}

}  // namespace

Url::Url(const std::string& text) : url_(curl_url(), curl_url_cleanup) {
  is_valid_ = curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
}

std::string Url::part(CURLUPart part) const {
  char* value = nullptr;
  if (curl_url_get(url_.get(), part, &value, 0) != CURLUE_OK) return "";
  std::string text(value);
  curl_free(value);
  return text;
}

base::Status check_address(const std::string& what, const std::string& text,
                           const std::string& instead) {
  const Url url(text);
  const std::string scheme = url.is_valid() ? url.part(CURLUPART_SCHEME) : "";
  if (scheme != "https" && scheme != "http") {
    return fail(what, " is ", in_quotes(text), "; it must be like https://host/path");
  }
  if (scheme == "http" && !is_loopback(url.part(CURLUPART_HOST))) {
    return fail(what, " is ", in_quotes(text),
                "; over plain http anybody on the way could read along and change it, so lemma "
                "speaks it to this machine alone: use https, or a tunnel to 127.0.0.1");
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD}) {
    if (!url.part(part).empty()) {
      return fail(what, " must not hold a name or a password; ", instead);
    }
  }
  return Done{};
}

void add_header(Headers& headers, const std::string& line) {
  headers.reset(curl_slist_append(headers.release(), line.c_str()));
}

const char* authorities_file() {
  const char* file = std::getenv("SSL_CERT_FILE");
  return file != nullptr && *file != '\0' ? file : nullptr;
}

Easy new_request(const std::string& url, const Headers& headers, uint32_t connect_ms) {
  start_curl();
  Easy easy(curl_easy_init(), curl_easy_cleanup);
  INVARIANT(easy != nullptr);
  const bool plain = url.starts_with("http:");
  set_option(easy.get(), CURLOPT_URL, url.c_str());
  set_option(easy.get(), CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
  // This machine is not reached over another one.
  if (plain) set_option(easy.get(), CURLOPT_NOPROXY, "*");
  set_option(easy.get(), CURLOPT_FOLLOWLOCATION, 0L);
  if (const char* file = authorities_file()) set_option(easy.get(), CURLOPT_CAINFO, file);
  set_option(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  set_option(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_ms));
  set_option(easy.get(), CURLOPT_NOSIGNAL, 1L);
  set_option(easy.get(), CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name's lookup
  return easy;
}

}  // namespace engine::remote
