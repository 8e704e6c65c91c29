// What a run costs, in one interleaved series with the bare program and with bubblewrap: medians in
// milliseconds, and what the ready sandboxes hold in memory. Run by hand; `ninja bench_sandbox`.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/languages/language.h"
#include "sandbox/policy/host_view.h"

namespace {

using namespace sandbox;
using Clock = std::chrono::steady_clock;

double spawn(std::vector<std::string> argv) {
  std::vector<char*> arguments;
  for (std::string& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin";
  char* environment[] = {path, nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int number : {0, 1, 2}) {
    posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
  }
  const auto begin = Clock::now();
  pid_t pid = -1;
  int status = -1;
  if (posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environment) == 0) {
    waitpid(pid, &status, 0);
  }
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) std::cerr << argv[0] << " failed\n";
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::vector<std::string> in_bubblewrap(std::vector<std::string> argv) {
  std::vector<std::string> all{
      "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr",
      "/usr",  "--symlink",     "usr/bin",           "/bin",          "--symlink", "usr/lib",
      "/lib",  "--symlink",     "usr/lib64",         "/lib64",        "--proc",    "/proc",
      "--dev", "/dev",          "--tmpfs",           "/tmp"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

double checked(const runner::Outcome& outcome) {
  if (outcome.verdict != runner::Verdict::passed) std::cerr << outcome.reason << '\n';
  return outcome.ms;
}

runner::Request request_of(const std::vector<std::string>& argv) {
  runner::Request request;
  request.plan.policy = policy::host_view();
  request.job.steps = {{.argv = argv, .env = {"PATH=/usr/bin:/bin"}}};
  return request;
}

double run_python(runner::Runner& runner, const std::string& text, languages::Warmth warmth) {
  const auto prepared =
      languages::prepare({.file = "/nowhere/a.py", .text = text, .warmth = warmth});
  return checked(languages::run(runner, *prepared).outcome);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 40;
  runner::Runner on_demand;
  runner::Runner ready({.ready = 2});
  const std::vector<std::string> nothing{"/usr/bin/true"};
  const std::vector<std::string> python{"/usr/bin/python3", "-c", "pass"};
  const std::string imports = "from sympy import *\nx = symbols('x')";
  const std::vector<std::string> sympy{"/usr/bin/python3", "-c", imports};
  const std::vector<std::pair<std::string, std::function<double()>>> series{
      {"true, bare", [&] { return spawn(nothing); }},
      {"true, bubblewrap", [&] { return spawn(in_bubblewrap(nothing)); }},
      {"true, made on demand", [&] { return checked(on_demand.run(request_of(nothing))); }},
      {"true, ready", [&] { return checked(ready.run(request_of(nothing))); }},
      {"python pass, bare", [&] { return spawn(python); }},
      {"python pass, bubblewrap", [&] { return spawn(in_bubblewrap(python)); }},
      {"python pass, warm", [&] { return run_python(ready, "pass", languages::Warmth::plain); }},
      {"sympy import, bare", [&] { return spawn(sympy); }},
      {"sympy import, warm", [&] { return run_python(ready, imports, languages::Warmth::sympy); }},
  };
  std::map<std::string, std::vector<double>> times;
  for (int round = -1; round < rounds; ++round) {
    for (const auto& [name, measure] : series) {
      const double ms = measure();
      if (round >= 0) times[name].push_back(ms);
      // The next sandbox is made while nobody waits for it, as between two keystrokes.
      std::this_thread::sleep_for(std::chrono::milliseconds(name.starts_with("sympy") ? 900 : 60));
    }
  }
  std::map<std::string, double> medians;
  for (const auto& [name, measure] : series) {
    auto& list = times[name];
    std::sort(list.begin(), list.end());
    medians[name] = list[list.size() / 2];
    std::cout << name << ": " << medians[name] << " ms (90 %: " << list[list.size() * 9 / 10]
              << ")\n";
  }
  const double bubblewrap = medians["true, bubblewrap"] - medians["true, bare"];
  for (const char* name : {"true, made on demand", "true, ready"}) {
    std::cout << name
              << ", added over bare: " << (medians[name] - medians["true, bare"]) / bubblewrap
              << " of bubblewrap's\n";
  }
  return 0;
}
