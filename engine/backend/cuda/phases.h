// A step of one token as a list (phased_step.h): its operations in their order, some of them
// together where neither reads what the other writes.
#pragma once

#include <vector>

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/launch.h"
#include "engine/backend/cuda/mla_tensor.h"
#include "engine/backend/cuda/operations.h"
#include "engine/backend/cuda/project.h"
#include "engine/backend/cuda/rotate.h"

namespace engine::backend::cuda {

enum class PhaseKind : int32_t {
  embed,
  project,  // the input as bytes
  project_floats,
  turn,
  attend,
  merge,
  route,
  experts,
  down
};

// One phase turns the queries, stores the latent, and absorbs: neither reads what the other writes.
struct TurnPhase {
  LatentArguments turn;
  ProjectArguments absorb;
};

// The shared experts do not depend on the choice, so that they fill the time it takes: the warp
// that finishes the router's last row chooses. `finished` counts those rows and is left as 0.
struct RoutePhase {
  ProjectArguments router;
  GateArguments gate;
  View<int32_t> finished;
  GateUpArguments shared;
};

struct ExpertsPhase {
  GateUpArguments routed;
  DownArguments down;  // whose weights are asked for ahead, since the choice says which
};

// Weights that a phase reads whatever its input is, so that they can be asked for before it is
// there.
struct KnownWeights {
  View<const uint8_t> bytes;
  uint64_t count = 0;
};
inline constexpr int max_known_weights = 3;

struct alignas(16) Phase {
  PhaseKind kind = PhaseKind::embed;
  Known known = Known::nothing;
  int32_t pieces = 0;         // for warps, of which a block has eight
  uint32_t shared_bytes = 0;  // of a block
  int32_t overlapping = 0;    // launch_phases()
  KnownWeights weights[max_known_weights];
  alignas(16) std::byte arguments[1040];

  template <typename Arguments>
  ANYWHERE Arguments& as() {
    static_assert(sizeof(Arguments) <= sizeof arguments);
    return *reinterpret_cast<Arguments*>(arguments);
  }
  template <typename Arguments>
  ANYWHERE const Arguments& as() const {
    static_assert(sizeof(Arguments) <= sizeof arguments);
    return *reinterpret_cast<const Arguments*>(arguments);
  }
};

struct PhaseList {
  std::vector<Phase> on_host;
  Buffer<Phase> phases;
  uint32_t shared_bytes = 0;  // the most that a phase takes
  bool persistent = false;    // the persistent kernel knows all types of weights
};

}  // namespace engine::backend::cuda
