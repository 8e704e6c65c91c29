// Reaching the daemon, and starting it where it is not running.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "lsp/daemon/place.h"

namespace lsp::daemon {

// A connected socket, whose other end runs as this user. Starts `program` with `arguments` as the
// daemon where nobody listens: in a session of its own, in /, without the editor's environment. Any
// number of callers may do so at once; one daemon stays. Blocks for up to `patience`.
base::Result<int> connect_or_start(const Place& place, const std::string& program,
                                   const std::vector<std::string>& arguments,
                                   std::chrono::milliseconds patience = std::chrono::seconds(10));

// Whether the other end of the socket runs as this user.
bool is_ours(int socket);

}  // namespace lsp::daemon
