// SIGKILL of any process at any moment: the sandbox dies with whoever keeps it, and nothing stays.
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "sandbox/policy/host_view.h"
#include "sandbox/runner/run.h"
#include "tests/support/catch.h"

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

// A process with a name of its own, so that whatever survives can be found.
int count_processes(const std::string& marker) {
  int found = 0;
  DIR* proc = opendir("/proc");
  while (const dirent* entry = readdir(proc)) {
    const std::string line = read_text(std::string("/proc/") + entry->d_name + "/cmdline");
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0 &&
        line.find(marker) != std::string::npos) {
      ++found;
    }
  }
  closedir(proc);
  return found;
}

bool gone_soon(const std::string& marker) {
  for (int i = 0; i < 200; ++i) {
    if (count_processes(marker) == 0) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

// Stands for lemma: runs the marked program until it is killed.
[[noreturn]] void be_engine(const std::string& marker) {
  Runner runner({.ready = 1});
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {
      {.argv = {"/bin/sh", "-c", "(setsid sleep " + marker + " &) ; sleep " + marker},
       .env = {"PATH=/usr/bin:/bin"}}};
  runner.run(request);
  for (;;) pause();
}

}  // namespace

TEST_CASE("whichever process is killed, no process is left and the mounts are as before") {
  const int rounds = std::getenv("LEMMA_LONG") != nullptr ? 1000 : 100;
  const std::string mounts = read_text("/proc/self/mounts");
  std::mt19937 random(static_cast<uint32_t>(getpid()));
  int alive_before = 0;
  for (int round = 0; round < rounds; ++round) {
    // A number of seconds that nothing else sleeps.
    const std::string marker = std::to_string(70'000'000 + getpid()) + "." + std::to_string(round);
    const pid_t engine = fork();
    REQUIRE(engine >= 0);
    if (engine == 0) be_engine(marker);
    // Every other time in the middle of the making, else when the program runs.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (round % 2 == 0 && count_processes(marker) == 0 &&
           std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    std::this_thread::sleep_for(milliseconds(random() % 10));
    if (count_processes(marker) > 0) ++alive_before;
    const std::vector<pid_t> all = family(engine);
    kill(all[random() % all.size()], SIGKILL);
    kill(engine, SIGKILL);
    REQUIRE(waitpid(engine, nullptr, 0) == engine);
    INFO("round " << round << " of marker " << marker);
    REQUIRE(gone_soon(marker));
  }
  CHECK(alive_before >= rounds / 2);  // else the killing came too early to prove anything
  CHECK(read_text("/proc/self/mounts") == mounts);
}

TEST_CASE("a killed helper is replaced") {
  Runner runner;
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/sh", "-c", "sleep 0.3; echo done"}, .env = {}}};
  CHECK(runner.run(request).verdict == Verdict::passed);
  std::thread killer([] {
    std::this_thread::sleep_for(milliseconds(100));
    for (const pid_t pid : family(getpid())) {
      if (read_text("/proc/" + std::to_string(pid) + "/comm") == "lemma-sandbox\n") {
        kill(pid, SIGKILL);
        return;
      }
    }
  });
  const Outcome outcome = runner.run(request);
  killer.join();
  CHECK(outcome.verdict == Verdict::could_not_start);
  CHECK(outcome.reason == "the sandbox ended before its program did");
  CHECK(runner.run(request).output.text() == "done\n");
}
