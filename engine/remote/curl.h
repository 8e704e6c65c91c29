// What every exchange over libcurl has in common.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/check.h"
#include "engine/base/result.h"

namespace engine::remote {

// libcurl's own parser, so that what is checked is what is contacted.
class Url {
 public:
  explicit Url(const std::string& text);
  bool is_valid() const { return is_valid_; }
  // Empty where there is none.
  std::string part(CURLUPart part) const;

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  bool is_valid_;
};

// https to anywhere, http to this machine alone, no name or password in it. An error begins with
// `what`, the name of the setting or the thing that the address came from; `instead` says what to
// do with a name or a password.
base::Status check_address(const std::string& what, const std::string& url,
                           const std::string& instead = "leave them out");

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;
void add_header(Headers& headers, const std::string& line);

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

template <typename T>
void set_option(CURL* easy, CURLoption option, T value) {
  INVARIANT(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

// OpenSSL's own name for who is to be trusted in place of the system's authorities; libcurl does
// not look at it by itself. Null: the system's.
const char* authorities_file();

// One request to `url`, which was checked: by its own scheme alone, following nothing. `headers`
// must outlive it.
Easy new_request(const std::string& url, const Headers& headers, uint32_t connect_ms);

}  // namespace engine::remote
