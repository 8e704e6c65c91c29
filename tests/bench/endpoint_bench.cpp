// What the endpoint adds to the engine: how long requests and pieces are on their way, with many
// streams at once. The engine is a test double that does no work (tests/lsp/http/paced_engine.h);
// client and endpoint share the machine.
//
//   bench_endpoint [STREAMS] [MS_BETWEEN_TOKENS]
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <sstream>

#include "lsp/http/endpoint.h"
#include "tests/lsp/http/client.h"
#include "tests/lsp/http/paced_engine.h"

namespace {

using Clock = std::chrono::steady_clock;

double now_ns() { return static_cast<double>(Clock::now().time_since_epoch().count()); }

struct Figures {
  std::vector<double> requests_ms, pieces_ms;
};

constexpr int rounds = 4;  // the first is not counted: its connection is new

struct Stream {
  explicit Stream(const std::string& url) : client(url) { ask(); }

  void ask() {
    first = true;
    sent = now_ns();
    client.post("/v1/completions",
                R"({"prompt":"def area(width):","max_tokens":200,"stream":true})");
  }

  // Takes what has come.
  void take(Figures& figures) {
    client.receive();
    const double came = now_ns();
    while (const auto event = client.take_to("\n\n")) {
      if (event->find("[DONE]") != std::string::npos) {
        client.read_to("0\r\n\r\n");
        if (++round < rounds) ask();
        return;
      }
      const size_t at = event->find("\"text\":\"");
      // Several pieces may come as one; the oldest of them was longest on its way.
      const double made =
          at == std::string::npos ? 0 : std::strtod(event->c_str() + at + 8, nullptr);
      if (made == 0) continue;
      if (round > 0 && first) figures.requests_ms.push_back((made - sent) / 1e6);
      if (round > 0 && !first) figures.pieces_ms.push_back((came - made) / 1e6);
      first = false;
    }
  }

  support::Client client;
  double sent = 0;
  bool first = true;
  int round = 0;
};

// One client program, all of whose streams are read by one thread. By epoll: what asking after each
// of 50 sockets takes would count as the endpoint's.
void read_all(std::vector<std::unique_ptr<Stream>>& streams, Figures& figures) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (const auto& stream : streams) {
    epoll_event event{EPOLLIN, {.ptr = stream.get()}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, stream->client.socket(), &event);
  }
  const auto is_done = [](const auto& stream) { return stream->round == rounds; };
  while (!std::all_of(streams.begin(), streams.end(), is_done)) {
    std::array<epoll_event, 64> events;
    const int ready = epoll_wait(epoll, events.data(), events.size(), 5'000);
    if (ready <= 0) break;
    for (int i = 0; i < ready; ++i) static_cast<Stream*>(events[i].data.ptr)->take(figures);
  }
  close(epoll);
}

void print(const char* what, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
  };
  std::cout << what << ": " << values.size() << ", median " << at(0.5) << " ms, 99 % " << at(0.99)
            << " ms, longest " << at(1) << " ms\n";
}

}  // namespace

int main(int argc, char** argv) {
  const int streams = argc > 1 ? std::atoi(argv[1]) : 50;
  const int pace_ms = argc > 2 ? std::atoi(argv[2]) : 20;
  const auto engine = std::make_shared<support::PacedEngine>(std::chrono::milliseconds(pace_ms));
  lsp::http::Options options = support::endpoint_options();
  options.limits.concurrent = options.limits.running = streams;
  options.limits.per_minute = 1'000'000;
  options.engine = [engine]() -> engine::base::Result<std::shared_ptr<engine::session::Engine>> {
    return std::shared_ptr<engine::session::Engine>(engine);
  };
  const auto endpoint = lsp::http::Endpoint::start(std::move(options));
  if (!endpoint) {
    std::cerr << endpoint.message() << '\n';
    return 1;
  }
  Figures figures;
  std::vector<std::unique_ptr<Stream>> clients;
  for (int i = 0; i < streams; ++i) {
    clients.push_back(std::make_unique<Stream>((*endpoint)->url()));
  }
  read_all(clients, figures);
  std::cout << streams << " streams, a token every " << pace_ms << " ms each\n";
  print("requests, from sending to the engine", figures.requests_ms);
  print("tokens, from the engine to the client", figures.pieces_ms);
  // What the endpoint itself says, without the clients' threads, which share its cores.
  support::Client client((*endpoint)->url());
  client.get("/metrics");
  std::istringstream metrics(client.answer().body);
  for (std::string line; std::getline(metrics, line);) {
    if (line.starts_with("lemma_http_delivery_seconds")) std::cout << line << '\n';
  }
}
