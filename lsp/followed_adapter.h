// The adapter that config.toml names, followed while the program runs: what is saved there, or
// trained anew at the same place, is taken up without a restart.
//
// Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "lsp/commands.h"

namespace lsp {

class FollowedAdapter {
 public:
  // For the model of `running`; with an adapter on the command line nothing is followed.
  FollowedAdapter(ModelChoice choice, const server::Settings& running);

  // Nothing where config.toml and the adapter are what they were the last time. Else the path
  // (empty: none), or why config.toml cannot be used. Two calls of stat(2), so cheap enough for
  // each keystroke.
  std::optional<engine::base::Result<std::string>> changed();

 private:
  const ModelChoice choice_;
  const std::string model_;
  std::string adapter_;
  // Versions of the files when they were looked at last; none yet: empty. The first look takes in
  // what was saved while the program began.
  std::string config_seen_;
  std::string adapter_seen_;
  bool is_unusable_ = false;  // what config.toml said last
};

}  // namespace lsp
