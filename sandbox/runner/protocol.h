// What the library and the helper program say to each other.
//
// The library sends the helper (the "keeper") one datagram for each sandbox it wants: the plan in a
// memory file, and the far ends of that sandbox's control socket and standard streams. From then on
// it speaks over the control socket with the sandbox's own init alone:
//
//   keeper → library   Report::made, with a pidfd of the init
//   init   → library   Report::ready, with a descriptor of the work folder: privileges are gone
//   library → init     one datagram with a memory file: the Job
//   library → init     one byte: send this signal to the running program
//   init   → library   Report::ended for each step, or Report::failed
//   init   → library   Report::over: nobody else is left
//
// A sandbox without namespaces has its files in a folder of the host's. There it is the keeper that
// says Report::over, and that removes the folder when the library has read from it and closed its
// end.
//
// Where the sandbox has a cgroup, the keeper says so first (Report::grouped), and in the end,
// should the kernel have ended it for its memory (Report::out_of_memory); until then its own copy
// of the control socket's far end stays open.
//
// Where another program makes the sandbox (bubblewrap), its init sends Report::made itself, without
// a pidfd: the kernel tells the library who it is.
//
// A closed control socket ends the sandbox. Both sides are parts of one build, so the encoding
// carries no version; it is bounds-checked all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/policy/policy.h"

namespace sandbox::runner {

// A program to execute. Its standard streams are the run's own, unless `log` names a file below
// policy::work_folder that gets both of its outputs.
struct Step {
  std::vector<std::string> argv;  // argv[0] is an absolute path, or looked up in env's PATH
  std::vector<std::string> env;   // "NAME=value"
  std::string folder = policy::work_folder;
  std::string log;
  // For the one step that a warm interpreter takes: what it is told. argv and env are then unused.
  std::string message;
};

struct Job {
  std::vector<policy::File> files;  // written before the first step, below writable folders
  std::vector<Step> steps;          // in order; one that does not exit with 0 is the last
};

// What makes the sandbox. Each holds less than the one before, and every result says what held.
enum class Backend : uint8_t { native, bubblewrap, reduced };

// A sandbox to be made. With `warm`, its argv is started at once and waits on descriptor 3 for the
// step that has one.
struct Plan {
  policy::Policy policy;
  std::optional<Step> warm;
  Backend backend = Backend::native;  // filled in by the runner
};

// Whose fault a failure is.
enum class Fault : uint32_t {
  machine,  // it lacks something that sandboxes are made of
  job,      // the plan or the job asks for what is not there
};

struct Report {
  enum class Kind : uint32_t { made, ready, ended, failed, grouped, out_of_memory, over };
  Kind kind = Kind::made;
  Fault fault = Fault::machine;  // failed
  int32_t pid = 0;               // made: of the init, as the library sees it
  uint32_t step = 0;             // ended: index of the step
  int32_t status = 0;            // ended: as waitpid gives it; failed: errno
  uint32_t layers = 0;           // ready: which Layer bits hold
  // failed: what was being done; ready: the folder that the run's own paths lie below, where it has
  // no root of its own
  char what[96] = {};
};

enum Layer : uint32_t {
  layer_user_namespace = 1 << 0,
  layer_other_namespaces = 1 << 1,
  layer_root = 1 << 2,
  layer_overlay = 1 << 3,
  layer_seccomp = 1 << 4,
  layer_capabilities = 1 << 5,
  layer_bubblewrap = 1 << 6,
  layer_cgroup = 1 << 7,
  layer_landlock = 1 << 8,
  layer_process_group = 1 << 9,
};

std::string encode(const Plan& plan);
std::string encode(const Job& job);
// Nothing where the bytes are not what encode() makes.
std::optional<Plan> decode_plan(std::string_view bytes);
std::optional<Job> decode_job(std::string_view bytes);

// The keeper's socket, and the descriptors that come with a plan. Between the keeper and an init
// that bubblewrap starts, more follow: the folders that are to be copied, in the plan's order.
inline constexpr int keeper_socket = 3;
enum PlanDescriptor { plan_memory, plan_control, plan_stdin, plan_stdout, plan_stderr };
inline constexpr int plan_descriptors = 5;
// Where a warm interpreter waits for its message.
inline constexpr int warm_descriptor = 3;

}  // namespace sandbox::runner
