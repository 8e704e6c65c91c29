#include "lsp/formulas.h"

#include <algorithm>

#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/solve.h"

namespace lsp {
namespace {

namespace solve = features::solve;

// Who types goes on meanwhile; a formula that takes longer is one for the command line.
constexpr uint32_t deadline_ms = 30'000;

solve::Prose prose_of(const std::string& language_id) {
  const bool all = language_id == "markdown" || language_id == "plaintext" ||
                   language_id == "latex" || language_id == "tex";
  return all ? solve::Prose::all : solve::Prose::comment;
}

// Nothing may stand behind the cursor but what closes a comment or a formula.
bool closes(std::string_view rest) {
  return rest.find_first_not_of(" \t*/->$") == std::string_view::npos;
}

// As the line writes formulas: between dollars, in LaTeX; where decimals were typed, in decimals.
std::string written(const solve::Solution& found, std::string_view before,
                    const std::string& formula) {
  const auto dollars = std::count(before.begin(), before.end(), '$');
  std::string text = found.answer;
  const size_t point = formula.find('.');
  const bool decimals = point != std::string::npos && point + 1 < formula.size() &&
                        std::isdigit(static_cast<unsigned char>(formula[point + 1])) != 0;
  if (dollars % 2 == 1) {
    text = found.latex;
  } else if (dollars > 0) {
    text = "$" + found.latex + "$";
  } else if (decimals && !found.decimal.empty()) {
    text = found.decimal;
  }
  if (!before.ends_with(' ')) text = " " + text;
  if (found.checked == solve::Checked::no) text += " (not checked)";
  if (found.checked == solve::Checked::partly) text += " (partly checked)";
  return text;
}

}  // namespace

std::optional<server::Answer> Formulas::answer(const server::Question& question,
                                               std::stop_token stop) {
  const text::Document& document = *question.document;
  const size_t line = document.line_at(question.cursor);
  const size_t column = question.cursor - document.line_range(line).begin;
  const std::string_view whole = document.line(line);
  const std::string_view before = whole.substr(0, column);
  if (!closes(whole.substr(column))) return std::nullopt;
  const auto formula = solve::asked_formula(before, prose_of(document.language_id()));
  if (!formula) return std::nullopt;
  const auto found = solve::solve(*formula, *runner(),
                                  {.interpreters = solve::Options::Interpreters::waiting,
                                   .deadline_ms = deadline_ms,
                                   .stop = std::move(stop)});
  server::Answer answer{.text = "", .range = {question.cursor, question.cursor}};
  if (found) {
    answer.text = written(*found, before, *formula);
    answer.provenance.probability = 1;
  } else {
    answer.provenance.silence = found.message();
  }
  return answer;
}

void Formulas::free() {
  const std::lock_guard lock(mutex_);
  runner_ = nullptr;
}

std::shared_ptr<sandbox::runner::Runner> Formulas::runner() {
  const std::lock_guard lock(mutex_);
  if (!runner_) {
    runner_ = std::make_shared<sandbox::runner::Runner>(sandbox::runner::Options{.ready = 1});
  }
  return runner_;
}

}  // namespace lsp
