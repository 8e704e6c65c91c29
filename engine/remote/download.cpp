// A download is a loop over requests. Each asks for what is missing, from the address that was
// given (what it leads to may hold for minutes only), and ends in one of: all is there; a redirect;
// the connection broke, so that the next request goes on; an error.
#include "engine/remote/download.h"
#include "engine/base/pause.h"

#include <sys/types.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/format.h"
#include "engine/remote/curl.h"
#include "engine/remote/part_file.h"
#include "engine/remote/sha256.h"

namespace engine::remote {
namespace {

using base::Done;
using base::fail;
using base::Result;
using base::Status;
using std::chrono::milliseconds;

constexpr int most_redirects = 5;
constexpr int most_barren = 5;     // requests in a row that bring nothing
constexpr int most_fruitless = 2;  // the same where nothing has come at all: a name is wrong
constexpr milliseconds most_pause{30'000};

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

// What the headers say of the file.
struct Said {
  std::string etag, modified;
  std::optional<int64_t> length;           // of this reply's body
  std::optional<int64_t> first, of_whole;  // of Content-Range
  std::string sha256;

  void read(std::string_view line);
  // What If-Range takes: no weak ETag, since bytes must be the same.
  std::string validator() const {
    return !etag.empty() && !etag.starts_with("W/") ? etag : modified;
  }
};

void Said::read(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = base::lower_case(line.substr(0, colon));
  std::string value(line.substr(colon + 1));
  value.erase(0, value.find_first_not_of(" \t"));
  value.erase(value.find_last_not_of(" \t\r\n") + 1);
  if (name == "etag") etag = value;
  if (name == "last-modified") modified = value;
  if (name == "content-length") length = number(value);
  if (name == "content-range" && value.starts_with("bytes ")) {
    const size_t dash = value.find('-'), slash = value.find('/');
    if (dash != std::string::npos) first = number(value.substr(6, dash - 6));
    if (slash != std::string::npos) of_whole = number(value.substr(slash + 1));
  }
  // The hub's own name of a large file is its SHA-256; other files have shorter names.
  if (name == "x-linked-etag") {
    std::erase(value, '"');
    if (is_sha256(value)) sha256 = base::lower_case(value);
  }
}

// One request, and what it brought.
class Request {
 public:
  Request(const Download& wanted, const std::string& url, const std::string& sha256, PartFile& part,
          const OnProgress& on_progress, const std::stop_token& stop);
  CURLcode run() { return curl_easy_perform(easy_.get()); }

  long status() const;
  std::string leads_to() const;
  const Said& said() const { return said_; }
  const Status& written() const { return written_; }  // an error: why it was ended from here
  bool body_begun() const { return begun_; }
  const char* message() const { return message_; }

 private:
  static size_t on_header(char* data, size_t, size_t size, void* self) {
    static_cast<Request*>(self)->header({data, size});
    return size;
  }
  static size_t on_write(char* data, size_t, size_t size, void* self) {
    return static_cast<Request*>(self)->write({data, size}) ? size : 0;
  }
  static int on_tick(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Request*>(self)->stop_.stop_requested() ? 1 : 0;
  }
  void header(std::string_view line);
  bool write(std::string_view bytes);
  Status begin();

  const std::string& origin_url_;
  PartFile& part_;
  const OnProgress& on_progress_;
  const std::stop_token& stop_;
  Headers headers_;
  Easy easy_;
  Said said_;
  Status written_ = Done{};
  bool begun_ = false;
  char message_[CURL_ERROR_SIZE] = "";
};

// `sha256`: what an address before this one has said of the file.
Request::Request(const Download& wanted, const std::string& url, const std::string& sha256,
                 PartFile& part, const OnProgress& on_progress, const std::stop_token& stop)
    : origin_url_(wanted.url),
      part_(part),
      on_progress_(on_progress),
      stop_(stop),
      easy_(nullptr, curl_easy_cleanup) {
  said_.sha256 = sha256;
  add_header(headers_, "Accept-Encoding: identity");
  if (part.size() > 0) {
    add_header(headers_, base::concat("Range: bytes=", part.size(), "-"));
    add_header(headers_, "If-Range: " + part.origin().validator);
  }
  easy_ = new_request(url, headers_, wanted.connect_ms);
  CURL* const easy = easy_.get();
  set_option(easy, CURLOPT_USERAGENT, "lemma");
  set_option(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set_option(easy, CURLOPT_LOW_SPEED_TIME,
             std::max(1L, static_cast<long>(wanted.silence_ms / 1000)));
  set_option(easy, CURLOPT_HEADERFUNCTION, &Request::on_header);
  set_option(easy, CURLOPT_HEADERDATA, this);
  set_option(easy, CURLOPT_WRITEFUNCTION, &Request::on_write);
  set_option(easy, CURLOPT_WRITEDATA, this);
  set_option(easy, CURLOPT_NOPROGRESS, 0L);
  set_option(easy, CURLOPT_XFERINFOFUNCTION, &Request::on_tick);
  set_option(easy, CURLOPT_XFERINFODATA, this);
  set_option(easy, CURLOPT_ERRORBUFFER, message_);
}

long Request::status() const {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string Request::leads_to() const {
  const char* url = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &url);
  return url != nullptr ? url : "";
}

void Request::header(std::string_view line) {
  // An interim reply, or a proxy's, has come before: what counts is the last one.
  if (line.starts_with("HTTP/")) said_ = {.sha256 = said_.sha256};
  said_.read(line);
}

// Decides, at the first byte of a body, whether it goes on with what is there.
Status Request::begin() {
  begun_ = true;
  if (status() == 206) {
    const bool fits = said_.first == part_.size() && part_.size() > 0 &&
                      (part_.origin().whole == 0 || said_.of_whole == part_.origin().whole);
    if (!fits) return fail("the server sent another range than the one that was asked for");
    return part_.check_room(said_.length.value_or(0));
  }
  const PartOrigin origin{.url = origin_url_,
                          .validator = said_.validator(),
                          .whole = said_.length.value_or(0),
                          .sha256 = said_.sha256};
  if (auto begun = part_.begin(origin); !begun) return begun;
  return part_.check_room(origin.whole);
}

bool Request::write(std::string_view bytes) {
  if (status() != 200 && status() != 206) return true;  // words of a refusal
  if (!begun_) written_ = begin();
  if (written_) written_ = part_.append(bytes);
  if (!written_) return false;
  if (on_progress_) {
    on_progress_({DownloadProgress::Phase::loading, part_.size(), part_.origin().whole});
  }
  return true;
}

std::string refusal_of(long status, const std::string& address) {
  const std::string url = base::in_quotes(address);
  switch (status) {
    case 401:
    case 403:
      return base::concat(url, " may not be loaded without an account (status ", status,
                          "); load it with a browser, and name it with --model");
    case 404:
    case 410:
      return base::concat(url, " is not there (status ", status, "); is its name right?");
    default:
      return base::concat(url, " answered with status ", status);
  }
}

// Whether a later request may succeed.
bool may_pass(long status) { return status == 429 || status >= 500 || status == 408; }

class Loop {
 public:
  Loop(const Download& wanted, const OnProgress& on_progress, const std::stop_token& stop,
       PartFile& part)
      : wanted_(wanted), on_progress_(on_progress), stop_(stop), part_(part) {}
  Status run();

 private:
  enum class Step { whole, again };
  Result<Step> request();
  Result<Step> judge(const Request& request, CURLcode code, const std::string& url);
  bool pause();

  const Download& wanted_;
  const OnProgress& on_progress_;
  const std::stop_token& stop_;
  PartFile& part_;
  int barren_ = 0;
  std::string last_;  // what was wrong with the last request
};

Result<Loop::Step> Loop::judge(const Request& request, CURLcode code, const std::string& url) {
  const long status = request.status();
  if (stop_.stop_requested()) return fail("stopped; the same command goes on from here");
  if (!request.written()) return request.written().error();
  if (code != CURLE_OK && (status == 0 || request.body_begun() || status == 200 || status == 206)) {
    last_ =
        base::concat(base::in_quotes(url), ": ",
                     request.message()[0] != '\0' ? request.message() : curl_easy_strerror(code));
    return Step::again;
  }
  if (status == 416 && part_.size() > 0) {
    // Nothing is missing; or it is another file now.
    if (request.said().of_whole == part_.size()) return Step::whole;
    if (auto begun = part_.begin({.url = wanted_.url}); !begun) return begun.error();
    last_ = base::in_quotes(url) + " has changed";
    return Step::again;
  }
  if (status != 200 && status != 206) {
    last_ = refusal_of(status, url);
    if (may_pass(status)) return Step::again;
    return fail(last_);
  }
  if (!request.body_begun()) return fail(base::in_quotes(url), " is empty");
  const int64_t whole = part_.origin().whole;
  if (whole == 0 || part_.size() == whole) return Step::whole;
  last_ =
      base::concat(base::in_quotes(url), " ended after ", part_.size(), " of ", whole, " bytes");
  return Step::again;
}

Result<Loop::Step> Loop::request() {
  std::string url = wanted_.url, sha256;
  // Nobody could tell whether the rest were the same file's.
  if (part_.size() > 0 && part_.origin().validator.empty()) {
    if (auto begun = part_.begin({.url = wanted_.url}); !begun) return begun.error();
  }
  for (int redirects = 0;; ++redirects) {
    Request request(wanted_, url, sha256, part_, on_progress_, stop_);
    const CURLcode code = request.run();
    const std::string next = code == CURLE_OK ? request.leads_to() : "";
    if (next.empty()) return judge(request, code, url);
    if (redirects == most_redirects)
      return fail(base::in_quotes(wanted_.url), " leads to too many others");
    if (auto status = check_address("where " + base::in_quotes(url) + " leads to", next); !status) {
      return status.error();
    }
    if (next.starts_with("http:") && !url.starts_with("http:")) {
      return fail(base::in_quotes(url), " leads from https to ", base::in_quotes(next),
                  ", which is not followed");
    }
    sha256 = request.said().sha256;
    url = next;
  }
}

// Whether there is to be another request.
bool Loop::pause() {
  if (on_progress_) {
    on_progress_({DownloadProgress::Phase::waiting, part_.size(), part_.origin().whole});
  }
  const milliseconds time = std::min(most_pause, milliseconds(wanted_.pause_ms) * (1 << barren_));
  return base::pause(stop_, time);
}

Status Loop::run() {
  if (part_.origin().whole > 0 && part_.size() == part_.origin().whole) return Done{};
  for (;;) {
    const int64_t before = part_.size();
    const auto step = request();
    if (!step) return step.error();
    if (*step == Step::whole) return Done{};
    barren_ = part_.size() > before ? 0 : barren_ + 1;
    const bool fruitless = part_.size() == 0;
    if (barren_ >= (fruitless ? most_fruitless : most_barren)) {
      return fail(last_, fruitless ? "" : "; the same command goes on from here");
    }
    if (!pause()) return fail("stopped; the same command goes on from here");
  }
}

Status verify(const Download& wanted, PartFile& part, const OnProgress& on_progress,
              const std::stop_token& stop, Downloaded& loaded) {
  const auto sum = sha256_of_file(part.path(), [&](int64_t bytes) {
    if (on_progress) on_progress({DownloadProgress::Phase::verifying, bytes, part.size()});
    return !stop.stop_requested();
  });
  if (!sum) return sum.error();
  loaded.bytes = part.size();
  loaded.resumed_at = part.resumed_at();
  loaded.sha256 = *sum;
  const PartOrigin& origin = part.origin();
  loaded.vouched = !wanted.sha256.empty()   ? Vouched::by_given_sum
                   : !origin.sha256.empty() ? Vouched::by_server_sum
                   : origin.whole > 0       ? Vouched::by_size
                                            : Vouched::by_nothing;
  for (const std::string& expected : {base::lower_case(wanted.sha256), origin.sha256}) {
    if (expected.empty() || expected == *sum) continue;
    part.remove();
    return fail(wanted.url, " has the SHA-256 ", *sum, " and not ", expected,
                ": it is damaged or another file; what was loaded has been removed");
  }
  return Done{};
}

}  // namespace

Result<Downloaded> download(const Download& wanted, const OnProgress& on_progress,
                            std::stop_token stop) {
  if (auto status = check_address("the address", wanted.url); !status) return status.error();
  if (!wanted.sha256.empty() && !is_sha256(wanted.sha256)) {
    return fail(base::in_quotes(wanted.sha256), " is no SHA-256, which has 64 hexadecimal digits");
  }
  auto part = PartFile::open(wanted.path, wanted.url);
  if (!part) return part.error();
  Downloaded loaded;
  if (auto status = Loop(wanted, on_progress, stop, *part).run(); !status) {
    if (part->size() == 0) part->remove();
    return status.error();
  }
  if (auto status = verify(wanted, *part, on_progress, stop, loaded); !status) {
    return status.error();
  }
  if (auto status = part->finish(); !status) return status.error();
  return loaded;
}

}  // namespace engine::remote
