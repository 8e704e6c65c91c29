// What becomes of a run: each verdict by its own cause, and nothing lost or left behind.
#include "sandbox/runner/run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sandbox/runner/memory_watch.h"
#include "tests/sandbox/runner/requests.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace run_test {
namespace {

using namespace sandbox::runner;
using runner_test::in_cgroup;
using runner_test::python;
using runner_test::shell;

Outcome run(const Request& request) {
  Runner runner;
  return runner.run(request);
}

void check_verdict(const Request& request, Verdict verdict) {
  const Outcome outcome = run(request);
  INFO(outcome.reason << outcome.output.text() << outcome.errors.text());
  CHECK(std::string(verdict_name(outcome.verdict)) == verdict_name(verdict));
}

// Attack 42: every process fills sockets that no process's memory shows.
Request socket_flood() {
  return python(R"(
import os, socket, time
for _ in range(60):
    if os.fork() == 0: break
kept = []
try:
    while True:
        pair = socket.socketpair(); kept.append(pair); pair[0].setblocking(False)
        try:
            while True: pair[0].send(b"x" * 65536)
        except BlockingIOError: pass
except OSError: pass
time.sleep(20)
)");
}

bool is_ours(pid_t pid) {
  while (pid > 1 && pid != getpid()) {
    std::string line;
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    do std::getline(status, line);
    while (status && !line.starts_with("PPid:"));
    pid = status ? std::stoi(line.substr(5)) : 0;
  }
  return pid == getpid();
}

// Of helpers that this process has started: what others beside it leave is theirs.
std::vector<std::string> own_cgroups() {
  std::vector<std::string> own;
  std::error_code error;
  std::filesystem::recursive_directory_iterator it("/sys/fs/cgroup", error), end;
  for (; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename();
    const std::string prefix = "lemma-sandbox-";
    if (name.starts_with(prefix) && is_ours(std::stoi(name.substr(prefix.size())))) {
      own.push_back(it->path());
    }
  }
  return own;
}

bool gone_soon(const std::string& path) {
  for (int i = 0; i < 250 && std::filesystem::exists(path); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return !std::filesystem::exists(path);
}

// Whether a cgroup of some helper's sandbox says so.
bool some_cgroup_says(const std::string& name, const std::string& value) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator it("/sys/fs/cgroup", error), end;
  for (; !error && it != end; it.increment(error)) {
    if (!it->path().parent_path().filename().string().starts_with("lemma-sandbox-")) continue;
    std::string said;
    std::ifstream(it->path() / name) >> said;
    if (said == value) return true;
  }
  return false;
}

bool some_cgroup_soon_says(const std::string& name, const std::string& value) {
  for (int i = 0; i < 250; ++i) {
    if (some_cgroup_says(name, value)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace

TEST_CASE("each end has its own verdict") {
  check_verdict(shell("exit 0"), Verdict::passed);
  check_verdict(shell("exit 7"), Verdict::failed);
  check_verdict(shell("kill -SEGV $$"), Verdict::crashed);
  check_verdict(shell("kill -KILL $$"), Verdict::crashed);  // its own doing: no limit held it
  check_verdict(python("while True: print('x' * 100000)"), Verdict::output_limit);
  Request endless = shell("sleep 60");
  endless.deadline_ms = 200;
  check_verdict(endless, Verdict::timed_out);
  Request greedy = python("b = bytearray(b'x') * (400 << 20)\nimport time; time.sleep(10)");
  greedy.plan.policy.limits.memory_bytes = 256 << 20;
  check_verdict(greedy, Verdict::out_of_memory);
}

TEST_CASE("memory that is shared and not resident has the same limit") {
  Request request = python(R"(
import mmap, time
step = 32 << 20
kept = []
for _ in range(40):
    kept.append(mmap.mmap(-1, step))
    kept[-1].write(b"x" * step)
    kept[-1].madvise(mmap.MADV_DONTNEED)
time.sleep(5)
)");
  request.plan.policy.limits.memory_bytes = 256 << 20;
  check_verdict(request, Verdict::out_of_memory);
}

TEST_CASE("memory that the kernel holds ends a run before the machine has none left") {
  Request request = socket_flood();
  constexpr uint64_t may_take = uint64_t{600} << 20;
  request.plan.policy.limits.memory_bytes = uint64_t{2} << 30;  // so that no other limit is nearer
  request.plan.policy.limits.spare_bytes = available_bytes() - may_take;
  const Outcome outcome = run(request);
  INFO(outcome.reason << outcome.errors.text());
  CHECK(outcome.verdict == Verdict::out_of_memory);
  CHECK(outcome.reason.starts_with("it left less than"));
  // A run that takes nothing is not to blame.
  Request modest = shell("sleep 0.2");
  modest.plan.policy.limits.spare_bytes = uint64_t{1} << 50;
  // A quarter of it is what counts, and may not go elsewhere meanwhile.
  modest.plan.policy.limits.memory_bytes = uint64_t{1} << 50;
  check_verdict(modest, Verdict::passed);
}

TEST_CASE("where cgroups may be divided, the kernel holds memory and processes, and none is left") {
  std::vector<std::string> cgroups;
  for (const Backend backend : {Backend::native, Backend::bubblewrap}) {
    INFO("backend " << static_cast<int>(backend));
    Runner runner({.ready = 1, .backends = {backend}});
    Outcome outcome = runner.run(shell("cat /proc/self/cgroup"));
    if (!in_cgroup(outcome)) {
      REQUIRE(std::getenv("LEMMA_CGROUPS") == nullptr);  // whoever sets it knows that they may be
      // Then every result says so.
      CHECK(outcome.limits.at("memory_bytes").how.find("no memory cgroup") != std::string::npos);
      return;
    }
    CHECK(outcome.output.text().ends_with("0::/\n"));  // it sees its own as the root
    // Of one that waits; init, and what bubblewrap needs, come on top.
    Request limited = shell(":");
    limited.plan.policy.limits.processes = 77;
    runner.prepare(limited.plan);
    CHECK(some_cgroup_soon_says("pids.max", std::to_string(77 + 4)));
    Request flood = socket_flood();
    // More than its processes take, and less than their sockets.
    flood.plan.policy.limits.memory_bytes = 400 << 20;
    flood.plan.policy.limits.scratch_bytes = 16 << 20;
    flood.plan.policy.limits.spare_bytes = 0;
    outcome = runner.run(flood);
    CHECK(std::string(verdict_name(outcome.verdict)) == "out_of_memory");
    INFO(outcome.reason);
    CHECK(outcome.reason.ends_with("what the kernel holds for it included"));
    CHECK(outcome.limits.at("memory_bytes").how.starts_with("kernel"));
    CHECK(in_cgroup(outcome));
    check_verdict(shell("exit 0"), Verdict::passed);
    for (std::string& own : own_cgroups()) cgroups.push_back(std::move(own));
  }
  CHECK(cgroups.size() >= 2);
  for (const std::string& each : cgroups) CHECK(gone_soon(each));
}

TEST_CASE("what cannot be run says why") {
  Request missing = shell("");
  missing.job.steps[0].argv = {"no-such-tool"};
  Outcome outcome = run(missing);
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(outcome.reason == "executing no-such-tool: No such file or directory");

  Request folder = shell("");
  folder.plan.policy.trees.push_back({"/no/such/folder", "/x", {}, {}});
  // Often, since the report and the end of the sandbox arrive at nearly the same time.
  for (int i = 0; i < 20; ++i) {
    outcome = run(folder);
    CHECK(outcome.verdict == Verdict::could_not_start);
    CHECK(outcome.reason == "opening /no/such/folder: No such file or directory");
  }

  Request full = shell("");
  full.plan.policy.limits.scratch_bytes = 1 << 20;
  full.job.files = {{"/sandbox/large", std::string(2 << 20, 'x'), 0644}};
  outcome = run(full);
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(outcome.reason.find("limit of scratch memory") != std::string::npos);

  Runner without({.helper = "/no/such/helper"});
  outcome = without.run(shell(""));
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(outcome.reason.find("install lemma-sandbox") != std::string::npos);
}

TEST_CASE("where namespaces are forbidden nothing runs, and the reason says what to do",
          "[.forbidden]") {
  Request request = shell("touch /tmp/lemma-ran");
  const Outcome outcome = run(request);
  CHECK(outcome.verdict == Verdict::refused);
  INFO(outcome.reason);
  CHECK(outcome.reason.find("making user and other namespaces") != std::string::npos);
  // Bubblewrap was tried, too.
  CHECK(outcome.reason.find("; no sandbox can be made here: ") != std::string::npos);
  CHECK(outcome.reason.find("let this user make user namespaces") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists("/tmp/lemma-ran"));
}

TEST_CASE("a machine that forbids namespaces") {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  CHECK(std::system(("unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec " +
                     self + " [forbidden] 1>&2'")
                        .c_str()) == 0);
}

TEST_CASE("bubblewrap's sandbox: the same verdicts, a copy of the project, and what it lacks") {
  Runner runner({.ready = 1, .backends = {Backend::bubblewrap}});
  CHECK(runner.run(shell("exit 7")).exit_code == 7);
  CHECK(runner.run(shell("kill -SEGV $$")).signal == SIGSEGV);
  Request endless = shell("setsid sleep 60 & sleep 60");
  endless.deadline_ms = 400;
  CHECK(runner.run(endless).verdict == Verdict::timed_out);
  Request greedy = python("b = bytearray(b'x') * (400 << 20)\nimport time; time.sleep(10)");
  greedy.plan.policy.limits.memory_bytes = 256 << 20;
  CHECK(runner.run(greedy).verdict == Verdict::out_of_memory);

  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string project = folder.path();
  folder.write("folder/file", "content\n");
  folder.write(".env", "canary");
  Request request = shell("cat folder/file; ls -A; echo changed >folder/file; echo x >result");
  request.plan.policy.trees.push_back({project, project, sandbox::policy::View::scratch, {".env"}});
  request.job.steps[0].folder = project;
  const Outcome outcome = runner.run(request);
  INFO(outcome.reason << outcome.errors.text());
  CHECK(outcome.verdict == Verdict::passed);
  CHECK(outcome.output.text() == "content\nfolder\n");
  std::ifstream kept(project + "/folder/file");
  CHECK(std::string(std::istreambuf_iterator<char>(kept), {}) == "content\n");
  CHECK(outcome.layers.back().find("bubblewrap") != std::string::npos);
  CHECK(outcome.limits.at("scratch_files").how.starts_with("not enforced"));
}

TEST_CASE("bubblewrap's sandbox: a project's node_modules are no way to another folder") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string project = folder.path("project");
  folder.write("secrets/key", "canary");
  folder.write("project/inner/package", "found");
  std::filesystem::create_symlink("../secrets", project + "/node_modules");
  std::filesystem::create_symlink("inner", project + "/venv");
  Request request = shell("cat node_modules/key venv/package");
  request.plan.policy.trees.push_back({project, project, sandbox::policy::View::scratch, {}});
  request.job.steps[0].folder = project;
  Runner runner({.backends = {Backend::bubblewrap}});
  CHECK(runner.run(request).output.text() == "found");
}

TEST_CASE("a sandbox that waits for a project sees what is saved meanwhile") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string project = folder.path();
  Request request = shell("cat file");
  request.plan.policy.trees.push_back({project, project, sandbox::policy::View::scratch, {}});
  request.job.steps[0].folder = project;
  Runner runner({.ready = 1});
  for (const char* text : {"one", "two", "three"}) {
    folder.write("file.new", text);
    std::filesystem::rename(project + "/file.new", project + "/file");
    CHECK(runner.run(request).output.text() == text);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
}

TEST_CASE("a sandbox that waits for a project does not outlive its folder") {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string project = folder.path("project");
  folder.write("project/file", "old");
  Request request = shell("cat file");
  request.plan.policy.trees.push_back({project, project, sandbox::policy::View::scratch, {}});
  request.job.steps[0].folder = project;
  Runner runner({.ready = 1});
  CHECK(runner.run(request).output.text() == "old");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until another one waits
  std::filesystem::rename(project, folder.path("before"));
  folder.write("project/file", "new");
  CHECK(runner.run(request).output.text() == "new");
}

TEST_CASE("every result names the layers and the limits") {
  const Outcome outcome = run(shell(""));
  CHECK(outcome.layers.size() == (in_cgroup(outcome) ? 7 : 6));
  for (const char* name : {"deadline_ms", "memory_bytes", "spare_bytes", "output_bytes",
                           "scratch_bytes", "scratch_files", "processes", "open_files"}) {
    INFO(name);
    CHECK(outcome.limits.contains(name));
  }
  const std::string& memory = outcome.limits.at("memory_bytes").how;
  CHECK((memory.find("not enforced") == std::string::npos) == in_cgroup(outcome));
}

TEST_CASE("input and output are bytes") {
  Request request = shell("cat; printf '\\377\\000\\033[31m' >&2");
  request.input = std::string("\0\xff\n", 3) + std::string(3 << 20, 'i');
  request.plan.policy.limits.kept_bytes = 8 << 20;
  const Outcome outcome = run(request);
  CHECK(outcome.output.text() == request.input);
  CHECK(outcome.errors.text() == std::string("\xff\0\x1b[31m", 7));

  Request unread = shell("exit 0");
  unread.input = std::string(8 << 20, 'i');
  check_verdict(unread, Verdict::passed);
}

TEST_CASE("of a gigabyte the head, the tail and the size are kept") {
  Request request = shell("echo first; head -c 1000000000 /dev/zero; echo last");
  request.plan.policy.limits.output_bytes = uint64_t{2} << 30;
  const Outcome outcome = run(request);
  CHECK(outcome.verdict == Verdict::passed);
  CHECK(outcome.output.bytes() == 1'000'000'000 + 11);
  CHECK(outcome.output.dropped() ==
        outcome.output.bytes() - 2 * request.plan.policy.limits.kept_bytes);
  CHECK(outcome.output.text().starts_with("first\n"));
  CHECK(outcome.output.text().ends_with("last\n"));
}

TEST_CASE("steps run in order until one fails, each with its own output where it says so") {
  Request request = shell("echo compiling; exit 0");
  request.job.steps[0].log = "/sandbox/log";
  request.job.steps.push_back(shell("echo running; exit 3").job.steps[0]);
  request.job.steps.push_back(shell("echo never").job.steps[0]);
  request.results = {"log"};
  const Outcome outcome = run(request);
  CHECK(outcome.verdict == Verdict::failed);
  CHECK(outcome.step == 1);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.output.text() == "running\n");
  CHECK(*outcome.results.at("log") == "compiling\n");
}

TEST_CASE("results that are not plain files of a sane size are not read") {
  Request request = shell(
      "ln -s /etc/passwd link; mkfifo pipe; echo x >one; ln one two; mkdir folder;"
      "truncate -s 100M hole; echo good >good; ln -s / up; echo y >folder/deep");
  request.results = {"link", "pipe",          "one",           "folder",      "hole",
                     "good", "up/etc/passwd", "../etc/passwd", "folder/deep", "missing"};
  const Outcome outcome = run(request);
  CHECK(outcome.verdict == Verdict::passed);
  for (const auto& [path, result] : outcome.results) {
    INFO(path);
    CHECK(result.ok() == (path == "good" || path == "folder/deep"));
  }
  CHECK(*outcome.results.at("good") == "good\n");
}

TEST_CASE("attack 29: a lock inside does not lock the host's file", "[attack]") {
  Runner runner;
  std::thread inside([&] {
    Request request = python(
        "import fcntl, time\nf = open('/usr/bin/env')\n"
        "fcntl.flock(f, fcntl.LOCK_EX)\nprint('locked', flush=True)\n"
        "time.sleep(1)");
    CHECK(runner.run(request).output.text() == "locked\n");
  });
  const int file = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);
  for (int i = 0; i < 20; ++i) {
    CHECK(flock(file, LOCK_EX | LOCK_NB) == 0);
    flock(file, LOCK_UN);
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
  }
  close(file);
  inside.join();
}

TEST_CASE("its caller can end a run") {
  Runner runner;
  std::stop_source source;
  Request request = shell("sleep 60");
  request.stop = source.get_token();
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    source.request_stop();
  });
  const Outcome outcome = runner.run(request);
  stopper.join();
  CHECK(outcome.verdict == Verdict::cancelled);
  CHECK(outcome.ms < 5000);
}

TEST_CASE("what a program writes is heard as it comes") {
  Runner runner;
  std::stop_source source;
  Request request = shell("echo one; echo two >&2; sleep 0.2; echo three; sleep 60");
  request.stop = source.get_token();
  std::string output, errors;
  request.heard = [&](Stream stream, std::string_view bytes, const std::string&) {
    (stream == Stream::output ? output : errors) += bytes;
    if (output.ends_with("three\n")) source.request_stop();
  };
  const Outcome outcome = runner.run(request);
  CHECK(outcome.verdict == Verdict::cancelled);
  CHECK(output == "one\nthree\n");
  CHECK(errors == "two\n");
  // All of it, of which an outcome holds the two ends.
  request = shell("head -c 1000000 /dev/zero");
  size_t bytes = 0;
  request.heard = [&](Stream, std::string_view some, const std::string&) { bytes += some.size(); };
  CHECK(runner.run(request).output.dropped() > 0);
  CHECK(bytes == 1'000'000);
}

TEST_CASE("two hundred runs at the same time all pass") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int runs = 50;  // each maps as much again for the sanitizer
#else
  constexpr int runs = 200;
#endif
  Runner runner;
  std::vector<std::string> wrong(runs);
  std::vector<std::thread> threads;
  for (int i = 0; i < runs; ++i) {
    threads.emplace_back([&, i] {
      Request request = shell("cat; echo " + std::to_string(i));
      request.input = "run ";
      request.deadline_ms = 300'000;
      const Outcome outcome = runner.run(request);
      if (outcome.output.text() != "run " + std::to_string(i) + "\n") {
        wrong[static_cast<size_t>(i)] =
            verdict_name(outcome.verdict) + (": " + outcome.reason) + outcome.errors.text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& reason : wrong) CHECK(reason == "");
}

TEST_CASE("programs have what they need") {
  check_verdict(python(R"(
import asyncio, multiprocessing, os, socket, subprocess, tempfile, threading
async def main():
    p = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    assert (await p.communicate())[0] == b"hi\n"
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
    assert await reader.read() == b""
asyncio.run(main())
with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, 2]) == [1, 2]
assert socket.gethostbyname("localhost") == "127.0.0.1"
assert os.path.expanduser("~") == "/home/user"
with tempfile.TemporaryFile() as f: f.write(b"x")
os.openpty(); os.sync()
import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))
queue = multiprocessing.Queue(); queue.put(1); assert queue.get() == 1
)"),
                Verdict::passed);
}

}  // namespace run_test
