#include "lsp/features/solve/solve.h"

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/features/solve/letters.h"
#include "lsp/features/solve/read.h"
#include "lsp/features/solve/sentences.h"
#include "sandbox/languages/json.h"
#include "sandbox/languages/language.h"

namespace lsp::features::solve {
namespace {

using engine::base::fail;
using engine::base::Result;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

// Debian's, whichever one a project uses: it is what python3-sympy belongs to.
constexpr const char* python = "/usr/bin/python3";
constexpr const char* package_name = "lemma_solve";
constexpr const char* program_text = "from lemma_solve.main import main\nmain()\n";

const std::vector<sandbox::policy::File>& program_files() {
  static const std::vector<sandbox::policy::File> files{
#include "lsp/features/solve/program.inc"
  };
  return files;
}

Result<languages::Prepared> request_of(const std::string& input, const Options& options) {
  using Use = languages::Package::Use;
  const bool waits = options.interpreters == Options::Interpreters::waiting;
  auto prepared = languages::prepare(
      {.file = "/nowhere/solve.py",
       .text = program_text,
       .input = input,
       .warmth = languages::Warmth::sympy,
       .package =
           languages::Package{package_name, waits ? Use::waits : Use::at_once, program_files()},
       .interpreter = python,
       .deadline_ms = options.deadline_ms});
  if (!prepared) return prepared.error();
  if (!prepared->missing.empty()) return fail(prepared->missing);
  prepared->request.nudge.reset();  // where it was says nothing to who asked for an answer
  prepared->request.stop = options.stop;
  return prepared;
}

Result<Solution> read_reply(std::string_view output) {
  const auto reply = languages::Json::read(output);
  if (!reply) return fail("the computer algebra gave no answer that can be read");
  const auto field = [&](const char* name) { return (*reply)[name].text(); };
  if (const std::string refused = field("refused"); !refused.empty()) return fail(refused);
  Solution solution{.answer = field("answer"),
                    .latex = field("latex"),
                    .decimal = field("decimal"),
                    .is_quantity = (*reply)["quantity"].truth(),
                    .how = field("how"),
                    .error_bound = field("error"),
                    .program = field("program")};
  if (solution.answer.empty()) return fail("the computer algebra gave no answer");
  solution.no_steps = field("no_steps");
  for (const languages::Json& each : (*reply)["steps"].items()) {
    solution.steps.push_back(
        {each["rule"].text(), each["formula"].text(), each["checked"].truth()});
  }
  const std::string checked = field("checked");
  solution.checked = checked == "yes"      ? Checked::yes
                     : checked == "partly" ? Checked::partly
                                           : Checked::no;
  return solution;
}

// As the program names it.
std::string id_of(text::Tongue tongue) {
  constexpr const char* ids[] = {"en", "zh", "fr", "de"};
  return ids[static_cast<size_t>(tongue)];
}

std::string why_none(const languages::Run& run, const Options& options) {
  using runner::Verdict;
  switch (run.outcome.verdict) {
    case Verdict::timed_out:
      return engine::base::concat("no answer was found within ", options.deadline_ms / 1000.0,
                                  " s");
    case Verdict::out_of_memory:
      return "no answer was found within the memory that a run may have";
    case Verdict::failed:
    case Verdict::crashed: {
      const std::string errors = run.outcome.errors.text();
      if (errors.find("No module named 'sympy'") != std::string::npos) {
        return "SymPy is missing: apt-get install python3-sympy";
      }
      return "the computer algebra failed: " + errors.substr(0, 400);
    }
    default:
      return run.outcome.reason.empty() ? runner::verdict_name(run.outcome.verdict)
                                        : run.outcome.reason;
  }
}

Result<Solution> solved(std::string_view text, runner::Runner& runner, const Options& options) {
  const auto reading = read(text);
  if (!reading) return reading.error();
  const std::string steps =
      options.steps ? engine::base::json_string(id_of(options.tongue)) : "\"\"";
  const auto prepared =
      request_of("{\"task\":" + to_json(reading->task) + ",\"steps\":" + steps + "}", options);
  if (!prepared) return prepared.error();
  const languages::Run run = languages::run(runner, *prepared);
  if (run.outcome.verdict != runner::Verdict::passed) return fail(why_none(run, options));
  auto solution = read_reply(run.outcome.output.text());
  if (!solution) return solution;
  if (reading->of_sentence || !reading->notes.empty())
    solution->read_as = with_letters(to_text(reading->task));
  solution->notes = reading->notes;
  // The check is of the formula as it was read, which may not be what was meant.
  if (!reading->notes.empty() && solution->checked == Checked::yes) {
    solution->checked = Checked::partly;
    solution->how += "; of the formula as it was read";
  }
  solution->ms = run.outcome.ms;
  return solution;
}

}  // namespace

Result<Solution> solve(std::string_view text, runner::Runner& runner, const Options& options) {
  auto solution = solved(text, runner, options);
  if (!solution) return fail(said_in(options.tongue, solution.message()));
  solution->tongue = options.tongue;
  solution->answer = with_letters(std::move(solution->answer));
  solution->how = with_letters(said_in(options.tongue, solution->how));
  solution->no_steps = said_in(options.tongue, solution->no_steps);
  for (std::string& each : solution->notes) each = said_in(options.tongue, each);
  for (Step& step : solution->steps) step.formula = with_letters(std::move(step.formula));
  return solution;
}

engine::base::Status prepare(runner::Runner& runner, const Options& options) {
  const auto prepared = request_of("", options);
  if (!prepared) return prepared.error();
  runner.prepare(prepared->request.plan);
  return engine::base::Done{};
}

}  // namespace lsp::features::solve
