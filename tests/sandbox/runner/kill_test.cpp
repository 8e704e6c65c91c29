// SIGKILL of any process at any moment: the sandbox dies with whoever keeps it, and nothing stays.
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "sandbox/policy/host_view.h"
#include "sandbox/runner/run.h"
#include "tests/sandbox/landlock.h"
#include "tests/sandbox/ordinary_user.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace sandbox::runner;
using std::chrono::milliseconds;

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// `pid` and everything below it.
std::vector<pid_t> family(pid_t pid) {
  std::vector<pid_t> all{pid};
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string process = "/proc/" + std::to_string(all[i]);
    std::istringstream children(
        read_text(process + "/task/" + std::to_string(all[i]) + "/children"));
    for (pid_t child = 0; children >> child;) all.push_back(child);
  }
  return all;
}

bool is_helper(pid_t pid) {
  return read_text("/proc/" + std::to_string(pid) + "/comm") == "lemma-sandbox\n";
}

// The session that the helper begins and that all it starts is in, until a run begins its own; 0
// where there is no helper yet, or it has not begun one.
pid_t session_of(const std::vector<pid_t>& all) {
  const auto helper = std::find_if(all.begin(), all.end(), is_helper);
  const pid_t session = helper == all.end() ? 0 : getsid(*helper);
  return session == getsid(0) ? 0 : session;
}

// Ended, and only waiting for the machine's init, which may take its time.
bool is_zombie(pid_t pid) {
  const std::string stat = read_text("/proc/" + std::to_string(pid) + "/stat");
  return stat.find(") Z ") != std::string::npos;
}

// Whatever survived: programs with a name of their own, and processes of the helper's session.
int count_processes(const std::string& marker, pid_t session) {
  int found = 0;
  DIR* proc = opendir("/proc");
  while (const dirent* entry = readdir(proc)) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    const std::string line = read_text(std::string("/proc/") + entry->d_name + "/cmdline");
    const bool is_ours = session > 0 && getsid(pid) == session && !is_zombie(pid);
    if (line.find(marker) != std::string::npos || is_ours) ++found;
  }
  closedir(proc);
  return found;
}

bool gone_soon(const std::string& marker, pid_t session) {
  for (int i = 0; i < 200; ++i) {
    if (count_processes(marker, session) == 0) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

// Stands for lemma: runs the marked program in a project until it is killed.
[[noreturn]] void be_engine(const std::string& marker, const std::string& project,
                            Backend backend) {
  Runner runner({.ready = 1, .backends = {backend}});
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.plan.policy.trees.push_back({project, project, sandbox::policy::View::scratch, {}});
  request.job.steps = {
      {.argv = {"/bin/sh", "-c", "(setsid sleep " + marker + " &) ; sleep " + marker},
       .env = {"PATH=/usr/bin:/bin"}}};
  runner.run(request);
  for (;;) pause();
}

void check_kills(Backend backend, int rounds) {
  const support::TemporaryFolder folder(support::Readable::by_all);
  const std::string project = folder.path();
  const std::string mounts = read_text("/proc/self/mounts");
  std::mt19937 random(static_cast<uint32_t>(getpid()));
  int alive_before = 0;
  for (int round = 0; round < rounds; ++round) {
    // A number of seconds that nothing else sleeps.
    const std::string marker = std::to_string(70'000'000 + getpid()) + "." + std::to_string(round);
    const pid_t engine = fork();
    REQUIRE(engine >= 0);
    if (engine == 0) be_engine(marker, project, backend);
    // Every other time in the middle of the making, else when the program runs.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (round % 2 == 0 && count_processes(marker, 0) == 0 &&
           std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    std::this_thread::sleep_for(milliseconds(random() % 10));
    if (count_processes(marker, 0) > 0) ++alive_before;
    const std::vector<pid_t> all = family(engine);
    const pid_t session = session_of(all);
    kill(all[random() % all.size()], SIGKILL);
    kill(engine, SIGKILL);
    REQUIRE(waitpid(engine, nullptr, 0) == engine);
    INFO("round " << round << " of marker " << marker << ", session " << session);
    REQUIRE(gone_soon(marker, session));
  }
  CHECK(alive_before >= rounds / 2);  // else the killing came too early to prove anything
  CHECK(read_text("/proc/self/mounts") == mounts);
  CHECK(folder.files().empty());
}

}  // namespace

TEST_CASE("attack 51: whichever process is killed, no process, file or mount is left", "[attack]") {
  check_kills(Backend::native, std::getenv("LEMMA_LONG") != nullptr ? 1000 : 100);
}

TEST_CASE("attack 51: nor is anything left of bubblewrap's sandbox", "[attack]") {
  check_kills(Backend::bubblewrap, std::getenv("LEMMA_LONG") != nullptr ? 1000 : 50);
}

TEST_CASE("attack 51: nor of a reduced one, but for folders that the next helper removes",
          "[attack]") {
  if (!landlock_suffices()) return;
  check_kills(Backend::reduced, std::getenv("LEMMA_LONG") != nullptr ? 1000 : 50);
  Runner runner({.backends = {Backend::reduced}});
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/true"}, .env = {}}};
  CHECK(runner.run(request).verdict == Verdict::passed);
  for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
    const std::string name = entry.path().filename();
    const std::string prefix = "lemma-sandbox-";
    if (!name.starts_with(prefix)) continue;
    INFO(name);
    CHECK(kill(std::stoi(name.substr(prefix.size())), 0) == 0);
  }
}

TEST_CASE("these attacks fail for an ordinary user, too") {
  CHECK(sandbox_test::pass_as_ordinary_user("[attack]"));
}

TEST_CASE("a killed helper is replaced") {
  Runner runner;
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/sh", "-c", "echo done"}, .env = {}}};
  CHECK(runner.run(request).verdict == Verdict::passed);
  const std::string marker = std::to_string(80'000'000 + getpid());
  std::thread killer([&] {
    while (count_processes(marker, 0) == 0) std::this_thread::sleep_for(milliseconds(1));
    const std::vector<pid_t> all = family(getpid());
    kill(*std::find_if(all.begin(), all.end(), is_helper), SIGKILL);
  });
  Request endless = request;
  endless.job.steps[0].argv = {"/bin/sleep", marker};
  const Outcome outcome = runner.run(endless);
  killer.join();
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(outcome.reason == "the sandbox ended before its program did");
  CHECK(runner.run(request).output.text() == "done\n");
}
