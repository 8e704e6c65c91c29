// Counts for Prometheus. They name tokens' holders, routes and figures, and no text.
//
// Not thread-safe: owned by the endpoint's thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "engine/session/engine.h"
#include "lsp/http/guard.h"

namespace lsp::http {

class Histogram {
 public:
  void add(double seconds);
  void write(const std::string& name, const std::string& help, std::string& text) const;

 private:
  static constexpr std::array bounds_s{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                       0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};
  std::array<uint64_t, bounds_s.size() + 1> counts_{};
  double sum_ = 0;
};

class Metrics {
 public:
  void answered(std::string_view route, unsigned status) { ++answers_[{route, status}]; }
  void generated(const std::string& holder, const engine::session::Outcome& outcome);

  Histogram request_s;   // from a header to the last byte of the answer
  Histogram delivery_s;  // from the engine's callback until its text is written

  struct Now {
    size_t connections, running, waiting;
  };
  std::string text(const Now& now) const;

 private:
  struct Tokens {
    uint64_t prompt = 0, cached = 0, generated = 0;
  };
  std::map<std::pair<std::string_view, unsigned>, uint64_t> answers_;
  std::map<std::string, Tokens> tokens_;
};

}  // namespace lsp::http
