#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "engine/base/format.h"
#include "lsp/http/endpoint.h"

namespace lsp::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds patience{2};

// What is wrong, in words; empty: nothing. (A coroutine's value must have a default.)
using Wrong = std::string;

// Without a token every request of an endpoint's is refused, in words that are known.
template <typename Stream>
asio::awaitable<Wrong> ask(Stream& stream, std::string host) {
  beast::http::request<beast::http::empty_body> request{beast::http::verb::get, "/health", 11};
  request.set(beast::http::field::host, host);
  const auto [failed, sent] = co_await beast::http::async_write(stream, request, as_tuple);
  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  const auto [error, bytes] = co_await beast::http::async_read(stream, buffer, response, as_tuple);
  if (failed || error) co_return base::concat("it does not answer: ", error.message());
  if (response[beast::http::field::www_authenticate] != "Bearer realm=\"lemma\"") {
    co_return base::concat("something else answers there");
  }
  co_return "";
}

asio::awaitable<Wrong> visit(Address address, bool tls, std::string host) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(patience);
  const asio::ip::tcp::endpoint place(asio::ip::make_address(address.host), address.port);
  const auto [error] = co_await stream.async_connect(place, as_tuple);
  if (error) co_return base::concat("nobody listens: ", error.message());
  if (!tls) co_return co_await ask(stream, host);
  // Whose certificate it is does not matter: nothing secret is sent.
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_none);
  beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), context);
  const auto [bad] = co_await secure.async_handshake(asio::ssl::stream_base::client, as_tuple);
  if (bad) co_return base::concat("no TLS there: ", bad.message());
  co_return co_await ask(secure, host);
}

}  // namespace

base::Status probe(const std::string& url) {
  const bool tls = url.starts_with("https://");
  const std::string host = url.substr(std::min(url.size(), size_t{tls ? 8u : 7u}));
  const auto address = parse_address(host);
  if (!address) return address.error();
  asio::io_context context;
  Wrong wrong;
  asio::co_spawn(context, visit(*address, tls, host),
                 [&](const std::exception_ptr&, Wrong found) { wrong = std::move(found); });
  context.run();
  if (!wrong.empty()) return base::fail(wrong);
  return base::Done{};
}

}  // namespace lsp::http
