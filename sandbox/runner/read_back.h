// Reading a file that a run has left behind. The run is untrusted: what it calls a result may be a
// link to elsewhere, a pipe that blocks its reader, or a hole of a terabyte.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace sandbox::runner {

// `path` is relative to the folder and crosses no link on its way. Only a regular file with one
// name and at most `limit` bytes is read. Call it when no process of the run is alive.
engine::base::Result<std::string> read_back(int folder, const std::string& path, uint64_t limit);

}  // namespace sandbox::runner
