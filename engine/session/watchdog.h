// An engine over hardware that may hang: a call of a GPU's driver that never returns cannot be
// ended by anybody in its process. What waits for it is answered with an error after a deadline,
// and from then on another engine (the CPU's) is asked, until the process starts anew.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "engine/session/engine.h"

namespace engine::session {

struct Watch {
  // How long the engine may be within one call without a sign of life. A layer of a large batch
  // takes a second at most where this is used.
  std::chrono::milliseconds deadline{20'000};
  // What goes on in its place; called once, on a thread of the watchdog's own, and may take its
  // time.
  std::function<base::Result<std::shared_ptr<Engine>>()> make_spare;
};

// Holds `engine` for ever where it hangs: it cannot be destroyed. Otherwise it goes with the last
// owner, as any.
std::shared_ptr<Engine> watch(std::shared_ptr<Engine> engine, Watch watch);

}  // namespace engine::session
