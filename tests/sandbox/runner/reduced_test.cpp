// The sandbox without namespaces: what it does, and what it says about itself.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "sandbox/policy/workspace.h"
#include "sandbox/runner/run.h"
#include "tests/sandbox/landlock.h"
#include "tests/sandbox/ordinary_user.h"
#include "tests/sandbox/runner/requests.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sandbox::runner;
using runner_test::python;
using runner_test::shell;
using support::TemporaryFolder;

Outcome run(const Request& request) {
  Runner runner({.backends = {Backend::reduced}});
  return runner.run(request);
}

void check_passes(const Request& request) {
  const Outcome outcome = run(request);
  INFO(outcome.reason << outcome.output.text() << outcome.errors.text());
  CHECK(std::string(verdict_name(outcome.verdict)) == "passed");
}

// A project that the run gets a copy of.
Request in_project(Request request, const TemporaryFolder& project) {
  request.plan.policy.trees.push_back(sandbox::policy::workspace_tree(project.path()));
  request.job.steps[0].folder = project.path();
  return request;
}

// Folders of reduced sandboxes.
std::set<std::string> private_folders() {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator("/tmp")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("lemma-sandbox-")) found.insert(name);
  }
  return found;
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("reduced: the same verdicts, and a result says what holds and what does not") {
  if (!landlock_suffices()) return;
  Outcome outcome = run(shell("exit 7"));
  INFO(outcome.reason << outcome.errors.text());
  CHECK(outcome.exit_code == 7);
  CHECK(outcome.layers.front().starts_with("reduced: "));
  CHECK(outcome.layers.size() == (runner_test::in_cgroup(outcome) ? 5 : 4));
  for (const char* unlimited : {"scratch_bytes", "scratch_files"}) {
    CHECK(outcome.limits.at(unlimited).how.find("not enforced") != std::string::npos);
  }
  CHECK(outcome.limits.at("processes").how.starts_with("kernel, beyond"));
  CHECK(run(shell("kill -SEGV $$")).signal == SIGSEGV);
  CHECK(run(shell("kill -KILL 0")).signal == SIGKILL);  // init, of the same group, lives to tell
  Request endless = shell("sleep 60 & sleep 60");
  endless.deadline_ms = 400;
  CHECK(run(endless).verdict == Verdict::timed_out);
  Request greedy = python("b = bytearray(b'x') * (400 << 20)\nimport time; time.sleep(10)");
  greedy.plan.policy.limits.memory_bytes = 256 << 20;
  CHECK(run(greedy).verdict == Verdict::out_of_memory);
}

TEST_CASE("reduced: the run has a copy of its project, without secrets, and buffers over it") {
  if (!landlock_suffices()) return;
  const TemporaryFolder project(support::Readable::by_all);
  project.write("folder/file", "saved\n");
  project.write("other", "other\n");
  project.write(".env", "canary");
  project.write("node_modules/pkg/file", "package\n");
  Request request = in_project(shell("cat folder/file other node_modules/pkg/file; ls -A;"
                                     "echo changed >folder/file; echo $PWD >$WORK/result"),
                               project);
  request.job.steps[0].env.push_back("WORK=/sandbox");
  request.job.files = {{project.path("folder/file"), "unsaved\n", 0644}};
  request.results = {"result"};
  const Outcome outcome = run(request);
  INFO(outcome.reason << outcome.errors.text());
  CHECK(
      outcome.output.text().starts_with("unsaved\nother\npackage\nfolder\nnode_modules\nother\n"));
  CHECK(*outcome.results.at("result") == project.path().string() + "\n");
  CHECK(content(project.path("folder/file")) == "saved\n");
  // Of the project itself nothing can be read.
  CHECK(run(in_project(shell("cat " + project.path("other")), project)).verdict ==
        Verdict::passed);  // said to the run, its path leads to the copy
  const Outcome original =
      run(in_project(python("open('" + project.path("other") + "')"), project));
  CHECK(original.errors.text().find("PermissionError") != std::string::npos);
  Request large = in_project(shell(":"), project);
  large.plan.policy.limits.scratch_bytes = 4;
  CHECK(run(large).reason.find("limit of scratch memory") != std::string::npos);
}

TEST_CASE("reduced: a buffer does not reach through a link out of the project") {
  if (!landlock_suffices()) return;
  const TemporaryFolder outside, project(support::Readable::by_all);
  outside.write("file", "canary");
  fs::permissions(outside.path(), fs::perms(0777));
  fs::create_directory_symlink(outside.path(), project.path() / "link");
  Request request = in_project(shell(":"), project);
  request.job.files = {{project.path("link/file"), "written", 0644}};
  const Outcome outcome = run(request);
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(content(outside.path("file")) == "canary");
}

TEST_CASE("reduced: nothing is left, however deep and closed, and whoever still runs") {
  if (!landlock_suffices()) return;
  const std::set<std::string> before = private_folders();
  Request request = python(R"(
import os, subprocess
subprocess.Popen(["sleep", "86399"]); os.mkdir("closed", 0)
if os.fork() == 0:
    if os.fork() == 0: os.execvp("sleep", ["sleep", "86399"])
    os._exit(0)
for _ in range(40): os.mkdir("d" * 250); os.chdir("d" * 250)  # deeper than a path can be long
open("file", "w")
)");
  request.results = {"main.py"};
  for (const size_t ready : {0, 1}) {
    Runner runner({.ready = ready, .backends = {Backend::reduced}});
    for (int i = 0; i < 3; ++i) {
      const Outcome outcome = runner.run(request);
      INFO(outcome.reason << outcome.errors.text());
      CHECK(outcome.verdict == Verdict::passed);
      CHECK(outcome.results.at("main.py").ok());
      CHECK(std::system("pgrep -f 'sleep 8639[9]' >/dev/null") != 0);
    }
  }
  // Some of those of killed helpers may have gone meanwhile.
  for (const std::string& name : private_folders()) CHECK(before.contains(name));
}

TEST_CASE(
    "reduced: a folder goes whose helper has ended, though nobody has looked after that yet") {
  if (!landlock_suffices()) return;
  const pid_t zombie = fork();
  if (zombie == 0) _exit(0);
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT) == 0);
  const auto folder_of = [](pid_t pid) {
    return "/tmp/lemma-sandbox-" + std::to_string(pid) + "-test";
  };
  fs::create_directories(folder_of(zombie) + "/inner");
  fs::create_directories(folder_of(getpid()));
  check_passes(shell(":"));
  CHECK_FALSE(fs::exists(folder_of(zombie)));
  CHECK(fs::remove(folder_of(getpid())));  // one that lives keeps its own
  waitpid(zombie, nullptr, 0);
}

TEST_CASE("reduced: what Landlock does not see is refused") {
  if (!landlock_suffices()) return;
  check_passes(python(R"(
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def refused(call, *arguments, **named):
    try: result = call(*arguments, **named)
    except OSError: return
    assert result == -1, call
open("own", "w").close()
parent = os.getppid()
refused(os.chmod, "own", 0o777)
refused(os.utime, "own")
refused(os.chown, "own", os.getuid(), -1)
refused(os.setxattr, "own", "user.a", b"1")
refused(os.sched_setaffinity, parent, os.sched_getaffinity(0))
refused(os.setpriority, os.PRIO_USER, 0, 19)
refused(os.setpriority, os.PRIO_PGRP, 0, 19)
refused(os.setsid)
refused(os.setpgid, 0, 0)
refused(os.kill, parent, 0)
refused(libc.inotify_init)
refused(libc.mq_open, b"/lemma-test", os.O_CREAT, 0o600, None)
for family in socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK:
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM: refused(socket.socket, family, kind)
for kind in socket.SOCK_DGRAM, socket.SOCK_RAW: refused(socket.socketpair, socket.AF_UNIX, kind)
a, b = socket.socketpair()
refused(a.bind, "\0lemma-test")
for descriptor in range(3, 512):
    if descriptor not in (a.fileno(), b.fileno()): refused(os.fstat, descriptor)
for path in "/", "/home", "/proc", "/sys", "/tmp", "/dev/shm", "/dev/pts", "/run", "/var":
    refused(os.listdir, path)
for path in "/etc/passwd", "/proc/self/maps", "/dev/tty", "/dev/ptmx": refused(os.open, path, 0)
)"));
}

TEST_CASE("reduced: programs have what they need") {
  if (!landlock_suffices()) return;
  check_passes(python(R"(
import asyncio, concurrent.futures, os, socket, subprocess, tempfile, threading
async def main():
    p = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    assert (await p.communicate())[0] == b"hi\n"
asyncio.run(main())
with concurrent.futures.ThreadPoolExecutor(4) as pool: assert list(pool.map(abs, [-1, 2])) == [1, 2]
with tempfile.TemporaryDirectory() as d:
    open(d + "/x", "w").write("x"); os.rename(d + "/x", os.path.expanduser("~/x"))
os.link("main.py", "second"); os.symlink("main.py", "third"); os.mkfifo("pipe")
p = subprocess.Popen(["sleep", "20"]); p.terminate(); assert p.wait() == -15
os.sched_setaffinity(0, os.sched_getaffinity(0)); os.setpriority(os.PRIO_PROCESS, 0, 19)
os.urandom(4); open("/dev/null", "w").write("x"); os.sync()
)"));
  Request compiled = shell("");
  compiled.job.files = {{"/sandbox/a.c", "int main() { return 42; }", 0644}};
  compiled.job.steps[0].argv = {"/usr/bin/gcc", "a.c", "-o", "/sandbox/program"};
  compiled.job.steps.push_back({.argv = {"/sandbox/program"}, .env = {}});
  const Outcome outcome = run(compiled);
  INFO(outcome.reason << outcome.errors.text());
  CHECK(outcome.exit_code == 42);
}

TEST_CASE("reduced: where namespaces are forbidden, and only who agrees gets it", "[.reduced]") {
  if (!landlock_suffices()) return;
  CHECK(Runner().run(shell(":")).verdict == Verdict::refused);
  Runner agreed({.backends = {Backend::native, Backend::bubblewrap, Backend::reduced}});
  const Outcome outcome = agreed.run(shell(":"));
  INFO(outcome.reason << outcome.errors.text());
  CHECK(outcome.verdict == Verdict::passed);
  CHECK(outcome.layers.front().starts_with("reduced: "));
}

TEST_CASE("reduced: a machine that forbids namespaces to an ordinary user") {
  if (!landlock_suffices()) return;
  const sandbox_test::ReadableCopy copy;
  const std::string command =
      sandbox_test::ordinary_user() +
      "unshare --map-current-user --keep-caps sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&"
      " exec /usr/bin/setpriv --inh-caps=-all --ambient-caps=-all " +
      copy.program() + " [reduced] 1>&2'";
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("a kernel without Landlock: the reduced sandbox is refused, with the reason") {
  if (landlock_suffices()) return;  // all else here has just used it
  const Outcome outcome = run(shell(":"));
  CHECK(outcome.verdict == Verdict::refused);
  CHECK(outcome.reason.find("using Landlock") != std::string::npos);
}
