#include "lsp/formulas.h"

#include <algorithm>

#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/solve.h"
#include "lsp/features/solve/worked.h"
#include "lsp/features/words/words.h"
#include "lsp/syntax/language.h"

namespace lsp {
namespace {

namespace solve = features::solve;

// Who types goes on meanwhile; a formula that takes longer is one for the command line.
constexpr uint32_t deadline_ms = 30'000;

bool is_latex(const std::string& language_id) {
  return language_id == "latex" || language_id == "tex";
}

solve::Prose prose_of(const std::string& language_id) {
  const bool all = language_id == "markdown" || language_id == "plaintext" || is_latex(language_id);
  if (language_id == "python") return solve::Prose::docstring;
  return all ? solve::Prose::all : solve::Prose::comment;
}

// What begins the lines that are put below a formula.
std::string sign_below(const text::Document& document, size_t at) {
  const std::string& id = document.language_id();
  if (is_latex(id)) return "%";
  const size_t line_begin = document.line_range(document.line_at(at)).begin;
  if (solve::prose_at(document.text(), line_begin, prose_of(id)) == solve::Prose::all) return "";
  const std::string own = solve::sign_of_line(document.line(document.line_at(at)));
  if (own == "*") return own;  // within a comment of several lines
  if (const auto language = syntax::language_of(id, document.uri(), document.text())) {
    const std::string_view sign = syntax::line_comment(*language);
    if (!sign.empty()) return std::string(sign);
  }
  return own;
}

solve::Manner manner_at(const text::Document& document, size_t at) {
  const bool formulas = document.language_id() == "markdown" || is_latex(document.language_id());
  return formulas ? solve::manner_at(document.text(), at) : solve::Manner::plain;
}

// A selection without the signs of comments, in one line.
std::string words_of(std::string_view text) {
  std::string words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = solve::formula_of_line(text.substr(begin, end - begin));
    if (!line.empty()) words += (words.empty() ? "" : " ") + line;
    begin = end + 1;
  }
  return words;
}

server::Formula formula_of(const solve::Standing& standing) {
  return {standing.formula, {standing.begin, standing.end}, false};
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// Nothing may stand behind the cursor but what closes a comment or a formula.
bool closes(std::string_view rest) {
  return rest.find_first_not_of(" \t*/->$") == std::string_view::npos;
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
  const solve::Prose prose = solve::prose_at(document.text(), document.line_range(line).begin,
                                             prose_of(document.language_id()));
  const auto formula = solve::asked_formula(before, prose);
  if (!formula) return std::nullopt;
  const auto found = solve::solve(*formula, *runner(),
                                  {.interpreters = solve::Options::Interpreters::waiting,
                                   .deadline_ms = deadline_ms,
                                   .stop = std::move(stop)});
  server::Answer answer{.text = "", .range = {question.cursor, question.cursor}};
  if (found && without_spaces(found->answer) == without_spaces(*formula)) {
    answer.provenance.silence = "the answer is the formula itself";
  } else if (found) {
    answer.text =
        solve::written_answer(*found, before, *formula, manner_at(document, question.cursor));
    answer.provenance.probability = 1;
  } else {
    answer.provenance.silence = found.message();
  }
  return answer;
}

std::vector<server::Formula> Formulas::asked(const text::Document& document) const {
  std::vector<server::Formula> formulas;
  for (const auto& each :
       solve::asked_formulas(document.text(), prose_of(document.language_id()))) {
    formulas.push_back(formula_of(each));
  }
  return formulas;
}

std::optional<server::Formula> Formulas::formula_in(const text::Document& document,
                                                    text::Range selection) const {
  const auto found = solve::formula_in(document.text(), selection.begin, selection.end,
                                       prose_of(document.language_id()));
  if (found) return formula_of(*found);
  const std::string words =
      words_of(document.text().substr(selection.begin, selection.end - selection.begin));
  if (!model_ || !features::words::is_problem(words)) return std::nullopt;
  return server::Formula{words, selection, true};
}

server::base::Result<server::Worked> Formulas::work_out(const text::Document& document,
                                                        const server::Formula& formula,
                                                        const std::string& locale, const At& at,
                                                        std::stop_token stop) {
  const bool in_words = model_ && features::words::is_problem(formula.text);
  const auto found =
      in_words ? features::words::solve_in_words(formula.text, *model_, *runner(),
                                                 {.thinking_tokens = thinking_tokens_,
                                                  .on_piece = features::words::told_in_short(at),
                                                  .stop = std::move(stop)})
               : solve::solve(formula.text, *runner(),
                              {.interpreters = solve::Options::Interpreters::waiting,
                               .tongue = text::tongue_of_locale(locale),
                               .steps = true,
                               .deadline_ms = deadline_ms,
                               .stop = std::move(stop)});
  if (!found) return found.error();
  server::Worked worked;
  const solve::Standing standing{formula.text, formula.range.begin, formula.range.end};
  const auto insertions = solve::worked_insertions(document.text(), standing, *found,
                                                   sign_below(document, formula.range.begin),
                                                   manner_at(document, formula.range.begin));
  for (auto [place, text] : insertions) {
    worked.edits.push_back({{place, place}, std::move(text)});
  }
  for (const solve::Step& step : found->steps)
    worked.steps.push_back(solve::step_line(step, found->tongue));
  worked.no_steps = found->no_steps;
  return worked;
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
