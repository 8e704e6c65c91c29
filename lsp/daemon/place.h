// Where the daemon of this user listens: a socket in a folder that nobody else can enter.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace lsp::daemon {

namespace base = engine::base;

struct Place {
  std::string socket;
  std::string lock;  // held by the daemon for as long as it lives
};

// Names a daemon by what it is: this build of the program, and `settings` of the machine. Another
// build or other settings mean another daemon, and the older leaves when its last editor does.
std::string daemon_key(const std::string& settings);

// In $XDG_RUNTIME_DIR/lemma, else in $XDG_CACHE_HOME/lemma/run, else in ~/.cache/lemma/run. The
// folder is made if it is missing; one that is a link, somebody else's, or open to others is
// refused.
base::Result<Place> find_place(const std::string& key);

// $XDG_CACHE_HOME/lemma, else ~/.cache/lemma; made if it is missing.
base::Result<std::string> cache_folder();

}  // namespace lsp::daemon
