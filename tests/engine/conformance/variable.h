// What backends read from the environment, set for a while.
#pragma once

#include <cstdlib>
#include <string>

namespace conformance {

// A variable of the environment, for as long as it lives.
struct Variable {
  Variable(const char* variable, const std::string& value) : name(variable) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  const char* const name;
};

// So much shared memory do emulated blocks have then, which latents of 512 values need on tensor
// cores; a GPU has what it has.
struct HopperMemory : Variable {
  HopperMemory() : Variable("LEMMA_CUDA_EMULATED_SHARED", "232448") {}
};

}  // namespace conformance
