// What a child of the keeper lives as. Each of these functions ends with the sandbox's life, or
// with a report of why there could be none.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sandbox/runner/helper/init.h"
#include "sandbox/runner/helper/root.h"
#include "sandbox/runner/helper/system.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {

// The user inside, and outside where the keeper is root: a number far from any that a distribution
// hands out. (The kernel's own root would be exempt from the limit of processes.)
constexpr uid_t inner_id = 1000;
constexpr uid_t outer_id = 2'000'000'000;

// A sandbox that the library wants.
struct Request {
  Plan plan;
  Descriptor control;
  Streams streams;
  OpenTrees trees = {};
  std::vector<Descriptor> folders = {};  // that are to be copied
};

// In new namespaces, as soon as a byte on `mapped` says that the user is mapped there.
// `keeper_lives` is a pipe that ends with the keeper.
void live_as_init(Request request, Descriptor mapped, const Descriptor& keeper_lives);

// Without namespaces, in a private folder.
void live_in_cell(Request request, const std::string& folder, Descriptor keeper_lives);

// As the program that makes namespaces and root, and starts this one again inside: with `socket` as
// its keeper's. Not as root, and with that program's own messages where the run's errors go.
void live_as_bubblewrap(const Request& request, int socket);

// There, inside. False: it could not be made.
bool live_in_bubblewrap(Request request);

}  // namespace sandbox::runner::helper
