// Requests for small programs.
#pragma once

#include <algorithm>
#include <string>

#include "sandbox/policy/host_view.h"
#include "sandbox/runner/run.h"

namespace runner_test {

inline sandbox::runner::Request shell(const std::string& script) {
  sandbox::runner::Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/sh", "-c", script},
                        .env = {"PATH=/usr/bin:/bin", "HOME=/home/user", "TMPDIR=/tmp"}}};
  request.deadline_ms = 120'000;  // on a slow machine, or in an emulated one
  return request;
}

inline sandbox::runner::Request python(const std::string& program) {
  sandbox::runner::Request request = shell("");
  request.job.files = {{"/sandbox/main.py", program, 0644}};
  request.job.steps[0].argv = {"/usr/bin/python3", "/sandbox/main.py"};
  return request;
}

// Whether the result says that a cgroup held its limits.
inline bool in_cgroup(const sandbox::runner::Outcome& outcome) {
  const auto& layers = outcome.layers;
  return std::find(layers.begin(), layers.end(), "memory and process limits of a cgroup") !=
         layers.end();
}

}  // namespace runner_test
