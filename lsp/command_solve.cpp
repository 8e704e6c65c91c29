// `lemma solve TEXT`: the answer to a formula, or to a problem in words, and how it was checked.
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/chat_model.h"
#include "lsp/commands.h"
#include "lsp/engine_model.h"
#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/sentences.h"
#include "lsp/features/words/words.h"
#include "lsp/solve_report.h"
#include "lsp/text/tongue.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
namespace solve = features::solve;
using engine::base::fail;
using engine::base::Result;

// No formula looks like this: "notes.md", "texts/a.tex".
bool is_name_of_file(const std::string& text) {
  const std::string ending = fs::path(text).extension();
  return ending.size() > 1 && text.find_first_of(" ()=+*^") == std::string::npos &&
         std::isalpha(static_cast<unsigned char>(ending[1])) != 0;
}

// The formula in a line of a file: FILE:LINE, where there is such a file.
std::optional<Result<std::string>> read_line(const std::string& place) {
  const size_t colon = place.rfind(':');
  if (colon == std::string::npos || colon + 1 == place.size()) return std::nullopt;
  const std::string digits = place.substr(colon + 1), path = place.substr(0, colon);
  std::error_code error;
  if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  if (!fs::is_regular_file(path, error)) {
    if (is_name_of_file(path)) return fail("no file at '", path, "'");
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read '", path, "'");
  std::string line;
  const int wanted = std::stoi(digits);
  int at = 0;
  while (at < wanted && std::getline(file, line)) ++at;
  if (at != wanted || wanted == 0) {
    return fail("'", path, "' has no line ", wanted, "; it has ", at);
  }
  return Result<std::string>(solve::formula_of_line(line));
}

// Far more than what is read of a formula.
constexpr size_t most_bytes = 1 << 20;

Result<std::string> formula_of(const std::string& text) {
  if (text == "-") {
    std::string all(most_bytes + 1, '\0');
    std::cin.read(all.data(), static_cast<std::streamsize>(all.size()));
    all.resize(static_cast<size_t>(std::cin.gcount()));
    if (all.size() > most_bytes) return fail("standard input holds no formula: it is too long");
    return all;
  }
  if (auto line = read_line(text)) return *line;
  std::error_code error;
  if (fs::is_regular_file(text, error)) {
    return fail("'", text, "' is a file; one of its lines is named by its number, as in ", text,
                ":1");
  }
  return text;
}

// Those that were not confirmed say so.
void print_steps(const wire::SolveReport& report, text::Tongue tongue) {
  int number = 0;
  for (const auto& [rule, formula, confirmed] : report.steps) {
    std::cout << ++number << ". " << rule << "\n   " << formula
              << (confirmed ? "" : "  (" + said(solve::is_not_checked, tongue) + ")") << '\n';
  }
  if (!report.no_steps.empty()) std::cerr << "lemma solve: " << report.no_steps << '\n';
}

void print(const wire::SolveReport& report, const solve::Solution& found) {
  const text::Tongue tongue = found.tongue;
  for (const std::string& note : report.notes) {
    std::cout << solve::with_colon(solve::note, tongue) << note << '\n';
  }
  if (!report.read_as.empty()) {
    std::cout << solve::with_colon(solve::read_as, tongue) << report.read_as << '\n';
  }
  constexpr size_t most_fraction = 100;  // bytes that are read as one number
  const bool fraction = report.answer.find('/') != std::string::npos &&
                        report.answer.find_first_not_of("-0123456789/") == std::string::npos;
  if (fraction && report.answer.size() > most_fraction && !report.decimal.empty()) {
    std::cout << report.decimal << "  (a fraction of " << report.answer.size()
              << " digits, which --json writes out)";
  } else {
    std::cout << report.answer;
    if (!report.decimal.empty() && report.decimal != report.answer) {
      std::cout << "  (" << report.decimal << ')';
    }
  }
  std::cout << '\n'
            << solve::with_colon(solve::mark_of(found.checked), tongue) << report.how << '\n';
}

}  // namespace

wire::SolveReport report_of(const solve::Solution& found) {
  using Checked = wire::SolveReport::Checked;
  wire::SolveReport report{.answer = found.answer,
                           .latex = found.latex,
                           .decimal = found.decimal,
                           .checked = found.checked == solve::Checked::yes      ? Checked::yes
                                      : found.checked == solve::Checked::partly ? Checked::partly
                                                                                : Checked::no,
                           .how = found.how,
                           .error_bound = found.error_bound,
                           .program = found.program,
                           .read_as = found.read_as,
                           .notes = found.notes,
                           .no_steps = found.no_steps,
                           .ms = found.ms};
  for (const auto& [rule, formula, confirmed] : found.steps) {
    report.steps.push_back({rule, formula, confirmed});
  }
  return report;
}

namespace {

// What cannot be read as a formula, and why. By a model, where one that can be spoken to is
// configured. How far it is stands in one line of the terminal, which goes when it has ended.
Result<solve::Solution> solve_in_words(const std::string& problem, const std::string& as_formula,
                                       sandbox::runner::Runner& sandbox) {
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const MachineSettings machine = read_machine_settings({});
  const auto shared = std::make_shared<SharedEngine>(machine.settings);
  const auto model = shared->chat_model;
  if (!model) {
    return fail(as_formula, "; if this is a problem in words: ", no_chat_model(machine.settings));
  }
  features::words::WordsOptions options{.thinking_tokens = machine.settings.remote.thinking_tokens};
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  constexpr const char* clear = "\r\033[K";
  if (on_terminal) {
    options.on_piece = features::words::told_in_short(
        [&](const std::string& what) { std::cerr << clear << what << std::flush; });
  }
  auto found = features::words::solve_in_words(problem, *model, sandbox, options);
  if (on_terminal) std::cerr << clear;
  return found;
}

}  // namespace

int run_solve(const SolveChoice& choice, Output output) {
  const auto text = formula_of(choice.text);
  sandbox::runner::Runner sandbox;
  const std::string language =
      choice.language.empty() ? text::locale_of_messages() : choice.language;
  const bool stepwise = choice.steps || choice.hints > 0;
  const text::Tongue tongue = text::tongue_of_locale(language);
  const solve::Options options{
      .tongue = tongue, .steps = stepwise, .deadline_ms = choice.deadline_ms};
  auto found = text ? solve::solve(*text, sandbox, options) : text.error();
  if (!found && text && features::words::is_problem(*text)) {
    found = solve_in_words(*text, found.message(), sandbox);
  }
  if (!found) {
    std::cerr << "lemma solve: " << found.message() << '\n';
    return 1;
  }
  wire::SolveReport report = report_of(*found);
  if (choice.hints > 0) {  // without the answer, so that who asks can go on alone
    report.steps.resize(std::min(choice.hints, report.steps.size()));
    if (output == Output::json) {
      std::cout << wire::steps_to_json(report) << '\n';
    } else {
      print_steps(report, found->tongue);
    }
    return report.steps.empty() ? 1 : 0;
  }
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
  } else {
    print_steps(report, found->tongue);
    print(report, *found);
  }
  return 0;
}

}  // namespace lsp
