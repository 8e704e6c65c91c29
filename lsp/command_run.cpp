// `lemma run FILE`: one run in the sandbox, what it prints as it comes, and what came of it.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/commands.h"
#include "lsp/streamed_output.h"
#include "lsp/terminal.h"
#include "lsp/wire/report.h"
#include "sandbox/languages/absent.h"
#include "sandbox/languages/language.h"
#include "sandbox/languages/own_names.h"
#include "sandbox/policy/host_view.h"
#include "sandbox/policy/workspace.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

engine::base::Result<std::string> read_input(const std::string& path) {
  if (path.empty()) return std::string();
  std::ostringstream content;
  if (path == "-") {  // as it stands: what was read of it is gone, and a socket has no name
    content << std::cin.rdbuf();
    return std::move(content).str();
  }
  std::ifstream file(path, std::ios::binary);
  if (file) content << file.rdbuf();
  if (!file || fs::is_directory(path)) return engine::base::Error{"cannot read '" + path + "'"};
  return std::move(content).str();
}

languages::Program program_of(const RunChoice& choice, std::string input) {
  std::error_code error;  // the folder that this program was started in may be gone
  const fs::path file = fs::absolute(choice.file, error).lexically_normal();
  const char* home = std::getenv("HOME");
  const bool python = languages::language_of(file) == languages::Language::python;
  languages::Program program{
      .file = file,
      .workspace = sandbox::policy::workspace_of(file, home == nullptr ? "" : home),
      .folder = fs::current_path(error),
      .arguments = choice.arguments,
      .input = std::move(input),
      .mode = choice.tests ? languages::Mode::tests : languages::Mode::run,
      .sanitizers = choice.sanitize ? languages::Sanitizers::on : languages::Sanitizers::off,
      .output = languages::Buffered::by_lines,
      .interpreter = python ? read_machine_settings({}).settings.python : "",
      .deadline_ms = choice.deadline_ms};
  return program;
}

wire::RunReport report_of(const languages::Run& run, const languages::Prepared& prepared) {
  const runner::Outcome& outcome = run.outcome;
  wire::RunReport report{
      .verdict = runner::verdict_name(outcome.verdict),
      .reason = outcome.reason,
      .exit_code = outcome.exit_code,
      .signal = outcome.signal,
      .output = outcome.output.text(),
      .errors = languages::in_own_names(outcome.errors.text(), prepared, outcome.root),
      .compiler_output = run.compiler_output,
      .ms = outcome.ms,
      .layers = outcome.layers};
  for (const auto& [name, held] : outcome.limits) {
    report.limits.push_back({name, held.value, held.how});
  }
  for (const auto& [file, line, column, severity, message] : run.diagnostics) {
    report.diagnostics.push_back({file, line, column, severity, message});
  }
  for (const languages::Failure& failure : run.findings.failures) {
    wire::RunReport::Failure& told = report.failures.emplace_back();
    told.type = failure.type;
    told.message = failure.message;
    for (const languages::Frame& frame : failure.frames) {
      told.frames.push_back({frame.file, frame.line, frame.function, {}});
      for (const auto& [name, value] : frame.locals) {
        told.frames.back().locals.emplace_back(name, value);
      }
    }
  }
  for (const languages::Test& test : run.findings.tests) {
    report.tests.push_back({test.name, test.outcome, test.message});
  }
  return report;
}

// One for each language: whether it runs is found out by running it.
constexpr std::pair<const char*, const char*> smallest_programs[] = {
    {"/nowhere/a.py", ""},
    {"/nowhere/a.c", "int main() { return 0; }"},
    {"/nowhere/a.cpp", "int main() {}"},
    {"/nowhere/a.js", ""},
    {"/nowhere/a.ts", "const n: number = 1; void n;"},
    {"/nowhere/a.sh", ""},
    {"/nowhere/a.rs", "fn main() {}"},
    {"/nowhere/a.go", "package main\nfunc main() {}"},
    {"/nowhere/a.java", "class A { public static void main(String[] arguments) {} }"},
    {"/nowhere/a.lua", ""}};

// Of what goes to standard error; on standard output all of it is looked at (terminal.h).
std::string shown(const std::string& text) {
  return isatty(STDERR_FILENO) == 0 ? text : without_controls(text);
}

// "ZeroDivisionError: division by zero". Most messages begin with the type, some with its module
// before it ("json.decoder.JSONDecodeError: ...").
std::string named(const wire::RunReport::Failure& failure) {
  const std::string first = failure.message.substr(0, failure.message.find(':'));
  if (first == failure.type || first.ends_with("." + failure.type)) return failure.message;
  return failure.type + (failure.message.empty() ? "" : ": ") + failure.message;
}

// Its further lines below the first, without those at the end that say nothing.
std::string indented(const std::string& message) {
  const size_t end = message.find_last_not_of('\n') + 1;
  std::string text;
  for (const char byte : message.substr(0, end))
    text += byte == '\n' ? "\n  " : std::string(1, byte);
  return text;
}

// Below what the program has said itself, since that seldom tells the values.
void print_frames(const wire::RunReport& report) {
  std::ostringstream text;
  for (const wire::RunReport::Failure& failure : report.failures) {
    text << "  " << indented(named(failure)) << '\n';
    for (const auto& [file, line, function, locals] : failure.frames) {
      text << "    " << file << ':' << line << (function.empty() ? "" : ", " + function);
      for (size_t i = 0; i < locals.size(); ++i) {
        text << (i == 0 ? ": " : ", ") << locals[i].first << " = " << locals[i].second;
      }
      text << '\n';
    }
  }
  std::cerr << shown(text.str());
}

// What a sandbox never has, and the way out where there is one.
void print_absent(languages::Absent absent, bool input_named) {
  using languages::Absent;
  if (absent == Absent::network) std::cerr << "lemma run: a sandbox has no network\n";
  if (absent != Absent::input) return;
  std::cerr << (input_named ? "lemma run: its standard input ended before it had read enough\n"
                            : "lemma run: its standard input is empty; --stdin FILE names what it "
                              "reads, and --stdin - is what you give to lemma\n");
}

// Examples in docstrings are run last, and what runs other tests says nothing of them.
void print_doctests(const wire::RunReport& report) {
  const auto count = std::count_if(report.tests.begin(), report.tests.end(), [](const auto& test) {
    return test.name.starts_with("doctest ");
  });
  if (count > 0) std::cerr << count << (count == 1 ? " doctest passed\n" : " doctests passed\n");
}

// Below what has been printed as it came.
void print_end(const wire::RunReport& report) {
  std::cerr << shown(report.compiler_output);
  const bool reduced = !report.layers.empty() && report.layers.front().starts_with("reduced");
  if (reduced) std::cerr << "lemma run: in a reduced sandbox, which holds less than others\n";
  if (report.verdict == "passed") return print_doctests(report);
  std::string verdict = report.verdict;  // "timed_out"
  std::replace(verdict.begin(), verdict.end(), '_', ' ');
  std::cerr << "lemma run: " << verdict;
  // A doctest fails without it.
  if (report.verdict == "failed" && report.exit_code != 0)
    std::cerr << ", exit code " << report.exit_code;
  if (report.verdict == "crashed") std::cerr << ", signal " << report.signal;
  // It may hold the name of a test, which the program has chosen.
  if (!report.reason.empty()) std::cerr << ": " << shown(report.reason);
  std::cerr << '\n';
  print_frames(report);
}

}  // namespace

int run_program(const RunChoice& choice, Output output) {
  auto input = read_input(choice.input);
  auto prepared = input ? languages::prepare(program_of(choice, std::move(*input))) : input.error();
  if (!prepared) {
    std::cerr << "lemma run: " << prepared.message() << '\n';
    return 1;
  }
  runner::Options options;
  if (choice.reduced) options.backends.push_back(runner::Backend::reduced);
  runner::Runner sandbox(options);
  std::optional<StreamedOutput> streamed;
  if (output == Output::text) {
    streamed.emplace(*prepared);
    prepared->request.heard = [&](runner::Stream stream, std::string_view bytes,
                                  const std::string& root) { streamed->hear(stream, bytes, root); };
  }
  const languages::Run run = languages::run(sandbox, *prepared);
  wire::RunReport report = report_of(run, *prepared);
  if (streamed) streamed->finish();
  if (report.verdict == "refused" && !choice.reduced) {
    report.reason += "; or agree to a sandbox that holds less (sandbox/README.md), with --reduced";
  }
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
    return 0;  // the verdict is the answer, whatever it is
  }
  print_end(report);
  print_absent(languages::absent_in(run.findings.failures), !choice.input.empty());
  return report.verdict == "passed" ? 0 : 1;
}

std::vector<wire::Check> check_sandbox() {
  using State = wire::Check::State;
  runner::Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.steps = {{.argv = {"/bin/sh", "-c", ":"}, .env = {}}};
  const runner::Outcome full = runner::Runner().run(request);
  runner::Options options;
  const bool full_runs = full.verdict == runner::Verdict::passed;
  if (!full_runs) options.backends = {runner::Backend::reduced};
  runner::Runner sandbox(options);
  const runner::Outcome first = sandbox.run(request);
  std::string layers;
  for (const std::string& layer : first.layers) layers += (layers.empty() ? "" : "; ") + layer;
  std::vector<wire::Check> checks{{"sandbox", State::works, layers, ""}};
  const bool runs = first.verdict == runner::Verdict::passed;
  if (!full_runs) {
    const std::string less = runs ? concat("; `lemma run --reduced` works here: ", layers)
                                  : concat("; nor a reduced one: ", first.reason);
    checks = {{"sandbox", State::fault, full.reason + less,
               "let this user make namespaces (sysctl user.max_user_namespaces; on Ubuntu "
               "kernel.apparmor_restrict_unprivileged_userns); in Docker, run with "
               "--security-opt seccomp=unconfined"}};
  }
  if (!runs) return checks;
  const std::string& memory = first.limits.at("memory_bytes").how;
  checks.push_back({"memory limit of the sandbox",
                    memory.starts_with("kernel") ? State::works : State::missing, memory,
                    "start lemma where it may divide cgroups: from the desktop, or with "
                    "`systemd-run --user --scope`"});
  const std::string where = full_runs ? " in the sandbox" : " in the reduced sandbox";
  const std::string python = read_machine_settings({}).settings.python;
  for (const auto& [file, text] : smallest_programs) {
    const bool is_python = std::string_view(file).ends_with(".py");
    const auto prepared = languages::prepare({.file = file,
                                              .text = text,
                                              .interpreter = is_python ? python : "",
                                              .deadline_ms = 30'000});
    if (!prepared) continue;
    const languages::Run run = languages::run(sandbox, *prepared);
    const bool works = run.outcome.verdict == runner::Verdict::passed;
    const std::string& missing = prepared->missing;
    const std::string found = works ? concat("runs, in ", std::lround(run.outcome.ms), " ms")
                                    : run.outcome.reason + run.compiler_output;
    const size_t colon = missing.find(": ");
    const bool configured = is_python && !python.empty();
    checks.push_back({languages::language_name(*prepared->language) + where,
                      works        ? State::works
                      : configured ? State::fault
                                   : State::missing,
                      missing.substr(0, colon) + (missing.empty() ? found : ""),
                      missing.empty() ? "see what it printed, with `lemma run`"
                      : colon == std::string::npos
                          ? "correct python in the section [run] of config.toml"
                          : missing.substr(colon + 2)});
  }
  return checks;
}

}  // namespace lsp
