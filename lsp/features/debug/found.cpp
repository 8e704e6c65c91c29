#include "lsp/features/debug/found.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;

bool is_ours(const Subject& subject, const std::string& file) {
  return file == subject.question.file || file == subject.tests ||
         (subject.question.workspace && file.starts_with(*subject.question.workspace + "/"));
}

constexpr text::Sentence status = {"exit status {status}", "退出状态 {status}",
                                   "le code de sortie {status}", "dem Exit-Status {status}"};
constexpr text::Sentence with_words = {"exit status {status}, and the words: {words}",
                                       "退出状态 {status}，并写出：{words}",
                                       "le code de sortie {status}, et les mots : {words}",
                                       "dem Exit-Status {status} und den Worten: {words}"};

constexpr text::Sentence other_module = {
    "the tests get {other} in its place, which has the same name: rename {file}",
    "测试得到的是同名的 {other}：请给 {file} 改名",
    "les tests reçoivent à sa place {other}, du même nom : renommez {file}",
    "die Tests bekommen an seiner Stelle {other}, das ebenso heißt: Benennen Sie {file} um"};

constexpr text::Sentence part_of_package = {
    "'{file}' is a module of a package and does not run by itself: name its tests (--tests), or "
    "debug them",
    "“{file}”是包中的模块，不能单独运行：请指出它的测试（--tests），或者调试这些测试",
    "« {file} » est un module d'un paquet et ne s'exécute pas seul : nommez ses tests (--tests), "
    "ou "
    "déboguez-les",
    "„{file}“ ist ein Modul eines Pakets und läuft nicht für sich: Nennen Sie seine Tests "
    "(--tests), oder debuggen Sie diese"};

constexpr text::Sentence other_runner = {
    "'{file}' is for another runner of tests than Node's own: run it by a command (--command "
    "'{command}')",
    "“{file}”是给另一个测试运行器用的，而不是 Node 自带的：请用命令运行它（--command '{command}'）",
    "« {file} » est fait pour un autre lanceur de tests que celui de Node : exécutez-le par une "
    "commande (--command '{command}')",
    "„{file}“ ist für einen anderen Test-Runner als den von Node: Führen Sie es mit einem Befehl "
    "aus (--command '{command}')"};

// What Jest, Vitest or Mocha give to the tests they run, and Node does not.
bool lacks_its_runner(const Found& found) {
  static constexpr std::string_view given[] = {"describe", "it",   "test", "suite",
                                               "expect",   "jest", "vi",   "beforeEach"};
  if (found.message.find("Vitest failed to access its internal state") != std::string::npos) {
    return true;
  }
  return found.type == "ReferenceError" &&
         std::any_of(std::begin(given), std::end(given), [&](std::string_view name) {
           return found.message.find(concat(" ", name, " is not defined")) != std::string::npos;
         });
}

// As a project has it; else Jest, since most have that.
std::string runner_of(const Subject& subject) {
  for (const fs::path& folder : folders_above(subject)) {
    for (const char* name : {"jest", "vitest", "mocha"}) {
      const fs::path program = fs::path("node_modules") / ".bin" / name;
      std::error_code error;
      if (!fs::exists(folder / program, error)) continue;
      return program.string() + (std::string_view(name) == "vitest" ? " run" : "");
    }
  }
  return "node_modules/.bin/jest";
}

bool names_a_failure(const std::string& line) {
  static constexpr std::string_view words[] = {"rror:", "FAILED", "Failure", "Assertion",
                                               "not ok "};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return line.find(word) != line.npos; });
}

// The line that says most of why it failed: what runs tests says it first, and often ends by
// advice.
std::string telling_line(const std::string& text) {
  std::string last;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (names_a_failure(line)) return line;
    last = line;
  }
  return last;
}

// Of a program that says itself that it failed; what runs tests says so on its standard output.
std::string said_at_its_end(const Subject& subject, const runner::Outcome& outcome, Tongue tongue) {
  std::string words = telling_line(outcome.errors.text());
  if (subject.proof == Proof::command && !names_a_failure(words)) {
    const std::string printed = telling_line(outcome.output.text());
    if (words.empty() || names_a_failure(printed)) words = printed;
  }
  return text::said(words.empty() ? status : with_words, tongue,
                    {{"status", std::to_string(outcome.exit_code)}, {"words", words}});
}

// The compiler's first; null where it has none.
const languages::Diagnostic* error_of(const Trial& trial) {
  const auto& all = trial.run.diagnostics;
  const auto error = std::find_if(all.begin(), all.end(),
                                  [](const auto& each) { return each.severity == "error"; });
  return error == all.end() ? nullptr : &*error;
}

}  // namespace

size_t names_missing(const Trial& trial) {
  const auto& all = trial.run.diagnostics;
  const auto errors = std::count_if(all.begin(), all.end(),
                                    [](const auto& each) { return each.severity == "error"; });
  const auto& failures = trial.run.findings.failures;
  const std::string type = failures.empty() ? "" : failures.front().type;
  const bool unknown =
      type == "NameError" || type == "ReferenceError" || type == "ModuleNotFoundError" ||
      (!failures.empty() && failures.front().message.find("Cannot find module") != type.npos);
  return static_cast<size_t>(errors) + (unknown ? 1 : 0);
}

Found found_in(const Subject& subject, const Trial& trial, Tongue tongue) {
  const languages::Run& run = trial.run;
  Found found;
  found.verdict = runner::verdict_name(run.outcome.verdict);
  for (const auto& [name, outcome] : trial.tests) {
    const bool asked = !subject.start || subject.wanted.empty() || is_of(name, *subject.start);
    if (asked && (outcome == "failed" || outcome == "error")) found.red.push_back(name);
  }
  found.tests = trial.tests.size();
  found.missing = missing_in(subject, trial);
  if (const auto* error = error_of(trial)) {
    found.type = "compile error";
    for (const bool errors : {true, false}) {  // warnings are clues as well
      for (const auto& diagnostic : run.diagnostics) {
        if ((diagnostic.severity == "error") != errors) continue;
        found.message += (found.message.empty() ? "" : "\n") + diagnostic.message;
      }
    }
    found.frames.push_back({error->file, error->line, "", {}});
    return found;
  }
  if (!run.findings.failures.empty()) {
    const languages::Failure& failure = run.findings.failures.front();
    found.type = failure.type;
    found.message = failure.message;
    for (const languages::Frame& frame : failure.frames) {
      if (is_ours(subject, frame.file)) found.frames.push_back(frame);
    }
  } else if (!run.compiler_output.empty() && run.outcome.reason == languages::does_not_compile) {
    found.type = "compile error";  // of the linker, which names no place
    const size_t undefined = run.compiler_output.find("undefined reference");
    found.message = run.compiler_output.substr(undefined == std::string::npos ? 0 : undefined);
  } else {
    found.type = found.verdict;
    found.message = run.outcome.reason;
    if (found.message.empty()) found.message = said_at_its_end(subject, run.outcome, tongue);
  }
  return found;
}

std::set<int> red_lines(const Subject& subject, const Trial& trial) {
  std::set<int> lines;
  for (const languages::Failure& failure : trial.run.findings.failures) {
    for (auto frame = failure.frames.rbegin(); frame != failure.frames.rend(); ++frame) {
      if (frame->file != subject.tests) continue;
      lines.insert(frame->line);
      break;
    }
  }
  return lines;
}

std::optional<std::string> why_not_so(const Subject& subject, const Found& found, Tongue tongue) {
  const fs::path file = subject.question.file;
  const bool alone = subject.proof == Proof::none || subject.proof == Proof::assertions;
  if (alone && found.message.find("relative import with no known parent") != std::string::npos) {
    return text::said(part_of_package, tongue, {{"file", fs::path(subject.tests).filename()}});
  }
  const std::string of_tests = fs::path(subject.tests).stem().extension();
  const bool are_tests = !subject.own_tests() || of_tests == ".test" || of_tests == ".spec";
  const bool in_tests = !found.frames.empty() && found.frames.back().file == subject.tests;
  if (are_tests && in_tests && is_script(subject.language) && lacks_its_runner(found)) {
    return text::said(
        other_runner, tongue,
        {{"file", fs::path(subject.tests).filename()}, {"command", runner_of(subject)}});
  }
  const std::string from = concat("from '", file.stem().string(), "' (");
  const size_t at = found.message.find(from);
  if (subject.language != syntax::Language::python || at == std::string::npos) return std::nullopt;
  const size_t begin = at + from.size();
  const std::string other = found.message.substr(begin, found.message.find(')', begin) - begin);
  const bool own = other == file.string() || other == program_path(subject, file.string());
  if (own || !other.starts_with('/')) return std::nullopt;
  return text::said(other_module, tongue, {{"other", other}, {"file", file.filename()}});
}

}  // namespace lsp::features::debug
