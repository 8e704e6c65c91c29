#include "sandbox/languages/benchmark.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "sandbox/languages/language.h"
#include "sandbox/policy/host_view.h"
#include "sandbox/runner/memory_watch.h"

namespace sandbox::languages {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const std::string sympy_program = "from sympy import *\nx = symbols('x')";
constexpr const char* on_demand = "true, sandbox made on demand";
constexpr const char* ready = "true, sandbox ready";
constexpr const char* bare = "true, bare";
constexpr const char* bubblewrap = "true, bubblewrap";

// Negative where it did not end well.
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
  if (status != 0) return -1;
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::vector<std::string> in_bubblewrap(const std::vector<std::string>& argv) {
  std::vector<std::string> all{
      "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr",
      "/usr",  "--symlink",     "usr/bin",           "/bin",          "--symlink", "usr/lib",
      "/lib",  "--symlink",     "usr/lib64",         "/lib64",        "--proc",    "/proc",
      "--dev", "/dev",          "--tmpfs",           "/tmp"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

double checked(const runner::Outcome& outcome) {
  return outcome.verdict == runner::Verdict::passed ? outcome.ms : -1;
}

runner::Request request_of(const std::vector<std::string>& argv) {
  runner::Request request;
  request.plan.policy = policy::host_view();
  request.job.steps = {{.argv = argv, .env = {"PATH=/usr/bin:/bin"}}};
  return request;
}

Program program_of(const std::string& name, const std::string& text, Warmth warmth) {
  return {.file = "/nowhere/" + name, .text = text, .warmth = warmth};
}

double run_text(runner::Runner& runner, const Program& program) {
  const auto prepared = prepare(program);
  return prepared ? checked(run(runner, *prepared).outcome) : -1;
}

// A failure, to the values of its locals.
double fail_text(runner::Runner& runner, const Program& program) {
  const auto prepared = prepare(program);
  if (!prepared) return -1;
  const Run failed = run(runner, *prepared);
  const std::vector<Failure>& failures = failed.findings.failures;
  const bool told = !failures.empty() && !failures.back().frames.empty() &&
                    !failures.back().frames.back().locals.empty();
  return told ? failed.outcome.ms : -1;
}

uint64_t waiting_bytes(const Program& program) {
  constexpr auto to_settle = milliseconds(1500);
  const auto prepared = prepare(program);
  if (!prepared || !prepared->missing.empty()) return 0;
  // The helper is there before it is weighed.
  runner::Runner runner({.ready = 1});
  runner.run(request_of({"/usr/bin/true"}));
  std::this_thread::sleep_for(to_settle);
  const uint64_t before = runner::resident_bytes(getpid(), 0);
  runner.prepare(prepared->request.plan);
  std::this_thread::sleep_for(to_settle);
  const uint64_t after = runner::resident_bytes(getpid(), 0);
  return after > before ? after - before : 0;
}

int failures_in_parallel(int runs) {
  runner::Runner runner;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < runs; ++i) {
    threads.emplace_back([&] {
      runner::Request request = request_of({"/usr/bin/true"});
      request.deadline_ms = 60'000;
      if (checked(runner.run(request)) < 0) ++failures;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failures;
}

struct Series {
  const char* what;
  int pause_ms;  // the next sandbox is made while nobody waits for it, as between two keystrokes
  std::function<double()> once;
};

std::vector<Series> all_series(runner::Runner& made, runner::Runner& waiting) {
  const std::vector<std::string> nothing{"/usr/bin/true"};
  const std::vector<std::string> python{"/usr/bin/python3", "-c", "pass"};
  const std::vector<std::string> sympy{"/usr/bin/python3", "-c", sympy_program};
  const Program pass = program_of("a.py", "pass", Warmth::plain);
  const Program import = program_of("a.py", sympy_program, Warmth::sympy);
  const Program node = program_of("a.js", "1", Warmth::plain);
  const Program fails = program_of("a.js", "(n => { throw new Error(n); })(1)", Warmth::plain);
  return {
      {bare, 60, [=] { return spawn(nothing); }},
      {bubblewrap, 60, [=] { return spawn(in_bubblewrap(nothing)); }},
      {on_demand, 60, [=, &made] { return checked(made.run(request_of(nothing))); }},
      {ready, 60, [=, &waiting] { return checked(waiting.run(request_of(nothing))); }},
      {"python pass, bare", 60, [=] { return spawn(python); }},
      {"python pass, bubblewrap", 60, [=] { return spawn(in_bubblewrap(python)); }},
      {"python pass, warm", 100, [=, &waiting] { return run_text(waiting, pass); }},
      {"sympy, bare", 60, [=] { return spawn(sympy); }},
      {"sympy, warm", 900, [=, &waiting] { return run_text(waiting, import); }},
      {"node 1, bare", 60,
       [=] {
         return spawn({"node", "-e", "1"});
       }},
      {"node 1, warm", 300, [=, &waiting] { return run_text(waiting, node); }},
      {"node failure with its locals, warm", 300,
       [=, &waiting] { return fail_text(waiting, fails); }},
  };
}

}  // namespace

Benchmark measure(int rounds) {
  runner::Runner made, waiting({.ready = 2});
  std::map<std::string, std::vector<double>> times;
  const std::vector<Series> series = all_series(made, waiting);
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    for (const auto& [what, pause_ms, once] : series) {
      const double ms = once();
      if (round >= 0 && ms >= 0) times[what].push_back(ms);
      std::this_thread::sleep_for(milliseconds(pause_ms));
    }
  }
  Benchmark benchmark;
  std::map<std::string, double> medians;
  for (const auto& [what, pause_ms, once] : series) {
    auto& list = times[what];
    if (list.empty()) continue;  // not to be had here
    std::sort(list.begin(), list.end());
    medians[what] = list[list.size() / 2];
    benchmark.rows.push_back({what, medians[what], list[list.size() * 9 / 10]});
  }
  const double added = medians[bubblewrap] - medians[bare];
  if (medians[bubblewrap] > 0 && added > 0) {
    benchmark.on_demand_to_bubblewrap = (medians[on_demand] - medians[bare]) / added;
    benchmark.ready_to_bubblewrap = (medians[ready] - medians[bare]) / added;
  }
  benchmark.parallel_runs = 200;
  benchmark.parallel_failures = failures_in_parallel(benchmark.parallel_runs);
  benchmark.waiting_plain_bytes = waiting_bytes(program_of("a.py", "pass", Warmth::plain));
  benchmark.waiting_sympy_bytes = waiting_bytes(program_of("a.py", "pass", Warmth::sympy));
  benchmark.waiting_node_bytes = waiting_bytes(program_of("a.js", "1", Warmth::plain));
  return benchmark;
}

}  // namespace sandbox::languages
