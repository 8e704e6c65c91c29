// The base protocol: each message stands behind a header that gives its length.
//
// Whatever arrives, the reader stays usable: a message that is too large is passed over, and after
// a header that makes no sense it searches for the next "Content-Length:". Memory stays within
// `max_message_bytes` and one header.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace lsp::wire {

namespace base = engine::base;

// A file of 100 MB fits, also with its quotes and line ends escaped.
constexpr size_t default_max_message_bytes = size_t{256} << 20;

class FrameReader {
 public:
  explicit FrameReader(size_t max_message_bytes = default_max_message_bytes)
      : max_message_bytes_(max_message_bytes) {}

  // Bytes as they arrive, in pieces of any size.
  void push(std::string_view bytes);

  // The next message's body, or what was wrong where one should have been; nothing where more bytes
  // are needed.
  std::optional<base::Result<std::string>> next();

  // Whether the input may end here.
  bool between_messages() const { return header_.empty() && body_wanted_ == 0; }

 private:
  size_t take_header(std::string_view bytes);
  size_t take_body(std::string_view bytes);
  void read_header(size_t end);
  void resynchronise(std::string message);

  size_t max_message_bytes_;
  std::string header_;         // what has come of the header
  std::string body_;           // what has come of the body
  size_t body_wanted_ = 0;     // bytes of the body still to come
  bool passing_over_ = false;  // the body to come is dropped
  bool lost_ = false;          // a broken header has been reported, none has been understood since
  std::deque<base::Result<std::string>> ready_;
};

std::string frame(std::string_view body);

}  // namespace lsp::wire
