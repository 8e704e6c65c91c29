// The bytes of a connection, as they are or through TLS. One class for both behind it, so that the
// coroutines of a connection exist once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <memory>

namespace lsp::http {

using boost::system::error_code;

// Each wait ends with an error where the time of `tcp()` is up, or the socket is closed.
class Stream {
 public:
  struct Read {
    error_code error;
    size_t bytes;
  };

  virtual ~Stream() = default;

  virtual boost::beast::tcp_stream& tcp() = 0;
  // Before the first and after the last byte: what TLS needs.
  virtual boost::asio::awaitable<error_code> begin() = 0;
  virtual boost::asio::awaitable<void> end() = 0;
  // Some bytes, at least one where there is no error.
  virtual boost::asio::awaitable<Read> read(boost::asio::mutable_buffer into) = 0;
  // All of them. Where they can be written at once, nothing waits and no time is set; else `wait`
  // is the most that it takes, and no time is set afterwards.
  virtual boost::asio::awaitable<error_code> write(boost::asio::const_buffer bytes,
                                                   std::chrono::milliseconds wait) = 0;

  // Says that nothing more is written, and throws away what is not yet read: a socket that is
  // closed with bytes unread takes back what was written to it last.
  boost::asio::awaitable<void> drain(std::chrono::milliseconds wait, size_t most_bytes);
};

// Through TLS where there is a context, which outlives the stream.
std::unique_ptr<Stream> stream_over(boost::asio::ip::tcp::socket socket,
                                    boost::asio::ssl::context* tls);

}  // namespace lsp::http
