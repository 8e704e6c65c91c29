// The event loop: one thread that reads, handles events and writes, and a few workers.
//
// Thread safety: what is not marked otherwise belongs to the thread that calls run().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "lsp/server/event.h"

namespace lsp::server {

class Loop {
 public:
  // Takes over both descriptors.
  Loop(int in, int out, std::function<void(Event)> handle);
  ~Loop();  // waits for the jobs that run; those that wait are dropped

  // Until finish(), and then until all that was sent is written, or a second has passed.
  void run();
  void finish();

  void send(std::string_view body);
  // Runs `job` on a worker and handles its event on the loop. `job` does not throw.
  void work(std::function<Event()> job);
  // From any thread: handles the event on the loop.
  void post(Event event);
  // A ClientGone follows when the process ends; nothing where it cannot be watched.
  void watch_process(int64_t process_id);

 private:
  class State;  // keeps Asio out of this header
  std::unique_ptr<State> state_;
};

}  // namespace lsp::server
