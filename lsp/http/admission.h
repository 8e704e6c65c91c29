// How many requests there may be: of one token and of all, at once and in a minute. What is too
// many is refused with a time after which to ask again; what only has to wait gets its turn in the
// order of arrival.
//
// Not thread-safe: owned by the endpoint's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "lsp/http/guard.h"

namespace lsp::http {

class Admission {
 public:
  using Clock = std::chrono::steady_clock;

  Admission(const Limits& limits, size_t holders);

  // A request that was let in; it leaves when this goes.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept {
      std::swap(admission_, other.admission_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Place() {
      if (admission_ != nullptr) admission_->leave(id_);
    }
    // Whether it may begin now; else its `on_turn` is called once it may.
    bool runs() const { return admission_->runs(id_); }

   private:
    friend class Admission;
    Admission* admission_ = nullptr;
    uint64_t id_ = 0;
  };

  std::variant<Place, Refusal> enter(size_t holder, Clock::time_point now,
                                     std::function<void()> on_turn);

  size_t running() const { return running_; }
  size_t waiting() const { return entries_.size() - running_; }

 private:
  struct Holding {
    double tokens;  // of a bucket that fills with time; a request takes one
    Clock::time_point filled;
    int present = 0;
  };
  struct Entry {
    uint64_t id;
    size_t holder;
    bool running;
    Clock::time_point began;
    std::function<void()> on_turn;
  };

  void leave(uint64_t id);
  bool runs(uint64_t id) const;
  std::optional<Refusal> too_often(Holding& holding, Clock::time_point now) const;
  int seconds_for(size_t requests) const;

  const Limits limits_;
  std::vector<Holding> holdings_;
  std::list<Entry> entries_;  // in order of arrival
  size_t running_ = 0;
  uint64_t last_id_ = 0;
  double usual_s_ = 1;  // that a request runs
};

}  // namespace lsp::http
