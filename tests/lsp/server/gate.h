// What a test double waits at until its test lets it go on, or the server stops it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "tests/support/catch.h"

namespace server_test {

class Gate {
 public:
  void go_on() {
    const std::lock_guard lock(mutex_);
    go_on_ = true;
    changed_.notify_all();
  }
  void wait_for_stop() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(20), [this] { return stopped; }));
  }
  bool stopped = false;

 protected:
  void wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return go_on_; });
    stopped = stopped || stop.stop_requested();
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool go_on_ = false;
};

}  // namespace server_test
