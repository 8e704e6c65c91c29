// The daemon: accepts editors on its socket and serves each on a thread of its own, until it has
// been without any for a while.
#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "lsp/daemon/place.h"

namespace lsp::daemon {

struct Options {
  Place place;
  // Serves one editor until it leaves; takes over both descriptors.
  std::function<void(int in, int out)> serve;
  // Called now and then, for what is to be done when idle.
  std::function<void()> tick;
  // Called once it listens, when it is sure to be the only one; an error ends it.
  std::function<base::Status()> begin = [] { return base::Done{}; };
  std::optional<std::chrono::seconds> leave_after{600};  // without an editor; nothing: it stays
  // Whether editors that start now would come here. Asked now and then while there is none, and
  // where another daemon has come: who waits in vain need not hold a model meanwhile.
  std::function<bool()> is_current = [] { return true; };
  std::shared_ptr<spdlog::logger> log;
};

enum class Ending { idle, outdated, signal, another };  // another: a daemon runs there already

// Until it is idle for long, or has no editor and is not current any more, or SIGTERM or SIGINT
// comes, which are blocked in this thread and those it starts: call it before there are other
// threads. Its editors are let go first.
base::Result<Ending> run(const Options& options);

}  // namespace lsp::daemon
