#include "lsp/http/admission.h"

#include <algorithm>
#include <cmath>

#include "engine/base/format.h"

namespace lsp::http {
namespace {

constexpr double longest_retry_s = 60;

int whole_seconds(double seconds) {
  return static_cast<int>(std::ceil(std::clamp(seconds, 1.0, longest_retry_s)));
}

Refusal too_many(std::string message, int retry_after_s) {
  return {429, "rate_limit_exceeded", std::move(message), retry_after_s};
}

}  // namespace

Admission::Admission(const Limits& limits, size_t holders)
    : limits_(limits),
      holdings_(holders, {std::max(1.0, limits.per_minute / 10.0), Clock::time_point(), 0}) {}

// The bucket holds a tenth of a minute's requests: who was quiet may send a few at once.
std::optional<Refusal> Admission::too_often(Holding& holding, Clock::time_point now) const {
  const double each_second = limits_.per_minute / 60.0;
  if (holding.filled != Clock::time_point()) {
    const std::chrono::duration<double> passed = now - holding.filled;
    holding.tokens = std::min(std::max(1.0, limits_.per_minute / 10.0),
                              holding.tokens + passed.count() * each_second);
  }
  holding.filled = now;
  if (holding.tokens >= 1) return std::nullopt;
  return too_many(base::concat("more than ", limits_.per_minute, " requests a minute"),
                  whole_seconds((1 - holding.tokens) / each_second));
}

int Admission::seconds_for(size_t requests) const {
  return whole_seconds(usual_s_ * static_cast<double>(requests) / limits_.running);
}

std::variant<Admission::Place, Refusal> Admission::enter(size_t holder, Clock::time_point now,
                                                         std::function<void()> on_turn) {
  Holding& holding = holdings_[holder];
  if (auto refusal = too_often(holding, now)) return std::move(*refusal);
  if (holding.present >= limits_.concurrent) {
    return too_many(base::concat("more than ", limits_.concurrent, " requests at once"),
                    seconds_for(1));
  }
  const bool runs = running_ < static_cast<size_t>(limits_.running) && waiting() == 0;
  if (!runs && waiting() >= static_cast<size_t>(limits_.queue)) {
    return too_many(base::concat("all is busy, and ", waiting(), " requests wait"),
                    seconds_for(waiting()));
  }
  holding.tokens -= 1;
  ++holding.present;
  entries_.push_back({++last_id_, holder, runs, now, std::move(on_turn)});
  if (runs) ++running_;
  Place place;
  place.admission_ = this;
  place.id_ = last_id_;
  return place;
}

bool Admission::runs(uint64_t id) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.id == id && entry.running; });
}

void Admission::leave(uint64_t id) {
  const auto gone = std::find_if(entries_.begin(), entries_.end(),
                                 [&](const Entry& entry) { return entry.id == id; });
  --holdings_[gone->holder].present;
  const bool was_running = gone->running;
  if (was_running) {
    const std::chrono::duration<double> ran = Clock::now() - gone->began;
    usual_s_ += (ran.count() - usual_s_) / 16;
  }
  entries_.erase(gone);
  if (!was_running) return;
  --running_;
  const auto next = std::find_if(entries_.begin(), entries_.end(),
                                 [](const Entry& entry) { return !entry.running; });
  if (next == entries_.end()) return;
  next->running = true;
  next->began = Clock::now();
  ++running_;
  next->on_turn();
}

}  // namespace lsp::http
