#include "lsp/features/debug/trial.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <sstream>

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::Result;

constexpr const char* bare_path = "/run/lemma/bare.py";
// Runs the harness as if pytest were not there: a tenth of the time.
constexpr const char* bare_text = R"(import runpy
import sys
import unittest  # noqa: F401
sys.modules["pytest"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
)";

bool is_cpp(const Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
}

bool is_there(const fs::path& folder, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) {
    std::error_code error;
    return fs::exists(folder / name, error);
  });
}

// Whether it says anything to pytest.
bool configures_pytest(const fs::path& file) {
  constexpr uintmax_t most_bytes = 1 << 20;
  std::error_code error;
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > most_bytes) return false;
  std::ifstream content(file);
  return std::string(std::istreambuf_iterator<char>(content), {}).find("pytest") !=
         std::string::npos;
}

// Where people start it: a command in the project's folder; tests where a package or its settings
// begin, above a folder that is called "tests". Empty: where the file lies.
std::string folder_of(const Subject& subject) {
  if (subject.proof == Proof::command) return subject.question.workspace.value_or("");
  const std::vector<fs::path> folders = folders_above(subject);
  if ((subject.proof != Proof::tests && subject.own_tests()) || folders.empty()) return "";
  for (const fs::path& each : folders) {
    if (is_there(each, {"pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini",
                        "package.json"})) {
      return each;
    }
  }
  const std::string name = folders.front().filename();
  const bool for_tests = name == "tests" || name == "test" || name == "__tests__";
  return for_tests && folders.size() > 1 ? folders[1] : "";
}

// Whether tests are part of a package that says something, that they import from, or that is found
// from another folder than the one they are started in: pytest knows it, who goes without does not.
bool is_more_than_a_file(const Subject& subject, fs::path folder) {
  std::error_code error;
  const fs::path init = folder / "__init__.py";
  if (!fs::exists(init, error)) return false;
  if (fs::file_size(init, error) > 1) return true;
  if (subject.tests_text.find("from .") != std::string::npos) return true;
  while (is_there(folder, {"__init__.py"})) folder = folder.parent_path();
  return folder != folder_of(subject);
}

languages::Program program_of(const Subject& subject, const Version& version) {
  const Question& asked = subject.question;
  languages::Program program{
      .file = subject.tests, .workspace = asked.workspace, .folder = folder_of(subject)};
  program.command = asked.command;
  program.deadline_ms = version.deadline_ms;
  if (subject.language == syntax::Language::python) program.interpreter = asked.python;
  const bool tested = subject.proof == Proof::tests || (is_cpp(subject) && asked.command.empty());
  program.mode = tested ? languages::Mode::tests : languages::Mode::run;
  if (is_cpp(subject) && version.sanitized) program.sanitizers = languages::Sanitizers::on;
  if (subject.own_tests()) {
    program.text = version.text;
    return program;
  }
  program.text = version.tests ? *version.tests : subject.tests_text;
  program.buffers.push_back({asked.file, version.text});
  return program;
}

// Without pytest, the plan's argv is shorter by its last word.
void make_quick(const Subject& subject, languages::Prepared& prepared) {
  auto& request = prepared.request;
  if (subject.language == syntax::Language::python && request.plan.warm) {
    auto& argv = request.plan.warm->argv;
    if (argv.back() != "pytest" || needs_pytest(subject)) return;
    argv.pop_back();
    argv.insert(argv.end() - 1, bare_path);
    request.plan.policy.files.push_back({bare_path, bare_text});
  } else if (is_cpp(subject) && request.job.steps.size() == 2) {
    std::erase(request.job.steps[0].argv, "-g");
  }
}

// Where a project's headers lie. Its own folders are for quoted names alone: a file called
// "version" would otherwise be taken for the standard library's.
void add_header_folders(const Subject& subject, std::vector<std::string>& argv) {
  argv.insert(argv.end(), {"-iquote", fs::path(subject.question.file).parent_path().string()});
  for (const fs::path& each : folders_above(subject)) {
    argv.insert(argv.end(), {"-iquote", each.string()});
    if (is_there(each, {"include"})) argv.push_back("-I" + (each / "include").string());
  }
}

// Judged as a run of what is wanted alone would be.
bool is_green(const Subject& subject, const languages::Prepared& prepared,
              const languages::Run& run) {
  using runner::Verdict;
  const Verdict verdict = run.outcome.verdict;
  if (subject.wanted.empty()) return verdict == Verdict::passed;
  const bool ended = verdict == Verdict::passed || verdict == Verdict::failed;
  languages::Findings rest = run.findings;
  for (languages::Test& test : rest.tests) {
    if (!subject.wanted.contains(plain_name(test.name))) test.outcome = "skipped";
  }
  return ended && wanted_passed(subject, run.findings) &&
         languages::doubt(rest, prepared.token, languages::Canary::planted).empty();
}

}  // namespace

bool needs_pytest(const Subject& subject) {
  const std::string& text = subject.tests_text;
  if (text.find("pytest") != std::string::npos) return true;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool cases = line.starts_with("class Test") && line.find("TestCase") == line.npos;
    if (cases || line.starts_with("async def test")) return true;
    if (!line.starts_with("def test")) continue;
    const size_t parameter = line.find_first_not_of(" \t", line.find('(') + 1);
    if (parameter == line.npos || line[parameter] != ')') return true;
  }
  const std::vector<fs::path> folders = folders_above(subject);
  if (!folders.empty() && is_more_than_a_file(subject, folders.front())) return true;
  return std::any_of(folders.begin(), folders.end(), [](const fs::path& each) {
    return is_there(each, {"conftest.py", "pytest.ini"}) ||
           configures_pytest(each / "pyproject.toml") || configures_pytest(each / "setup.cfg") ||
           configures_pytest(each / "tox.ini");
  });
}

bool wanted_passed(const Subject& subject, const languages::Findings& findings) {
  std::set<std::string> missing = subject.wanted;
  for (const auto& [name, outcome, message] : findings.tests) {
    const bool good = outcome == "passed" || outcome == "skipped";
    if (subject.wanted.empty() && !good) return false;
    if (!subject.wanted.contains(plain_name(name))) continue;
    if (outcome != "passed") return false;
    missing.erase(plain_name(name));
  }
  return missing.empty();
}

size_t Trial::passed() const {
  return static_cast<size_t>(std::count_if(
      tests.begin(), tests.end(), [](const auto& each) { return each.second == "passed"; }));
}

Result<languages::Prepared> prepare_version(const Subject& subject, const Version& version) {
  auto prepared = languages::prepare(program_of(subject, version));
  if (!prepared) return prepared.error();
  auto& request = prepared->request;
  request.stop = version.stop;
  if (!subject.question.workspace && !subject.own_tests()) {
    const std::string name = fs::path(subject.question.file).filename();
    request.job.files.push_back(
        {std::string(sandbox::policy::work_folder) + "/" + name, version.text});
  }
  for (const auto& file : version.files) request.job.files.push_back(file);
  for (const auto& name : version.results) request.results.push_back(name);
  const bool compiled = is_cpp(subject) && request.job.steps.size() == 2;
  if (compiled && subject.question.workspace) {
    add_header_folders(subject, request.job.steps[0].argv);
  }
  const bool header = !version.files.empty() && version.files[0].at.ends_with(".h");
  if (compiled && header) {
    auto& argv = request.job.steps[0].argv;
    argv.insert(argv.begin() + 1, {"-include", version.files[0].at});
  }
  return prepared;
}

Result<Trial> try_version(runner::Runner& sandbox, const Subject& subject, const Version& version) {
  auto prepared = prepare_version(subject, version);
  if (!prepared) return prepared.error();
  auto& request = prepared->request;
  if (version.pace == Pace::quick) make_quick(subject, *prepared);
  if (is_cpp(subject) && version.pace == Pace::quick) {
    // A failure's frames would take a second run, under gdb, and nobody looks at them.
    Trial trial;
    trial.run.outcome = sandbox.run(request);
    trial.green = trial.run.outcome.verdict == runner::Verdict::passed;
    trial.run.diagnostics = languages::why_not_compiled(*prepared, trial.run.outcome);
    return trial;
  }
  Trial trial;
  trial.run = languages::run(sandbox, *prepared);
  trial.green = is_green(subject, *prepared, trial.run);
  trial.cut_off = trial.run.outcome.verdict == runner::Verdict::timed_out;
  for (const auto& [name, outcome, message] : trial.run.findings.tests) {
    trial.tests[name] = outcome;
  }
  return trial;
}

}  // namespace lsp::features::debug
