// What the endpoint adds to the engine: how long requests and pieces are on their way, with many
// streams at once. The engine is a test double that does no work (tests/lsp/http/paced_engine.h);
// client and endpoint share the machine.
//
//   bench_endpoint [STREAMS] [MS_BETWEEN_TOKENS]
#include <algorithm>
#include <iostream>
#include <mutex>
#include <sstream>

#include "lsp/http/endpoint.h"
#include "tests/lsp/http/client.h"
#include "tests/lsp/http/paced_engine.h"

namespace {

using Clock = std::chrono::steady_clock;

double now_ns() { return static_cast<double>(Clock::now().time_since_epoch().count()); }

struct Figures {
  std::mutex mutex;
  std::vector<double> requests_ms, pieces_ms;
};

// One stream; the first is not counted, for its connection is new.
void one_stream(support::Client& client, Figures& figures, bool counts) {
  const double sent = now_ns();
  client.post("/v1/completions", R"({"prompt":"def area(width):","max_tokens":200,"stream":true})");
  std::vector<double> times;
  double request = 0;
  for (;;) {
    const std::string event = client.read_to("\n\n");
    const double came = now_ns();
    if (event.empty() || event.find("[DONE]") != std::string::npos) break;
    size_t at = event.find("\"text\":\"");
    if (at == std::string::npos) continue;
    // Several pieces may come as one; the oldest of them was longest on its way.
    const double made = std::strtod(event.c_str() + at + 8, nullptr);
    if (made == 0) continue;
    if (request == 0) {
      request = made - sent;
    } else {
      times.push_back((came - made) / 1e6);
    }
  }
  client.read_to("0\r\n\r\n");
  if (!counts) return;
  const std::lock_guard lock(figures.mutex);
  figures.requests_ms.push_back(request / 1e6);
  figures.pieces_ms.insert(figures.pieces_ms.end(), times.begin(), times.end());
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
  std::vector<std::thread> clients;
  for (int i = 0; i < streams; ++i) {
    clients.emplace_back([&, i] {
      std::this_thread::sleep_for(std::chrono::milliseconds(i));
      support::Client client((*endpoint)->url());
      for (int round = 0; round < 4; ++round) one_stream(client, figures, round > 0);
    });
  }
  for (std::thread& client : clients) client.join();
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
