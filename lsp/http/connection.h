// One client's connection: requests are read, checked, put to the engine and answered, one after
// the other. Whatever takes longer than the limits say ends it.
//
// Runs on the endpoint's thread; what is slow (the first load of the model, JSON and tokens of a
// long body) is done on the workers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <list>

#include "lsp/http/admission.h"
#include "lsp/http/metrics.h"
#include "lsp/http/options.h"

namespace lsp::http {

// What the connections of an endpoint have in common. Owned by its thread.
struct Shared {
  explicit Shared(Options its)
      : options(std::move(its)), admission(options.limits, options.holders.size()), workers(2) {}

  const Options options;
  uint16_t port = 0;
  std::optional<boost::asio::ssl::context> tls;
  Admission admission;
  Metrics metrics;
  bool stopping = false;
  std::list<std::function<void()>> closers;  // one for each connection
  boost::asio::thread_pool workers;          // last: they end first
};

// Until the client or the endpoint ends it. With TLS where `shared` has it.
boost::asio::awaitable<void> serve(Shared& shared, boost::asio::ip::tcp::socket socket);

}  // namespace lsp::http
