// Requests for small programs.
#pragma once

#include <string>

#include "sandbox/policy/host_view.h"
#include "sandbox/runner/run.h"

namespace runner_test {

inline sandbox::runner::Request shell(const std::string& script) {
  sandbox::runner::Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/sh", "-c", script},
                        .env = {"PATH=/usr/bin:/bin", "HOME=/home/user", "TMPDIR=/tmp"}}};
  return request;
}

inline sandbox::runner::Request python(const std::string& program) {
  sandbox::runner::Request request = shell("");
  request.job.files = {{"/sandbox/main.py", program, 0644}};
  request.job.steps[0].argv = {"/usr/bin/python3", "/sandbox/main.py"};
  return request;
}

}  // namespace runner_test
