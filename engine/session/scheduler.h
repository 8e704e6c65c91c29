// Decides which model computes next, on a thread of its own: one for all models of the process, so
// that no two of them ever want the same cores.
//
// A step at a time: the lane (lane.h) with the most urgent request runs one batch; lanes whose
// requests are equally urgent take turns. Whenever the backend asks (between two layers of a run,
// and within long ones) the scheduler looks up:
// stopped requests end at once, and more urgent ones, of any lane, are served from inside the run,
// which then goes on. That is one level deep; a still more urgent request that arrives meanwhile
// interrupts the inner run, whose tokens are computed again. A run is interrupted too where a more
// urgent request cannot go on without its blocks.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/session/batch_plan.h"
#include "engine/session/job.h"
#include "engine/session/lane.h"

namespace engine::session {

class Scheduler {
 public:
  // The lanes must outlive it; from here on they are used on its thread alone.
  explicit Scheduler(std::vector<Lane*> lanes);
  ~Scheduler();  // ends every job; returns when each has told its caller

  void submit(Lane& lane, std::unique_ptr<Job> job);  // any thread
  // How long a step has been in its backend without a sign; 0 outside of steps. Any thread.
  std::chrono::milliseconds silent_for() const;

 private:
  enum Depth { outer, inner };  // a run, and a run from inside its keep_going
  struct Arrival {
    Lane* lane;
    std::unique_ptr<Job> job;
  };

  void work();
  bool begin_refresh();
  void wait();
  void take_in();
  Lane* most_urgent();
  bool step(Depth depth, Lane& lane);
  bool between_layers(Depth depth);
  bool serve_above(Priority priority);

  // Any thread.
  std::mutex mutex_;
  std::condition_variable arrival_;
  std::vector<Arrival> arrived_;                                    // guarded by mutex_
  std::atomic<bool> any_arrived_{false};                            // written under mutex_
  std::atomic<bool> closing_{false};                                // written under mutex_
  std::atomic<std::chrono::steady_clock::time_point> last_sign_{};  // none: no step runs

  // The engine's thread alone.
  const std::vector<Lane*> lanes_;
  size_t last_ = 0;                 // index of the lane that stepped last
  std::array<BatchPlan, 2> plans_;  // [Depth]
  std::array<std::vector<float>, 2> logits_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace engine::session
