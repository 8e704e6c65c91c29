#include "lsp/http/endpoint.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "engine/base/format.h"
#include "lsp/http/connection.h"

namespace lsp::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::fail;
using boost::system::error_code;

base::Status use_certificate(const Tls& files, std::optional<asio::ssl::context>& context) {
  context.emplace(asio::ssl::context::tls_server);
  error_code error;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                           asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1,
                       error);
  if (!error) context->use_certificate_chain_file(files.certificate, error);
  if (error) return fail("no certificate in ", files.certificate, ": ", error.message());
  context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error)
    return fail("no key for ", files.certificate, " in ", files.key, ": ", error.message());
  return base::Done{};
}

}  // namespace

struct Endpoint::State {
  explicit State(Options options) : shared(std::move(options)), acceptor(context) {}

  base::Status listen();
  asio::awaitable<void> accept();
  void stop();

  asio::io_context context{1};
  Shared shared;
  tcp::acceptor acceptor;
  std::string url;
  std::thread thread;
};

base::Status Endpoint::State::listen() {
  const Options& options = shared.options;
  if (options.tls) {
    if (const auto status = use_certificate(*options.tls, shared.tls); !status) return status;
  } else if (!options.address.loopback) {
    return fail(options.address.host, " can be reached from other machines, which takes TLS: pass ",
                "--http-certificate FILE and --http-key FILE, or listen on 127.0.0.1");
  }
  const tcp::endpoint place(asio::ip::make_address(options.address.host), options.address.port);
  error_code error;
  acceptor.open(place.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail("cannot listen on ", options.address.host, " port ", options.address.port, ": ",
                error.message());
  }
  shared.port = acceptor.local_endpoint().port();
  const bool v6 = place.address().is_v6();
  url = base::concat(options.tls ? "https://" : "http://", v6 ? "[" : "", options.address.host,
                     v6 ? "]" : "", ":", shared.port);
  return base::Done{};
}

asio::awaitable<void> Endpoint::State::accept() {
  asio::steady_timer pause(context);
  while (!shared.stopping) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (shared.stopping) break;
    if (error) {  // no descriptors left, mostly: some come free
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    const auto most = static_cast<size_t>(shared.options.limits.connections);
    if (shared.closers.size() >= most) continue;  // the socket is closed
    asio::co_spawn(context, serve(shared, std::move(socket)), asio::detached);
  }
}

void Endpoint::State::stop() {
  shared.stopping = true;
  error_code ignored;
  acceptor.close(ignored);
  for (const auto& close : shared.closers) close();
}

Endpoint::Endpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}

base::Result<std::unique_ptr<Endpoint>> Endpoint::start(Options options) {
  auto state = std::make_unique<State>(std::move(options));
  if (const auto status = state->listen(); !status) return status.error();
  asio::co_spawn(state->context, state->accept(), asio::detached);
  state->thread = std::thread([&context = state->context] { context.run(); });
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(state)));
}

Endpoint::~Endpoint() {
  asio::post(state_->context, [this] { state_->stop(); });
  state_->thread.join();
}

const std::string& Endpoint::url() const { return state_->url; }

}  // namespace lsp::http
