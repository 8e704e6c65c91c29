// A step of one token, phase by phase (phases.h): by a launch for each, or by one persistent kernel
// whose blocks stay and meet in between. Both do what layer.h does, bit for bit, in fewer pieces.
//
// The idea of one kernel for all layers is that of github.com/zeux/calm.
#pragma once

#include <memory>

#include "engine/backend/cuda/phases.h"

namespace engine::backend::cuda {

// A launch for each phase; may be recorded. If `overlapping`, a phase's blocks come while the phase
// before still runs, and ask for its weights.
void launch_phases(Stream& stream, const PhaseList& list, bool overlapping);

class PersistentKernel {
 public:
  // Nothing where the device cannot.
  static std::unique_ptr<PersistentKernel> create();
  // Nothing runs where the list is not for it, or the device has no room for what its phases need.
  bool run(Stream& stream, const PhaseList& list);
  // Whether the last list was run.
  bool has_run() const { return has_run_; }

 private:
  Buffer<uint32_t> arrivals_;
  size_t asked_bytes_ = 0;  // of shared memory, for which so many blocks are resident
  int blocks_ = 0;
  bool has_run_ = false;
};

}  // namespace engine::backend::cuda
