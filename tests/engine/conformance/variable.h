// What backends and the emulated device read from the environment, set for a while.
#pragma once

#include <optional>
#include <string>

namespace conformance {

// A variable of the environment, for as long as it lives; null: it is not set meanwhile.
class Variable {
 public:
  Variable(const char* name, const char* value);
  Variable(const char* name, const std::string& value) : Variable(name, value.c_str()) {}
  ~Variable();
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const;

  const char* name_;
  std::optional<std::string> before_;
};

// So much shared memory do emulated blocks have then, which latents of 512 values need on tensor
// cores; a GPU has what it has.
struct HopperMemory : Variable {
  HopperMemory() : Variable("LEMMA_CUDA_EMULATED_SHARED", "232448") {}
};

}  // namespace conformance
