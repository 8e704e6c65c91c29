// C, C++, Rust, Go and Java: one step compiles, one executes, and where that one stops gdb looks at
// it in a second run.
#include <signal.h>

#include <filesystem>

#include "sandbox/languages/recipe.h"

namespace sandbox::languages {
namespace {

#include "sandbox/languages/harness.inc"  // harness/ as strings: debugger_harness and so on

using engine::base::Done;
using engine::base::Status;
using runner::Request;
using runner::Step;

namespace fs = std::filesystem;

constexpr const char* debugger_harness_path = "/run/lemma/debugger.py";

// The two steps, before a language adds what is its own.
struct Steps {
  Step compile, execute;
};

Steps steps_of(const Recipe& recipe, const Tool& compiler) {
  for (const policy::Tree& root : compiler.roots) {
    recipe.prepared.request.plan.policy.trees.push_back(root);
  }
  Step compile{.argv = {compiler.path},
               .env = environment(),
               .folder = recipe.folder,
               .log = work + "/" + compiler_log};
  return {compile,
          {.argv = {work + "/" + program_name}, .env = environment(), .folder = recipe.folder}};
}

void add(const Recipe& recipe, Steps steps) {
  const std::vector<std::string>& arguments = recipe.program.arguments;
  steps.execute.argv.insert(steps.execute.argv.end(), arguments.begin(), arguments.end());
  recipe.prepared.request.job.steps = {steps.compile, steps.execute};
  recipe.prepared.request.results = {compiler_log, program_name};
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

Status add_c(const Recipe& recipe) {
  const bool c = recipe.prepared.language == Language::c;
  using Names = std::vector<std::string>;
  const auto compiler =
      find_tool(c ? Names{"gcc", "clang"} : Names{"g++", "clang++"}, recipe.program.interpreter,
                c ? "apt-get install gcc libc6-dev" : "apt-get install g++");
  if (!compiler) return compiler.error();
  auto [compile, execute] = steps_of(recipe, *compiler);
  const bool sanitized = recipe.program.sanitizers == Sanitizers::on;
  // The sanitizer's library must be the first that is loaded.
  if (!sanitized) execute.env = environment(recipe.program.output);
  const bool clang = fs::path(compiler->path).filename().string().starts_with("clang");
  append(compile.argv, {c ? "-std=gnu17" : "-std=gnu++20", "-g", "-O0", "-fno-omit-frame-pointer",
                        clang ? "-fno-color-diagnostics" : "-fdiagnostics-format=json", "-pipe"});
  if (sanitized) {
    append(compile.argv, {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"});
    // The leak detector traces the program, which the sandbox does not let it.
    execute.env.push_back("ASAN_OPTIONS=detect_leaks=0:abort_on_error=0");
    execute.env.push_back("UBSAN_OPTIONS=print_stacktrace=1");
    recipe.prepared.request.plan.policy.reservation = policy::Reservation::unlimited;
  }
  append(compile.argv, {recipe.file, "-o", execute.argv[0], "-lm", "-pthread"});
  add(recipe, {compile, execute});
  return Done{};
}

Status add_rust(const Recipe& recipe) {
  const auto compiler =
      find_tool({"rustc"}, recipe.program.interpreter, "apt-get install rustc, or rustup.rs");
  if (!compiler) return compiler.error();
  auto [compile, execute] = steps_of(recipe, *compiler);
  append(compile.argv, {"--edition=2021", "-g", "--error-format=json"});
  if (recipe.program.mode == Mode::tests) {
    compile.argv.emplace_back("--test");
    execute.argv.emplace_back("--test-threads=1");
  }
  append(compile.argv, {recipe.file, "-o", execute.argv[0]});
  execute.env.push_back("RUST_BACKTRACE=1");
  add(recipe, {compile, execute});
  return Done{};
}

// The compiler keeps what it made in a cache, which is the sandbox's own: from Go 1.20 on, every
// run compiles the standard library's packages that it uses.
Status add_go(const Recipe& recipe) {
  const auto compiler = find_tool({"go"}, recipe.program.interpreter, "apt-get install golang-go");
  if (!compiler) return compiler.error();
  auto [compile, execute] = steps_of(recipe, *compiler);
  for (const char* pair :
       {"GOCACHE=/tmp/go-cache", "GOPATH=/tmp/go", "GOFLAGS=-mod=mod", "GOPROXY=off",
        "GO111MODULE=auto", "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOTRACEBACK=all"}) {
    compile.env.emplace_back(pair);
    execute.env.emplace_back(pair);
  }
  // Optimised code has no values of locals, and merged calls no frames.
  const std::string flags = "-gcflags=-N -l";
  Request& request = recipe.prepared.request;
  request.plan.policy.limits.scratch_bytes = uint64_t{512} << 20;
  if (recipe.program.mode == Mode::tests) {
    const std::string program = execute.argv[0];
    append(compile.argv, {"test", "-vet=off", flags, "-c", "-o", program, recipe.file});
    execute.argv = {compiler->path, "tool", "test2json", "-t", program, "-test.v=true"};
  } else {
    append(compile.argv, {"build", flags, "-o", execute.argv[0], recipe.file});
  }
  add(recipe, {compile, execute});
  // Go answers with the stacks of all goroutines and ends.
  request.nudge = {.signal = SIGQUIT, .before_ms = nudge_before_ms(recipe.program.deadline_ms)};
  return Done{};
}

// One step: Java compiles a single file in memory.
Status add_java(const Recipe& recipe) {
  const auto java =
      find_tool({"java"}, recipe.program.interpreter, "apt-get install default-jdk-headless");
  if (!java) return java.error();
  Steps steps = steps_of(recipe, *java);
  Request& request = recipe.prepared.request;
  // Half of the sandbox's memory: Java's own parts need some besides the heap.
  const uint64_t heap_mib = request.plan.policy.limits.memory_bytes >> 21;
  steps.execute.argv = {java->path,         "-ea",
                        "-Xshare:auto",     "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC", "-Xmx" + std::to_string(heap_mib) + "m",
                        "-Duser.home=/tmp", recipe.file};
  append(steps.execute.argv, recipe.program.arguments);
  request.job.steps = {steps.execute};
  // It answers with the stacks of its threads and goes on.
  request.nudge = {.signal = SIGQUIT, .before_ms = nudge_before_ms(recipe.program.deadline_ms)};
  return Done{};
}

Findings debug(runner::Runner& runner, const Prepared& prepared, const std::string& compiled,
               const std::string& breakpoint) {
  Request request = prepared.request;
  request.heard = nullptr;  // the program has said it all before
  request.plan.policy.tracing = policy::Tracing::own_children;
  request.plan.policy.files.push_back({debugger_harness_path, debugger_harness});
  request.job.files.push_back({work + "/" + program_name, compiled, 0755});
  Step step = request.job.steps.back();
  const std::vector<std::string> gdb{
      "gdb",   "-q", "-batch", "-nx", "-iex", "set auto-load off", "-x", debugger_harness_path,
      "--args"};
  step.argv.insert(step.argv.begin(), gdb.begin(), gdb.end());
  step.env.push_back("LEMMA_RECORDS=" + work + "/" + records_name);
  if (!breakpoint.empty()) step.env.push_back("LEMMA_BREAK=" + breakpoint);
  // A sanitizer that ends the program by a signal stops where it found the fault.
  std::erase_if(step.env, [](const std::string& pair) {
    return pair.find("SAN_OPTIONS=") < 5 || pair.starts_with("LD_PRELOAD=");
  });
  step.env.push_back("ASAN_OPTIONS=detect_leaks=0:abort_on_error=1");
  step.env.push_back("UBSAN_OPTIONS=abort_on_error=1");
  request.job.steps = {step};
  request.results = {records_name};
  request.nudge = runner::Nudge{.signal = SIGINT, .before_ms = request.deadline_ms / 2};
  const runner::Outcome outcome = runner.run(request);
  const auto found = outcome.results.find(records_name);
  return found != outcome.results.end() && found->second.ok() ? read_records(*found->second)
                                                              : Findings();
}

}  // namespace sandbox::languages
