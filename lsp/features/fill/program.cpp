#include "lsp/features/fill/program.h"

#include <filesystem>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/features/debug/calls_javascript.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/guest.h"
#include "sandbox/languages/language.h"

namespace lsp::features::fill {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::json_string;
using engine::base::JsonObject;
using engine::base::Result;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

constexpr const char* package_folder = "/run/lemma/lemma_fill/";
// It lies where the program does, so that the program's own imports find what they name. What lies
// beside it must not stand in for the modules that the search imports.
constexpr const char* python_driver = R"(import sys
folder = sys.path[0]
sys.path[0] = "/run/lemma"
from lemma_fill.main import main
sys.path[0] = folder
main()
)";
// For an interpreter's start, the program's own imports, and what follows the search.
constexpr uint32_t beside_search_ms = 6'000;

const std::vector<sandbox::policy::File>& program_files() {
  static const std::vector<sandbox::policy::File> files{
#include "lsp/features/fill/program.inc"
  };
  return files;
}

template <typename Each, typename Write>
std::string json_list(const std::vector<Each>& all, const Write& write) {
  std::string list;
  for (const Each& each : all) list += (list.empty() ? "" : ",") + write(each);
  return "[" + list + "]";
}

std::string tests_of(const debug::Subject& subject) {
  return subject.proof == debug::Proof::tests ? subject.tests_text : "";
}

// What is known of a function of JavaScript, read here: Node has no parser to be asked.
void describe_javascript(const debug::Subject& subject, const Hole& hole, JsonObject& task) {
  debug::Documented known;
  if (const auto tree = debug::parse(subject.question.text, hole.language)) {
    const syntax::Nodes nodes(*tree);
    for (const debug::TopFunction& each : debug::top_functions(nodes)) {
      if (each.name == hole.function) known = debug::documented(nodes, each);
    }
  }
  for (debug::Call& call : debug::asserted_calls(tests_of(subject), hole.function)) {
    known.calls.push_back(std::move(call));
  }
  task.text("prose", known.prose)
      .raw("parameters",
           json_list(hole.parameters, [](const auto& each) { return json_string(each); }))
      .raw("examples", json_list(known.calls, [](const debug::Call& each) {
             return JsonObject().text("call", each.source).text("expected", each.expected).str();
           }));
}

const char* name_of(Task::Mode mode) {
  switch (mode) {
    case Task::Mode::search:
      return "search";
    case Task::Mode::weigh:
      return "weigh";
    case Task::Mode::attempt:
      return "try";
  }
  return "";
}

std::string input_of(const debug::Subject& subject, const Hole& hole, const Options& options,
                     const Task& task, const std::string& token) {
  JsonObject input;
  input.text("token", token)
      .text("mode", name_of(task.mode))
      .text("program", task.program)
      .text("function", hole.function)
      .text("module", std::filesystem::path(subject.question.file).stem().string())
      .number("seconds", options.search_ms / 1000.0)
      .raw("bodies",
           json_list(task.bodies, [](const std::string& each) { return json_string(each); }));
  if (hole.language == syntax::Language::javascript) {
    describe_javascript(subject, hole, input);
  } else {
    input.text("tests", tests_of(subject));
  }
  return input.str();
}

std::string driver_of(const Hole& hole, const std::string& program) {
  if (hole.language == syntax::Language::python) return python_driver;
  return debug::with_guest(program, concat(package_folder, "main.cjs"));
}

}  // namespace

Result<std::string> ask_program(const debug::Subject& subject, const Hole& hole,
                                runner::Runner& sandbox, const Options& options, const Task& task) {
  const bool python = hole.language == syntax::Language::python;
  auto prepared = languages::prepare({.file = subject.question.file,
                                      .text = driver_of(hole, task.program),
                                      .workspace = subject.question.workspace,
                                      .interpreter = python ? subject.question.python : "",
                                      .deadline_ms = options.search_ms + beside_search_ms});
  if (!prepared) return prepared.error();
  if (!prepared->missing.empty()) return fail(prepared->missing);
  auto& request = prepared->request;
  request.input = input_of(subject, hole, options, task, prepared->token);
  for (sandbox::policy::File file : program_files()) {
    file.at = package_folder + file.at;
    request.plan.policy.files.push_back(std::move(file));
  }
  request.nudge.reset();
  request.stop = options.stop;
  const languages::Run run = languages::run(sandbox, *prepared);
  if (auto told = debug::told_by_guest(*prepared, run)) return std::move(*told);
  if (run.outcome.verdict == runner::Verdict::timed_out) {
    return fail("the search took longer than ", (options.search_ms + beside_search_ms) / 1000.0,
                " s: does '", subject.question.file, "' end when it is imported?");
  }
  return fail("nothing could be searched: ", run.outcome.reason.empty()
                                                 ? runner::verdict_name(run.outcome.verdict)
                                                 : run.outcome.reason);
}

}  // namespace lsp::features::fill
