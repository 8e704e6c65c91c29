#include "engine/base/format.h"
#include "engine/remote/curl.h"
#include "lsp/http/endpoint.h"

namespace lsp::http {
namespace {

using engine::remote::set_option;

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
  const auto easy = engine::remote::new_request(url + "/health", {}, patience_ms);
  char detail[CURL_ERROR_SIZE] = "";
  set_option(easy.get(), CURLOPT_NOPROXY, "*");  // with TLS neither: it is this machine's own
  set_option(easy.get(), CURLOPT_TIMEOUT_MS, patience_ms);
  set_option(easy.get(), CURLOPT_WRITEFUNCTION, &ignore);
  set_option(easy.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(detail));
  // Whose certificate it is does not matter: nothing secret is sent.
  set_option(easy.get(), CURLOPT_SSL_VERIFYPEER, 0L);
  set_option(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
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
