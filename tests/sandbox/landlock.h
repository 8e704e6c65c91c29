// What the reduced sandbox needs of the kernel.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/catch.h"

// Whether it can be tested here; says so where it cannot.
inline bool landlock_suffices() {
  constexpr long needed = 6;
  constexpr unsigned version = 1;  // LANDLOCK_CREATE_RULESET_VERSION
  const bool suffices = syscall(SYS_landlock_create_ruleset, nullptr, 0, version) >= needed;
  if (!suffices) WARN("not tested: this kernel has no Landlock of version 6");
  return suffices;
}
