// The part of this machine that every run sees: system toolchains, read-only, and the few files of
// /etc that programs need to start. Nothing of a home folder, no configuration, no secret.
#pragma once

#include "sandbox/policy/policy.h"

namespace sandbox::policy {

// Policy with the default limits. `root` is "/" outside the tests.
Policy host_view(const std::string& root = "/");

}  // namespace sandbox::policy
