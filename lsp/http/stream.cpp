#include "lsp/http/stream.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace lsp::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

template <typename Layer>
asio::awaitable<Stream::Read> read_some(Layer& layer, asio::mutable_buffer into) {
  const auto [error, bytes] = co_await layer.async_read_some(into, as_tuple);
  co_return Stream::Read{error, bytes};
}

template <typename Layer>
asio::awaitable<error_code> write_all(Layer& layer, asio::const_buffer bytes,
                                      std::chrono::milliseconds wait) {
  beast::tcp_stream& tcp = beast::get_lowest_layer(layer);
  tcp.expires_after(wait);
  const auto [error, count] = co_await asio::async_write(layer, bytes, as_tuple);
  tcp.expires_never();
  co_return error;
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(asio::ip::tcp::socket socket) : stream_(std::move(socket)) {}

  beast::tcp_stream& tcp() override { return stream_; }
  asio::awaitable<error_code> begin() override { co_return error_code(); }
  asio::awaitable<void> end() override { co_return; }

  asio::awaitable<Read> read(asio::mutable_buffer into) override {
    return read_some(stream_, into);
  }

  // A piece of a stream mostly fits into the socket's buffer.
  asio::awaitable<error_code> write(asio::const_buffer bytes,
                                    std::chrono::milliseconds wait) override {
    error_code error;
    bytes += stream_.socket().write_some(bytes, error);
    if (bytes.size() == 0) co_return error_code();
    if (error && error != asio::error::would_block) co_return error;
    co_return co_await write_all(stream_, bytes, wait);
  }

 private:
  beast::tcp_stream stream_;
};

class TlsStream final : public Stream {
 public:
  TlsStream(asio::ip::tcp::socket socket, asio::ssl::context& context)
      : stream_(std::move(socket), context) {}

  beast::tcp_stream& tcp() override { return stream_.next_layer(); }

  asio::awaitable<error_code> begin() override {
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_tuple);
    co_return error;
  }

  asio::awaitable<void> end() override { co_await stream_.async_shutdown(as_tuple); }

  asio::awaitable<Read> read(asio::mutable_buffer into) override {
    return read_some(stream_, into);
  }

  asio::awaitable<error_code> write(asio::const_buffer bytes,
                                    std::chrono::milliseconds wait) override {
    return write_all(stream_, bytes, wait);
  }

 private:
  beast::ssl_stream<beast::tcp_stream> stream_;
};

}  // namespace

asio::awaitable<void> Stream::drain(std::chrono::milliseconds wait, size_t most_bytes) {
  error_code ignored;
  tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  tcp().expires_after(wait);
  std::array<char, 16384> thrown{};
  for (size_t total = 0; total < most_bytes;) {
    const auto [error, bytes] = co_await tcp().async_read_some(asio::buffer(thrown), as_tuple);
    if (error) break;
    total += bytes;
  }
}

std::unique_ptr<Stream> stream_over(asio::ip::tcp::socket socket, asio::ssl::context* tls) {
  if (tls != nullptr) return std::make_unique<TlsStream>(std::move(socket), *tls);
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace lsp::http
