// How long a keystroke waits for a long solve:  bench_overtake MODEL [KEYSTROKES [CHAT_MODEL]]
//
// In the background a long prompt is computed and a long answer generated, again and again, by the
// same model or by a second one.
// Requests with the priority of a keystroke arrive at random moments; what counts is the time until
// the first batch with their tokens begins, which is at most one layer of what is running.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/session/engine.h"

namespace {

using engine::session::Engine;
using engine::session::Engines;
using engine::session::ModelOptions;
using engine::session::Outcome;
using engine::session::Priority;
using engine::session::Request;
using engine::session::Token;

std::vector<Token> text(std::mt19937& random, const Engine& engine, int count) {
  std::vector<Token> tokens(static_cast<size_t>(count));
  for (Token& token : tokens) token = static_cast<Token>(random() % engine.tokenizer().size());
  return tokens;
}

// A solve that never ends by itself: another follows each.
class Solves {
 public:
  explicit Solves(Engine& engine) : thread_([this, &engine] { run(engine); }) {}
  ~Solves() {
    stop_.request_stop();
    thread_.join();
  }

 private:
  void run(Engine& engine) {
    std::mt19937 random(1);
    const int half = engine.context_tokens() / 2;
    while (!stop_.stop_requested()) {
      engine.generate({.prompt = text(random, engine, half),
                       .max_tokens = half,
                       .priority = Priority::background},
                      stop_.get_token(), {});
    }
  }

  std::stop_source stop_;
  std::thread thread_;
};

struct Waits {
  std::vector<double> wait_ms, total_ms;
};

Waits keystrokes(Engine& engine, int count) {
  std::mt19937 random(2);
  Waits waits;
  for (int i = 0; i < count; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 60));
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = engine.generate(
        {.prompt = text(random, engine, 48), .max_tokens = 8, .priority = Priority::keystroke}, {},
        {});
    const std::chrono::duration<double, std::milli> total =
        std::chrono::steady_clock::now() - start;
    waits.wait_ms.push_back(outcome.wait_ms);
    waits.total_ms.push_back(total.count());
  }
  return waits;
}

double share(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

void report(const char* what, const Waits& waits) {
  std::cout << "{\"meanwhile\": \"" << what << "\", \"keystrokes\": " << waits.wait_ms.size()
            << ", \"wait_ms\": {\"median\": " << share(waits.wait_ms, 0.5)
            << ", \"p95\": " << share(waits.wait_ms, 0.95)
            << ", \"most\": " << share(waits.wait_ms, 1)
            << "}, \"total_ms\": {\"median\": " << share(waits.total_ms, 0.5)
            << ", \"p95\": " << share(waits.total_ms, 0.95) << "}}" << std::endl;
}

// Without a second model the first has both roles.
engine::base::Result<Engines> load(const char* model, const char* chat) {
  const ModelOptions options{.path = model, .kv_tokens = 8192};
  if (chat) return Engine::load(options, {.path = chat, .kv_tokens = 8192});
  auto one = Engine::load(options);
  if (!one) return one.error();
  return Engines{*one, *one};
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc >= 3 ? std::atoi(argv[2]) : 50;
  if (argc < 2 || argc > 4 || count < 1) {
    std::cerr << "usage: bench_overtake MODEL [KEYSTROKES [CHAT_MODEL]]\n";
    return 2;
  }
  const auto engines = load(argv[1], argc == 4 ? argv[3] : nullptr);
  if (!engines) {
    std::cerr << "bench_overtake: " << engines.message() << '\n';
    return 1;
  }
  report("nothing", keystrokes(*engines->complete, count));
  const Solves solves(*engines->chat);
  report("a long solve", keystrokes(*engines->complete, count));
}
