// `lemma lsp`: hands messages on between an editor and the daemon. When the daemon dies, the bridge
// reaches for a new one and brings it to where the old one was.
#pragma once

#include <functional>

#include "engine/base/result.h"

namespace lsp::daemon {

namespace base = engine::base;

// Blocks; a connected socket.
using Connect = std::function<base::Result<int>()>;

// Until the editor leaves; the process's exit code. Takes over the descriptors; `daemon` is the
// socket of the first daemon. After three deaths of the daemon within a minute it gives up and says
// so.
int run_bridge(int in, int out, int daemon, Connect connect);

}  // namespace lsp::daemon
