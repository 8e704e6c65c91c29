// Reaching the daemon, and starting it where it is not running.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lsp/daemon/place.h"

namespace lsp::daemon {

// How this program is started once more.
struct Launch {
  std::string program;
  std::vector<std::string> options;  // what the command line says about the model
  std::string variable;  // of the environment, with a secret that settings name; empty: none
};

// A connected socket, whose other end runs as this user. Starts the daemon where nobody listens: in
// a session of its own, in /, and of the editor's environment with no more than it needs. Any
// number of callers may do so at once; one daemon stays. Blocks for up to `patience`.
base::Result<int> connect_or_start(const Place& place, const Launch& launch,
                                   std::chrono::milliseconds patience = std::chrono::seconds(10));

// A socket to a `lemma lsp` of one's own, which reads the settings as they are now: these say where
// the daemon is, and since one's own place was found they may have changed.
base::Result<int> start_server(const Launch& launch);

// Turns this process, whose editor writes to standard input and reads from `out`, into the program
// `lemma-bridge`, which lies beside it and hands messages on to the daemon at `socket`. One editor
// more costs a process more, so that this one is small. `launch` starts another daemon, by this
// process's own program. Returns only when that failed; `socket` is closed then.
base::Error become_bridge(int out, int socket, const Place& place, const Launch& launch);

// Whether the other end of the socket runs as this user.
bool is_ours(int socket);

// The process of the daemon that listens there, if one does.
std::optional<int> process_at(const Place& place);

}  // namespace lsp::daemon
