// Each attack of the list, inside the sandbox and, as its positive control, outside. As root all of
// it runs a second time as an ordinary user.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "sandbox/policy/host_view.h"
#include "sandbox/policy/workspace.h"
#include "sandbox/runner/run.h"
#include "tests/sandbox/attacks/attack.h"
#include "tests/sandbox/attacks/planted.h"
#include "tests/sandbox/landlock.h"
#include "tests/sandbox/ordinary_user.h"
#include "tests/support/catch.h"

namespace {

using attacks::Answer;
using attacks::Attack;
using attacks::On;
using attacks::Outside;
using sandbox::policy::Tracing;
using sandbox::runner::Outcome;
using sandbox::runner::Request;
using sandbox::runner::Runner;
using sandbox::runner::Verdict;

// What every attack begins with. A refusal arrives as an OSError.
constexpr const char* prelude = R"(
import ctypes, errno, mmap, os, pty, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def syscall(*arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return libc.syscall(*wide)
def enters(*arguments):
    """Whether the kernel looks at this call at all: refused is EPERM or ENOSYS."""
    result = syscall(*arguments)
    return result >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS)
def terminal(request):
    """Whether a terminal of our own gets the request."""
    ours, theirs = pty.openpty()
    libc.ioctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p)
    return libc.ioctl(theirs, request, b"x") == 0 or ctypes.get_errno() != errno.EPERM
def breach(happened):
    print("BREACH" if happened else "HELD", flush=True)
)";

std::string program_of(const Attack& attack, const attacks::Planted& planted) {
  std::string body = prelude + planted.definitions() + "try:\n";
  std::istringstream lines(attack.program);
  body += "    pass\n";
  for (std::string line; std::getline(lines, line);) body += "    " + line + "\n";
  return body + "except OSError as e:\n    print('HELD', e, flush=True)\n";
}

Outcome run_inside(Runner& runner, const Attack& attack, const attacks::Planted& planted,
                   Tracing tracing) {
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.plan.policy.trees.push_back(sandbox::policy::workspace_tree(planted.workspace()));
  request.plan.policy.trees.push_back(
      {planted.tools(), planted.tools(), sandbox::policy::View::read_only, {}});
  request.plan.policy.tracing = tracing;
  if (attack.number == 40) request.plan.policy.limits.memory_bytes = 300 << 20;
  request.job.files = {{"/sandbox/attack.py", program_of(attack, planted), 0644}};
  request.job.steps = {
      {.argv = {"/usr/bin/python3", "/sandbox/attack.py"}, .env = {"PATH=/usr/bin:/bin"}}};
  request.deadline_ms = attack.answer == Answer::timed_out ? 700 : 300'000;
  return runner.run(request);
}

std::string run_outside(const Attack& attack, const attacks::Planted& planted) {
  const std::string path = planted.folder() + "/attack.py";
  std::ofstream(path) << program_of(attack, planted);
  const std::string command = "cd " + planted.folder() + " && /usr/bin/python3 attack.py 2>&1";
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = 0; pipe != nullptr && (c = fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  if (pipe != nullptr) pclose(pipe);
  return output;
}

// Some kernels and virtual machines know no 32-bit calls: there the instruction is no way out of
// anything, and ends whoever tries it before a filter could.
bool knows_32_bit_calls() {
  static const bool answer = [] {
    const pid_t child = fork();
    if (child == 0) {
      signal(SIGSEGV, SIG_DFL);  // nothing is to be reported of it
      long number = 20;          // getpid
      asm volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
      _exit(0);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status);
  }();
  return answer;
}

using sandbox::runner::Backend;

void check_attack(Runner& runner, const Attack& attack, const attacks::Planted& planted,
                  Backend backend, Tracing tracing = Tracing::no) {
  const Outcome outcome = run_inside(runner, attack, planted, tracing);
  INFO(attack.number << ": " << attack.name);
  INFO(sandbox::runner::verdict_name(outcome.verdict) << " " << outcome.reason);
  INFO(outcome.output.text() << outcome.errors.text());
  CHECK(outcome.output.text().find("BREACH") == std::string::npos);
  const bool is_known = attack.number != 8 || knows_32_bit_calls();
  if (attack.answer == Answer::held) {
    CHECK(outcome.verdict == Verdict::passed);
    CHECK(outcome.output.text().starts_with("HELD"));
  } else if (attack.answer == Answer::killed) {
    CHECK(outcome.verdict == Verdict::crashed);
    CHECK(outcome.signal == (is_known ? SIGSYS : SIGSEGV));
  } else if (attack.answer == Answer::timed_out) {
    CHECK(outcome.verdict == Verdict::timed_out);
  } else {
    CHECK(outcome.verdict == Verdict::out_of_memory);
  }
  CHECK(planted.intact());
  // As an ordinary user some of these are refused outside, too; as root none is.
  if (backend == Backend::native && attack.outside == Outside::breaches && geteuid() == 0) {
    const std::string outside = run_outside(attack, planted);
    INFO("outside: " << outside);
    CHECK((outside.find("BREACH") != std::string::npos) == is_known);
  }
}

bool is_promised(On on, Backend backend) {
  if (on == On::every_backend || backend == Backend::native) return true;
  return on == (backend == Backend::reduced ? On::all_but_bubblewrap : On::all_but_reduced);
}

void check_all(const std::vector<Attack>& list, Backend backend) {
  // What some users may do, and no run.
  const rlimit realtime{50, 50};
  setrlimit(RLIMIT_RTPRIO, &realtime);
  const attacks::Planted planted;
  Runner runner({.backends = {backend}});
  for (const Attack& attack : list) {
    if (is_promised(attack.on, backend)) check_attack(runner, attack, planted, backend);
  }
}

}  // namespace

TEST_CASE("nothing outside can be reached") { check_all(attacks::reaching_out(), Backend::native); }

TEST_CASE("nothing inside can use up the machine") {
  check_all(attacks::resources(), Backend::native);
}

TEST_CASE("a policy that lets a program trace its children does not let it trace others") {
  const attacks::Planted planted;
  for (const Backend backend : {Backend::native, Backend::reduced}) {
    if (backend == Backend::reduced && !landlock_suffices()) return;
    Runner runner({.backends = {backend}});
    int tried = 0;
    for (const Attack& attack : attacks::reaching_out()) {
      if (attack.name.find("init") == std::string::npos && !attack.name.ends_with(" outside")) {
        continue;
      }
      check_attack(runner, attack, planted, backend, Tracing::own_children);
      ++tried;
    }
    CHECK(tried >= 8);
  }
}

// The same answers from namespaces and mounts that another program made.
TEST_CASE("nothing outside can be reached from bubblewrap's sandbox") {
  check_all(attacks::reaching_out(), Backend::bubblewrap);
}

TEST_CASE("nothing inside bubblewrap's sandbox can use up the machine") {
  check_all(attacks::resources(), Backend::bubblewrap);
}

// Without namespaces, by Landlock and a stricter filter.
TEST_CASE("nothing outside can be reached from the reduced sandbox") {
  if (landlock_suffices()) check_all(attacks::reaching_out(), Backend::reduced);
}

TEST_CASE("nothing inside the reduced sandbox can use up the machine, but for its disk",
          "[counted]") {
  if (landlock_suffices()) check_all(attacks::resources(), Backend::reduced);
}

TEST_CASE("all of it holds for an ordinary user, too", "[once]") {
  CHECK(sandbox_test::pass_as_ordinary_user("~[once]~[counted]"));
}

TEST_CASE("so does what is counted", "[once][counted]") {
  CHECK(sandbox_test::pass_as_ordinary_user("[counted]~[once]"));
}
