#include <curl/curl.h>

#include <memory>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "lsp/http/endpoint.h"

namespace lsp::http {
namespace {

constexpr long patience_ms = 2000;
constexpr std::string_view expected_challenge = "Bearer realm=\"lemma\"";

// What it says matters in its header alone.
size_t ignore(char*, size_t size, size_t count, void*) { return size * count; }

std::string in_words(CURLcode code, const char* detail) {
  const char* what = code == CURLE_COULDNT_CONNECT     ? "nobody listens: "
                     : code == CURLE_SSL_CONNECT_ERROR ? "no TLS there: "
                                                       : "it does not answer: ";
  return base::concat(what, *detail != '\0' ? detail : curl_easy_strerror(code));
}

}  // namespace

// Without a token every request of an endpoint's is refused, in words that are known.
base::Status probe(const std::string& url) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 curl_easy_cleanup);
  INVARIANT(easy != nullptr);
  char detail[CURL_ERROR_SIZE] = "";
  const auto set = [&](CURLoption option, auto value) {
    INVARIANT(curl_easy_setopt(easy.get(), option, value) == CURLE_OK);
  };
  const std::string health = url + "/health";
  set(CURLOPT_URL, health.c_str());
  set(CURLOPT_NOPROXY, "*");  // this machine is not reached over another one
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, patience_ms);
  set(CURLOPT_WRITEFUNCTION, &ignore);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(detail));
  // Whose certificate it is does not matter: nothing secret is sent.
  set(CURLOPT_SSL_VERIFYPEER, 0L);
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  const CURLcode code = curl_easy_perform(easy.get());
  if (code != CURLE_OK) return base::fail(in_words(code, detail));
  curl_header* challenge = nullptr;
  const bool is_ours = curl_easy_header(easy.get(), "WWW-Authenticate", 0, CURLH_HEADER, -1,
                                        &challenge) == CURLHE_OK &&
                       challenge->value == expected_challenge;
  if (!is_ours) return base::fail("something else answers there");
  return base::Done{};
}

}  // namespace lsp::http
