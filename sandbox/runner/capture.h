// What is kept of an output stream: its beginning, its end, and how much lies between.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox::runner {

class Capture {
 public:
  explicit Capture(uint64_t kept_bytes = 0) : kept_(kept_bytes) {}

  void append(std::string_view bytes);

  uint64_t bytes() const { return total_; }
  // Bytes that are in neither end.
  uint64_t dropped() const { return total_ - head_.size() - tail().size(); }
  // Any bytes, as the program wrote them; where some were dropped, a line between the two ends says
  // how many.
  std::string text() const;

 private:
  std::string_view tail() const;

  uint64_t kept_;
  uint64_t total_ = 0;
  std::string head_;
  std::string recent_;  // ends with the tail; up to twice as long, so that trimming is rare
};

}  // namespace sandbox::runner
