// The first process of a sandbox: pid 1 of its own pid namespace, without privileges by now. It
// runs the steps of one job and reaps what is left over. The run cannot reach it: it is not
// dumpable, and signals from inside its namespace, or from a cell inside its own, do not concern
// it.
#pragma once

#include <string>

#include "sandbox/runner/helper/cell.h"
#include "sandbox/runner/helper/system.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {

struct Streams {
  Descriptor input, output, errors;
};

void send_report(int control, Report report, int descriptor = -1);
void send_failure(int control, const Failure& failure);

// Starts the plan's warm interpreter if there is one, reports `layers` as ready, takes one job from
// `control`, runs it, and returns. What still runs then dies with this process's namespace, or by
// its keeper, where a cell stands for the root of its own.
void serve_one_job(const Plan& plan, int control, Streams streams, uint32_t layers,
                   const Cell& cell);

}  // namespace sandbox::runner::helper
