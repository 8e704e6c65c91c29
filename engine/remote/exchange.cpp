#include "engine/remote/exchange.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/pause.h"
#include "engine/remote/curl.h"

namespace engine::remote {
namespace {

using base::concat;
using base::fail;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds first_pause{300};
constexpr milliseconds most_patience{30'000};  // what a person would wait for
// An endpoint that has said all ends its reply in the same packet or the next.
constexpr milliseconds patience_for_end{20};
constexpr size_t most_refusal_bytes = size_t{64} << 10;
constexpr size_t most_reply_bytes = size_t{32} << 20;

// What an attempt came to.
struct Ended {
  enum class Kind { done, refused, unreachable, untrusted, broken, silent, too_large, stopped };
  Kind kind = Kind::done;
  long status = 0;
  curl_off_t retry_after_s = 0;
  std::string detail;  // of libcurl, or of the endpoint's refusal
};

class Attempt {
 public:
  Attempt(const Endpoint& endpoint, const Post& post, const std::string& token,
          const OnBytes& on_bytes);
  // On a connection that `multi` holds, or a new one.
  Ended run(CURLM* multi, std::stop_token stop);

 private:
  static size_t on_write(char* data, size_t, size_t size, void* self) {
    return static_cast<Attempt*>(self)->write({data, size}) ? size : 0;
  }
  bool write(std::string_view bytes);
  milliseconds patience() const;
  milliseconds patience_left() const;
  Ended judge(CURLcode code) const;

  const Endpoint& endpoint_;
  const OnBytes& on_bytes_;
  Headers headers_;
  Easy easy_;
  Clock::time_point waits_since_ = Clock::now();
  bool has_begun_ = false;  // a byte has arrived
  Next next_ = Next::more;  // of on_bytes
  bool is_too_large_ = false;
  size_t bytes_ = 0;
  std::string refusal_;
  char message_[CURL_ERROR_SIZE] = "";
};

Attempt::Attempt(const Endpoint& endpoint, const Post& post, const std::string& token,
                 const OnBytes& on_bytes)
    : endpoint_(endpoint), on_bytes_(on_bytes), easy_(nullptr, curl_easy_cleanup) {
  add_header(headers_, "Content-Type: application/json");
  add_header(headers_, "Accept: text/event-stream, application/json");
  add_header(headers_, "Expect:");  // no round trip before the body
  if (!token.empty()) add_header(headers_, "Authorization: Bearer " + token);
  easy_ = new_request(post.url, headers_, endpoint.connect_ms);
  CURL* const easy = easy_.get();
  set_option(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  set_option(easy, CURLOPT_POSTFIELDS, post.body.data());
  set_option(easy, CURLOPT_WRITEFUNCTION, &Attempt::on_write);
  set_option(easy, CURLOPT_WRITEDATA, this);
  set_option(easy, CURLOPT_ERRORBUFFER, message_);
}

bool Attempt::write(std::string_view bytes) {
  if (next_ == Next::enough) return true;
  waits_since_ = Clock::now();
  has_begun_ = true;
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    refusal_ += bytes.substr(0, most_refusal_bytes - std::min(refusal_.size(), most_refusal_bytes));
    return refusal_.size() < most_refusal_bytes;
  }
  bytes_ += bytes.size();
  is_too_large_ = bytes_ > most_reply_bytes;
  if (is_too_large_) return false;
  const char* type = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
  const bool events = type != nullptr && std::string_view(type).starts_with("text/event-stream");
  next_ = on_bytes_(bytes, events ? Form::events : Form::whole);
  return next_ != Next::close;
}

milliseconds Attempt::patience() const {
  if (next_ == Next::enough) return patience_for_end;
  return milliseconds(has_begun_ ? endpoint_.silence_ms : endpoint_.first_byte_ms);
}

milliseconds Attempt::patience_left() const {
  return patience() - std::chrono::duration_cast<milliseconds>(Clock::now() - waits_since_);
}

Ended Attempt::run(CURLM* multi, std::stop_token stop) {
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  curl_multi_add_handle(multi, easy_.get());
  // Taken out in any case: that closes the connection of a reply that has not ended.
  const auto remove = [this](CURLM* from) { curl_multi_remove_handle(from, easy_.get()); };
  const std::unique_ptr<CURLM, decltype(remove)> out(multi, remove);
  for (int running = 1; running > 0;) {
    if (stop.stop_requested()) return {Ended::Kind::stopped};
    curl_multi_perform(multi, &running);
    if (running == 0) break;
    const milliseconds left = patience_left();
    if (left <= milliseconds::zero()) {
      if (next_ == Next::enough) return {Ended::Kind::done};
      return {Ended::Kind::silent, 0, 0, concat(patience().count() / 1000.0)};
    }
    curl_multi_poll(multi, nullptr, 0, static_cast<int>(left.count()), nullptr);
  }
  int queued = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &queued);
  INVARIANT(message != nullptr && message->msg == CURLMSG_DONE);
  return judge(message->data.result);
}

Ended Attempt::judge(CURLcode code) const {
  Ended ended;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &ended.status);
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &ended.retry_after_s);
  if (next_ != Next::more) return ended;
  ended.detail = *message_ != '\0' ? message_ : curl_easy_strerror(code);
  if (is_too_large_) {
    ended.kind = Ended::Kind::too_large;
  } else if (ended.status != 0 && ended.status != 200) {
    ended.kind = Ended::Kind::refused;
    ended.detail = refusal_;
  } else if (code == CURLE_OK) {
    ended.kind = Ended::Kind::done;
  } else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    ended.kind = Ended::Kind::untrusted;
  } else {
    // Before there was a connection, nothing can have been sent.
    curl_off_t connected_us = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &connected_us);
    ended.kind = connected_us == 0 ? Ended::Kind::unreachable : Ended::Kind::broken;
  }
  return ended;
}

// What the endpoint says of its refusal, in the forms that servers use, without what it must not
// say: bodies may repeat headers.
std::string words_of(std::string text, const std::string& token) {
  constexpr size_t most = 300;
  if (const auto json = base::Json::parse(text)) {
    auto value = json->root();
    if (const auto error = value.find("error")) value = *error;
    for (const char* name : {"message", "detail"}) {
      if (const auto words = value.find(name); words && words->string()) {
        value = *words;
        break;
      }
    }
    if (const auto words = value.string()) text = std::string(*words);
  }
  for (size_t at; !token.empty() && (at = text.find(token)) != std::string::npos;) {
    text.replace(at, token.size(), "…");
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  if (text.size() > most) text = text.substr(0, most);
  return text;
}

std::string refusal_of(const Ended& ended, const std::string& token) {
  const std::string words = words_of(ended.detail, token);
  const std::string said = words.empty() ? "" : ": " + words;
  switch (ended.status) {
    case 401:
    case 403:
      return "does not accept the token (remote.token_env, remote.token_file)" + said;
    case 404:
      return "has nothing there: is remote.url the one that ends in /v1, and remote.model a model "
             "that it has?" +
             said;
    case 429:
      return "has too many requests" + said;
    default:
      break;
  }
  if (ended.status >= 300 && ended.status < 400) {
    return "wants to lead elsewhere, which is not followed, since the token would go there: set "
           "remote.url to the final address";
  }
  return concat("answered with status ", ended.status, said);
}

std::string authorities_of() {
  const char* file = authorities_file();
  if (file == nullptr) {
    return "its certificate must be for the host in remote.url, and of an authority that this "
           "system trusts (update-ca-certificates adds one) or that the variable SSL_CERT_FILE "
           "names";
  }
  return concat("its certificate must be for the host in remote.url, and of an authority in '",
                file, "', which SSL_CERT_FILE names");
}

base::Error error_of(const Endpoint& endpoint, const Ended& ended, const std::string& token) {
  const std::string where = endpoint.url + " ";
  switch (ended.kind) {
    case Ended::Kind::refused:
      return fail(where, refusal_of(ended, token));
    case Ended::Kind::unreachable:
      return fail(where, "cannot be reached: ", ended.detail, "; is the server running?");
    case Ended::Kind::untrusted:
      return fail(where, "is not trusted, and was sent nothing: ", ended.detail, "; ",
                  authorities_of());
    case Ended::Kind::silent:
      return fail(where, "has said nothing for ", ended.detail, " s; it may have too much to do");
    case Ended::Kind::too_large:
      return fail(where, "sent more than ", most_reply_bytes >> 20, " MB for one answer");
    case Ended::Kind::stopped:
      return fail("stopped");
    default:
      return fail(where, "broke off: ", ended.detail);
  }
}

// How long to wait before another attempt; nothing where there must be none.
std::optional<milliseconds> pause_before_next(const Ended& ended, int attempt, int most_attempts) {
  if (attempt + 1 >= most_attempts) return std::nullopt;
  if (ended.kind == Ended::Kind::unreachable) {
    // Half of it by chance, so that many clients do not come back at once.
    static thread_local std::minstd_rand random(std::random_device{}());
    const milliseconds whole = first_pause * (1 << attempt);
    return whole / 2 +
           milliseconds(std::uniform_int_distribution<int64_t>(0, (whole / 2).count())(random));
  }
  const bool later = ended.kind == Ended::Kind::refused && ended.retry_after_s > 0 &&
                     (ended.status == 429 || ended.status == 503);
  if (!later) return std::nullopt;
  const milliseconds pause = std::chrono::seconds(ended.retry_after_s);
  return pause <= most_patience ? std::optional(pause) : std::nullopt;
}

}  // namespace

base::Result<Answered> exchange(const Endpoint& endpoint, const Post& post, const OnBytes& on_bytes,
                                std::stop_token stop, Connections& connections) {
  if (auto status = check(endpoint); !status) return status.error();
  const auto token = token_of(endpoint);
  if (!token) return token.error();
  for (int attempt = 0;; ++attempt) {
    auto multi = connections.take();
    const Ended ended = Attempt(endpoint, post, *token, on_bytes).run(multi.get(), stop);
    connections.give_back(std::move(multi));
    if (ended.kind == Ended::Kind::done) return Answered::yes;
    const bool missing =
        ended.kind == Ended::Kind::refused && (ended.status == 404 || ended.status == 405);
    if (missing && post.if_missing == IfMissing::say) return Answered::missing;
    const auto pause = pause_before_next(ended, attempt, endpoint.attempts);
    if (!pause || stop.stop_requested()) return error_of(endpoint, ended, *token);
    if (!base::pause(stop, *pause)) return error_of(endpoint, {Ended::Kind::stopped}, *token);
  }
}

}  // namespace engine::remote
