// What holds a run where there are neither namespaces nor a root of its own: the "reduced" backend.
//
// Landlock lets it read toolchains, write to a private folder, and signal or trace nobody outside;
// the filter refuses sockets and whatever else Landlock does not see. The sandbox's own folders,
// and the copy of a project, lie below the private folder, so that what a plan and a job say about
// paths is moved there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sandbox/runner/helper/root.h"
#include "sandbox/runner/helper/system.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {

class Cell {
 public:
  // None: the sandbox has a root of its own.
  Cell() = default;
  // Fills the private folder `root`, which is empty and the caller's, and says what may be reached.
  // `trees` are the policy's.
  MaybeFailure build(const policy::Policy& policy, std::string root, const OpenTrees& trees);

  bool exists() const { return ruleset_.valid(); }
  const std::string& root() const { return root_; }

  // Shuts the caller in, and all that it starts, for ever. Who enters again from inside is in a
  // cell within the cell, from which the one around it cannot be signalled or traced.
  MaybeFailure enter() const;

  void move(Step& step) const;
  void move(Job& job) const;
  // What the run has made and the step names can be executed: the run itself may not change modes.
  void make_executable(const Step& step) const;

 private:
  MaybeFailure fill(const policy::Policy& policy, const OpenTrees& trees);
  MaybeFailure allow_reading(const policy::Policy& policy, const OpenTrees& trees) const;
  MaybeFailure allow_writing(const policy::Policy& policy) const;
  std::string moved(const std::string& text) const;

  std::string root_;
  Descriptor ruleset_;
  std::vector<std::pair<std::string, std::string>> moves_;
};

// Threads that this user runs already: the kernel's limit counts them with the sandbox's own.
uint32_t threads_of_user();

}  // namespace sandbox::runner::helper
