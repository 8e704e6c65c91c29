// What the emulated device is asked for, for a while.
#pragma once

#include "tests/engine/conformance/suite.h"

namespace conformance {

// So much shared memory do emulated blocks have then, which latents of 512 values need on tensor
// cores; a GPU has what it has.
struct HopperMemory : Variable {
  HopperMemory() : Variable("LEMMA_CUDA_EMULATED_SHARED", "232448") {}
};

}  // namespace conformance
