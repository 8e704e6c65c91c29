#include "lsp/wire/frame.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "engine/base/format.h"

namespace lsp::wire {
namespace {

using base::fail;

constexpr size_t max_header_bytes = 4096;
// A length past this is no message too large to keep, which is passed over: nobody would ever have
// sent it, and waiting for its end would be for good.
constexpr size_t max_content_length = size_t{16} << 30;
constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::string_view length_name = "content-length:";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-';
  });
}

struct Header {
  size_t content_length;
  bool utf8;
};

// `lines` in lower case, each with its line ending.
base::Result<Header> parse_header(std::string_view lines) {
  std::optional<size_t> length;
  bool utf8 = true;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = trim(line.substr(0, colon));
    if (colon == line.size() || !is_name(name)) return fail("a line that is no header");
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "content-length") {
      size_t number = 0;
      const char* last = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), last, number);
      if (error != std::errc() || stop != last || number > max_content_length) {
        return fail("Content-Length '", value.substr(0, 40), "' is not a number of bytes");
      }
      if (length) return fail("Content-Length is given twice");
      length = number;
    } else if (name == "content-type" && value.find("charset=") != std::string_view::npos) {
      utf8 = value.find("utf-8") != std::string_view::npos ||
             value.find("utf8") != std::string_view::npos;
    }
  }
  if (!length) return fail("a header without Content-Length");
  return Header{*length, utf8};
}

}  // namespace

void FrameReader::push(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(body_wanted_ > 0 ? take_body(bytes) : take_header(bytes));
  }
}

std::optional<base::Result<std::string>> FrameReader::next() {
  if (ready_.empty()) return std::nullopt;
  auto first = std::move(ready_.front());
  ready_.pop_front();
  return first;
}

size_t FrameReader::take_body(std::string_view bytes) {
  const size_t taken = std::min(bytes.size(), body_wanted_);
  body_wanted_ -= taken;
  if (!passing_over_) {
    body_.append(bytes.substr(0, taken));
    if (body_wanted_ == 0) ready_.emplace_back(std::exchange(body_, {}));
  }
  return taken;
}

size_t FrameReader::take_header(std::string_view bytes) {
  const size_t before = header_.size();
  header_.append(bytes.substr(0, max_header_bytes));
  const size_t end = header_.find(header_end, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    const size_t taken = header_.size() - before;
    if (header_.size() > max_header_bytes) resynchronise("a header without an end");
    return taken;
  }
  const size_t taken = end + header_end.size() - before;
  header_.resize(end + header_end.size());
  // After a broken header, what is kept of it may be a whole one.
  while (!header_.empty() && body_wanted_ == 0) {
    const size_t whole = header_.find(header_end);
    if (whole == std::string::npos) break;
    read_header(whole + header_end.size());
  }
  return taken;
}

void FrameReader::read_header(size_t end) {
  const auto header = parse_header(base::lower_case(std::string_view(header_).substr(0, end - 2)));
  if (!header) return resynchronise(header.message());
  header_.erase(0, end);
  lost_ = false;
  body_wanted_ = header->content_length;
  passing_over_ = !header->utf8 || body_wanted_ > max_message_bytes_;
  if (!header->utf8) {
    ready_.emplace_back(fail("a message whose charset is not utf-8"));
  } else if (passing_over_) {
    ready_.emplace_back(
        fail("a message of ", body_wanted_, " bytes; the most is ", max_message_bytes_));
  } else if (body_wanted_ == 0) {
    ready_.emplace_back(std::string());
  } else {
    body_.reserve(body_wanted_);
  }
}

// Keeps what may begin the next header: from the next "Content-Length:" on, or the few bytes that
// may grow to one.
void FrameReader::resynchronise(std::string message) {
  if (!lost_) ready_.emplace_back(base::Error{std::move(message)});
  lost_ = true;
  const size_t next = base::lower_case(header_).find(length_name, 1);
  if (next != std::string::npos) {
    header_.erase(0, next);
  } else {
    header_.erase(0, header_.size() - std::min(header_.size() - 1, length_name.size() - 1));
  }
}

std::string frame(std::string_view body) {
  return base::concat("Content-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace lsp::wire
