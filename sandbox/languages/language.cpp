#include "sandbox/languages/language.h"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/base/format.h"
#include "sandbox/languages/interpreter.h"
#include "sandbox/policy/host_view.h"
#include "sandbox/policy/workspace.h"

namespace sandbox::languages {
namespace {

#include "sandbox/languages/harness.inc"  // harness/ as strings: python_harness, node_harness

using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using runner::Plan;
using runner::Request;
using runner::Step;

namespace fs = std::filesystem;

const std::string work = policy::work_folder;
const std::string records_name = ".lemma-records";
const std::string compiler_log = ".lemma-compiler";
const std::string program_name = ".lemma-program";
constexpr const char* python_harness_path = "/run/lemma/python.py";
constexpr const char* node_harness_path = "/run/lemma/node.cjs";
constexpr const char* debugger_harness_path = "/run/lemma/debugger.py";

std::vector<std::string> environment() {
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "HOME=/home/user",
          "LANG=C.UTF-8",
          "LC_ALL=C.UTF-8",
          "TMPDIR=/tmp",
          "USER=user"};
}

Result<std::string> content_of(const Program& program) {
  if (program.text) return *program.text;
  std::error_code error;
  if (!fs::is_regular_file(program.file, error)) return fail("no file at '", program.file, "'");
  std::ifstream file(program.file, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return fail("cannot read '", program.file, "'");
  return std::move(content).str();
}

// Hard to guess, so that a program which does not look for it cannot end the report by accident.
std::string make_token() {
  std::random_device device;
  return concat(std::hex, device(), device(), device());
}

struct Place {
  std::string file;    // inside the sandbox
  std::string folder;  // to start in
};

std::string message(const Program& program, const Place& place, const std::string& token,
                    const std::vector<std::string>& env) {
  std::string text = record({"file", place.file}) + record({"folder", place.folder}) +
                     record({"records", work + "/" + records_name}) + record({"token", token}) +
                     record({"mode", program.mode == Mode::tests ? "tests" : "run"});
  for (const std::string& argument : program.arguments) text += record({"argument", argument});
  for (const std::string& pair : env) text += record({"env", pair});
  return text;
}

void add_python(const Program& program, const Place& place, Prepared& prepared,
                const Interpreter& interpreter) {
  Request& request = prepared.request;
  for (const policy::Tree& root : interpreter.roots) request.plan.policy.trees.push_back(root);
  request.plan = python_plan(request.plan.policy, interpreter.path, program.warmth);
  std::vector<std::string> env = environment();
  if (!interpreter.environment.empty()) env.push_back("VIRTUAL_ENV=" + interpreter.environment);
  request.job.steps = {{.message = message(program, place, prepared.token, env)}};
  request.nudge = {.signal = SIGXCPU, .before_ms = std::min(300u, program.deadline_ms / 4)};
}

void add_node(const Program& program, const Place& place, Prepared& prepared) {
  Plan& plan = prepared.request.plan;
  plan.policy.files.push_back({node_harness_path, node_harness});
  plan.warm = Step{.argv = {"node", node_harness_path}, .env = environment()};
  prepared.request.job.steps = {
      {.message = message(program, place, prepared.token, environment())}};
}

void add_compiled(const Program& program, const Place& place, Prepared& prepared) {
  const bool c = prepared.language == Language::c;
  const std::string out = work + "/" + program_name;
  Step compile{.argv = {c ? "gcc" : "g++", c ? "-std=gnu17" : "-std=gnu++20", "-g", "-O0",
                        "-fno-omit-frame-pointer", "-fdiagnostics-color=never", "-pipe"},
               .env = environment(),
               .folder = place.folder,
               .log = work + "/" + compiler_log};
  Step execute{.argv = {out}, .env = environment(), .folder = place.folder};
  if (program.sanitizers == Sanitizers::on) {
    compile.argv.insert(compile.argv.end(),
                        {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"});
    // The leak detector traces the program, which the sandbox does not let it.
    execute.env.push_back("ASAN_OPTIONS=detect_leaks=0:abort_on_error=0");
    execute.env.push_back("UBSAN_OPTIONS=print_stacktrace=1");
    prepared.request.plan.policy.reservation = policy::Reservation::unlimited;
  }
  compile.argv.insert(compile.argv.end(), {place.file, "-o", out, "-lm", "-pthread"});
  execute.argv.insert(execute.argv.end(), program.arguments.begin(), program.arguments.end());
  prepared.request.job.steps = {compile, execute};
  prepared.request.results = {compiler_log, program_name};
}

// The compiled program again, under gdb, which may trace it.
Findings debug(runner::Runner& runner, const Prepared& prepared, const std::string& compiled) {
  Request request = prepared.request;
  request.plan.policy.tracing = policy::Tracing::own_children;
  request.plan.policy.files.push_back({debugger_harness_path, debugger_harness});
  request.job.files.push_back({work + "/" + program_name, compiled, 0755});
  Step step = request.job.steps.back();
  std::vector<std::string> argv{
      "gdb",   "-q", "-batch", "-nx", "-iex", "set auto-load off", "-x", debugger_harness_path,
      "--args"};
  step.argv.insert(step.argv.begin(), argv.begin(), argv.end());
  step.env.push_back("LEMMA_RECORDS=" + work + "/" + records_name);
  request.job.steps = {step};
  request.results = {records_name};
  request.nudge = {.signal = SIGINT, .before_ms = request.deadline_ms / 2};
  const runner::Outcome outcome = runner.run(request);
  const auto found = outcome.results.find(records_name);
  return found != outcome.results.end() && found->second.ok() ? read_records(*found->second)
                                                              : Findings();
}

void add_bash(const Program& program, const Place& place, Prepared& prepared) {
  Step step{.argv = {"bash", place.file}, .env = environment(), .folder = place.folder};
  step.argv.insert(step.argv.end(), program.arguments.begin(), program.arguments.end());
  prepared.request.job.steps = {step};
}

// What the program needs in the sandbox's files, and where it is then.
Place place_program(const Program& program, std::string content, Request& request) {
  Place place;
  if (program.workspace) {
    request.plan.policy.trees.push_back(policy::workspace_tree(*program.workspace));
    place.file = program.file;
    if (program.text) request.job.files.push_back({place.file, std::move(content)});
  } else {
    place.file = work + "/" + fs::path(program.file).filename().string();
    request.job.files.push_back({place.file, std::move(content)});
  }
  for (const policy::File& buffer : program.buffers) {
    if (program.workspace && buffer.at.starts_with(*program.workspace + "/")) {
      request.job.files.push_back(buffer);
    }
  }
  const bool inside =
      program.workspace && (program.folder + "/").starts_with(*program.workspace + "/");
  place.folder = inside ? program.folder : fs::path(place.file).parent_path().string();
  return place;
}

}  // namespace

std::optional<Language> language_of(const std::string& path) {
  const std::string ending = fs::path(path).extension();
  const std::pair<Language, std::vector<std::string>> endings[] = {
      {Language::python, {".py"}},
      {Language::c, {".c"}},
      {Language::cpp, {".cpp", ".cc", ".cxx", ".C"}},
      {Language::javascript, {".js", ".cjs", ".mjs"}},
      {Language::bash, {".sh", ".bash"}},
  };
  for (const auto& [language, list] : endings) {
    if (std::find(list.begin(), list.end(), ending) != list.end()) return language;
  }
  return std::nullopt;
}

runner::Plan python_plan(const policy::Policy& policy, const std::string& interpreter,
                         Warmth warmth) {
  Plan plan{.policy = policy, .warm = Step{.env = environment()}};
  plan.policy.files.push_back({python_harness_path, python_harness});
  // -I: neither its environment nor a home folder decides what it imports; -B: no .pyc files.
  plan.warm->argv = {interpreter, "-I", "-B", python_harness_path};
  if (warmth == Warmth::sympy) plan.warm->argv.emplace_back("sympy");
  return plan;
}

Result<Prepared> prepare(const Program& program) {
  const auto language = language_of(program.file);
  if (!language) {
    return fail("lemma cannot run '", program.file, "': it runs .py, .c, .cpp, .js and .sh files");
  }
  auto content = content_of(program);
  if (!content) return content.error();
  if (program.mode == Mode::tests && *language == Language::bash) {
    return fail("'", program.file, "' has no tests that lemma knows; run it without --tests");
  }
  Prepared prepared{*language, program.mode, {}, make_token()};
  Request& request = prepared.request;
  request.plan.policy = policy::host_view();
  request.input = program.input;
  request.deadline_ms = program.deadline_ms;
  const Place place = place_program(program, std::move(*content), request);
  switch (*language) {
    case Language::python: {
      const auto interpreter = find_python(program.interpreter, program.workspace);
      if (!interpreter) return interpreter.error();
      add_python(program, place, prepared, *interpreter);
      break;
    }
    case Language::javascript:
      add_node(program, place, prepared);
      break;
    case Language::bash:
      add_bash(program, place, prepared);
      break;
    default:
      add_compiled(program, place, prepared);
  }
  request.results.push_back(records_name);
  return prepared;
}

Run run(runner::Runner& runner, const Prepared& prepared) {
  Run done{.outcome = runner.run(prepared.request)};
  runner::Outcome& outcome = done.outcome;
  const auto text = [&](const std::string& name) {
    const auto found = outcome.results.find(name);
    return found != outcome.results.end() && found->second.ok() ? *found->second : std::string();
  };
  done.findings = read_records(text(records_name));
  done.diagnostics = text(compiler_log);
  const bool compiled = prepared.language == Language::c || prepared.language == Language::cpp;
  const bool stopped =
      outcome.verdict == runner::Verdict::crashed || outcome.verdict == runner::Verdict::timed_out;
  if (compiled && stopped && outcome.step == prepared.request.job.steps.size() - 1) {
    done.findings = debug(runner, prepared, text(program_name));
  }
  const std::vector<Failure>& failures = done.findings.failures;
  if (outcome.verdict == runner::Verdict::failed && !failures.empty() &&
      failures.back().type == "MemoryError") {
    outcome.verdict = runner::Verdict::out_of_memory;
    outcome.reason = "it asked for more memory than its limit lets it reserve";
  }
  const bool harnessed =
      prepared.language == Language::python || prepared.language == Language::javascript;
  if (prepared.mode == Mode::tests && harnessed && outcome.verdict == runner::Verdict::passed) {
    outcome.reason = doubt(done.findings, prepared.token,
                           prepared.language == Language::python ? Canary::planted : Canary::none);
    if (!outcome.reason.empty()) outcome.verdict = runner::Verdict::failed;
  }
  return done;
}

}  // namespace sandbox::languages
