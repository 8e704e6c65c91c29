// The command line of lemma.
#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/cli/command_line.h"
#include "lsp/command_line_help.h"
#include "lsp/commands.h"
#include "lsp/terminal.h"
#include "lsp/text/tongue.h"

namespace {

constexpr int wrong_usage = 2;
constexpr int most_samples = 1'000'000;  // of a benchmark, for each language

// `lemma lsp --model FILE` and the like.
void add_model_options(CLI::App& command, lsp::ModelChoice& choice) {
  command.add_option("--model", choice.model, "the model: a GGUF file, or a Hugging Face folder")
      ->type_name("MODEL");
  command
      .add_option("--memory", choice.memory,
                  "the memory; without its n-grams where it was made for another model")
      ->type_name("FILE");
  command
      .add_option("--adapter", choice.adapter,
                  "a LoRA adapter for the model: a GGUF file, or a folder of PEFT")
      ->type_name("ADAPTER");
  command
      .add_option("--backend", choice.backend,
                  "auto, cpu, cuda, reference, or none: the memory alone")
      ->check(CLI::IsMember({"auto", "cpu", "cuda", "reference", "none"}))
      ->type_name("NAME");
  command.add_option("--threads", choice.threads, "0: as many as there are physical cores")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
}

void add_language_option(CLI::App& command, std::string& language, const char* of_what) {
  const auto check = [](const std::string& locale) {
    return lsp::text::is_of_a_tongue(locale)
               ? std::string()
               : "there is no '" + locale + "'; there are en, zh, fr and de";
  };
  command.add_option("--language", language, std::string(of_what) + ": en, zh, fr, de")
      ->check(CLI::Validator(check, ""))
      ->type_name("LOCALE");
}

void add_output_option(CLI::App& command, lsp::Output& output) {
  command.add_flag("--json")
      ->description("print one JSON object")
      ->each([&output](const std::string&) { output = lsp::Output::json; });
}

void add_bench_options(CLI::App& command, lsp::BenchChoice& bench) {
  command.description("what completion is worth on the files of a folder, against plain editors");
  command.add_option("folder", bench.folder, "the folder")->required()->type_name("DIR");
  command.add_option("--places", bench.places, "cursors tried in each language")
      ->capture_default_str()
      ->check(CLI::Range(0, most_samples))
      ->type_name("N");
  command.add_option("--passages", bench.passages, "passages typed in each language")
      ->capture_default_str()
      ->check(CLI::Range(0, most_samples))
      ->type_name("N");
  command.add_option("--seed", bench.seed, "chooses the places")
      ->capture_default_str()
      ->type_name("N");
}

void add_run_options(CLI::App& command, lsp::RunChoice& run) {
  command.add_option("file", run.file, "what to run")->required()->type_name("FILE");
  command.add_option("arguments", run.arguments, "after --: what the program is given");
  command.add_option("--stdin", run.input, "what it reads as standard input; -: this one")
      ->type_name("FILE");
  command.add_flag("--tests", run.tests, "runs the tests in it");
  command.add_flag("--sanitize", run.sanitize, "C and C++: with the sanitizers");
  command.add_flag("--reduced", run.reduced,
                   "where no sandbox can be made: in one without namespaces, which holds less");
  command.add_option("--deadline", run.deadline_ms, "ended after that long")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str()
      ->type_name("MS");
}

void add_debug_command(CLI::App& app, lsp::DebugChoice& debug, lsp::Output& output,
                       int& exit_code) {
  CLI::App* command =
      app.add_subcommand("debug", "why a file fails, and changes that pass its tests");
  command->add_option("file", debug.file, "what fails")->required()->type_name("FILE");
  auto* tests = command->add_option("--tests", debug.tests, "its tests, where they lie elsewhere");
  tests->type_name("FILE");
  command->add_option("--command", debug.command, "what tests it, run by the shell")
      ->excludes(tests)
      ->type_name("CMD");
  auto* hint = command->add_option("--hint", debug.hint, "one step of the hints, and no fix");
  hint->check(CLI::IsMember({"where", "what", "how"}))->type_name("STEP");
  command->add_flag("--apply", debug.apply, "changes the file, where a fix is verified")
      ->excludes(hint);
  add_language_option(*command, debug.language, "of all that is said");
  command
      ->add_option("--budget", debug.budget_ms,
                   "for all of it; without it 15 s, and more where a run takes long")
      ->check(CLI::Range(1'000, 3'600'000))
      ->type_name("MS");
  command->footer(
      "Exit status: 0 where nothing fails, or a fix is verified (with --apply, written); 1 where "
      "it "
      "fails and none is, or cannot be run; with --json or --hint, 0 for whatever is found");
  add_output_option(*command, output);
  command->callback([&] { exit_code = lsp::run_debug(debug, output); });
}

void add_change_command(CLI::App& app, lsp::ChangeChoice& change, lsp::Output& output,
                        int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "change", "a part of a file, changed by a model as you say, and what its tests say of that");
  command->add_option("place", change.place, "the function in that line, these lines, or all of it")
      ->required()
      ->type_name("FILE[:LINE[-LAST]]");
  command->add_option("instruction", change.instruction, "what is to be changed")
      ->required()
      ->type_name("TEXT");
  command->add_option("--tests", change.tests, "its tests, where they lie elsewhere")
      ->type_name("FILE");
  command->add_flag("--apply", change.apply, "changes the file, where no test that passed fails");
  add_language_option(*command, change.language, "of all that is said");
  command->footer(
      "Takes a model that can be spoken to (docs/models.md). Exit status: 0 where there is a "
      "change "
      "and no test that passed fails with it, else 1; with --json, 0 for whatever is made");
  add_output_option(*command, output);
  command->callback([&] { exit_code = lsp::run_change(change, output); });
}

// Commands about a function of a file.
void add_function_commands(CLI::App& app, std::string& place, lsp::Output& output, int& exit_code) {
  const auto add = [&](const char* name, const char* what, const char* footer,
                       int (*run)(const std::string&, lsp::Output)) {
    CLI::App* command = app.add_subcommand(name, what);
    command->footer(footer);
    command->add_option("place", place, "the file, and a line of the function where it has several")
        ->required()
        ->type_name("FILE[:LINE]");
    add_output_option(*command, output);
    command->callback([&place, &output, &exit_code, run] { exit_code = run(place, output); });
  };
  add("fill", "a body for a function (Python, JavaScript) that has examples and none",
      "Exit status: 0 where a body passes the examples, verified or not; 1 where none does; with "
      "--json, 0 for whatever is found",
      lsp::run_fill);
  add("tests", "tests for a function (Python, JavaScript) that has examples", "", lsp::run_tests);
}

void add_solve_command(CLI::App& app, lsp::SolveChoice& solve, lsp::Output& output,
                       int& exit_code) {
  CLI::App* command =
      app.add_subcommand("solve", "the answer to a formula or a problem, and its check");
  command
      ->add_option("text", solve.text,
                   "the formula, or a problem in words; - for standard input, FILE:LINE for a line "
                   "of a file")
      ->required()
      ->type_name("TEXT");
  auto* steps = command->add_flag("--steps", solve.steps, "with the steps that lead there");
  command->add_option("--hint", solve.hints, "only the first steps, without the answer")
      ->excludes(steps)
      ->check(CLI::Range(1, 1'000))
      ->type_name("N");
  add_language_option(*command, solve.language, "of all that is said");
  command->add_option("--deadline", solve.deadline_ms, "given up after that long")
      ->check(CLI::Range(1, 600'000))
      ->capture_default_str()
      ->type_name("MS");
  add_output_option(*command, output);
  command->callback([&] { exit_code = lsp::run_solve(solve, output); });
}

void add_bench_solve_command(CLI::App& bench, lsp::SolveBenchChoice& choice, lsp::Output& output,
                             int& exit_code) {
  CLI::App* command = bench.add_subcommand("solve", "the formulas of a file, one a line, and ms");
  command->add_option("file", choice.file, "the formulas")->required()->type_name("FILE");
  command->add_option("--pause", choice.pause_ms, "before each, for an interpreter to get ready")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str()
      ->type_name("MS");
  add_output_option(*command, output);
  command->callback([&] { exit_code = lsp::run_bench_solve(choice, output); });
}

// A formula may begin with a minus, which CLI11 would take for an option's.
std::vector<std::string> with_formula_apart(std::vector<std::string> arguments) {
  const bool solves = arguments.size() > 1 && arguments[0] == "solve";
  const auto formula = std::find_if(arguments.begin(), arguments.end(), [](const auto& each) {
    return each.size() > 1 && each[0] == '-' && each[1] != '-' && each != "-h";
  });
  const bool separated = std::find(arguments.begin(), arguments.end(), "--") != arguments.end();
  if (!solves || separated || formula == arguments.end()) return arguments;
  std::rotate(formula, formula + 1, arguments.end());
  arguments.insert(arguments.end() - 1, "--");
  return arguments;
}

// Commands that are the engine's own: it parses what follows them.
struct EngineCommand {
  const char* group;
  const char* name;
  const char* engine_name;
  const char* description;
};
constexpr EngineCommand engine_commands[] = {
    {"model", "info", "info", "what a file holds, and whether lemma can run it"},
    {"model", "tokenize", "tokenize", "the ids of the text on standard input"},
    {"model", "logits", "logits", "the logits of a file of ids"},
    {"model", "random", "random", "a model with random weights, for tests"},
    {"bench", "engine", "bench", "how fast a model reads and generates"},
};

// The exit code, where the arguments name such a command.
std::optional<int> run_engine_command(const std::vector<std::string>& arguments) {
  for (const auto& [group, name, engine_name, description] : engine_commands) {
    if (arguments.size() < 2 || arguments[0] != group || arguments[1] != name) continue;
    std::vector<std::string> passed{engine_name};
    passed.insert(passed.end(), arguments.begin() + 2, arguments.end());
    const std::string called_as = std::string("lemma ") + group + " " + name;
    return engine::cli::run_command_line(passed, std::cin, std::cout, std::cerr, called_as);
  }
  return std::nullopt;
}

// The first word that is no command, where one should be. CLI11 would say that a command is
// missing, and not name the word.
std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments) {
  const CLI::App* at = &app;
  for (const std::string& word : arguments) {
    const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty() || word.starts_with("-")) return std::nullopt;
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const CLI::App* command) {
      return command->get_name() == word;
    });
    if (found == commands.end()) return word;
    at = *found;
  }
  return std::nullopt;
}

// `lemma solve 2 + 2`, of which the shell makes three arguments.
bool has_words_apart(const CLI::App& app, const std::vector<std::string>& arguments) {
  const auto extra = app.remaining(true);
  return !arguments.empty() && arguments[0] == "solve" && !extra.empty() &&
         std::none_of(extra.begin(), extra.end(),
                      [](const std::string& each) { return each.starts_with("--"); });
}

int parse(CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "help") {
    std::cout << app.help();
    return 0;
  }
  // `lemma help man`, `lemma help bash`: for those who make packages.
  if (arguments.size() == 2 && arguments[0] == "help" &&
      lsp::print_help_as(arguments[1], app, std::cout)) {
    return 0;
  }
  if (arguments.size() > 1 && arguments[0] == "help") {  // of a command
    std::vector<std::string> asked(arguments.begin() + 1, arguments.end());
    asked.push_back("--help");
    if (const auto exit_code = run_engine_command(asked)) return *exit_code;
    return parse(app, asked);
  }
  if (const auto word = unknown_command(app, arguments)) {
    const auto at = std::find(arguments.begin(), arguments.end(), *word);
    std::string within = "lemma";
    for (auto each = arguments.begin(); each != at; ++each) within += " " + *each;
    std::cerr << within << ": there is no command '" << *word << "'; `" << within
              << " --help` lists them\n";
    return wrong_usage;
  }
  if (!arguments.empty() && arguments[0].starts_with("-") &&
      app.get_option_no_throw(arguments[0]) == nullptr) {
    std::cerr << "lemma: there is no option '" << arguments[0] << "'; `lemma --help` lists them\n";
    return wrong_usage;
  }
  try {
    // CLI11 takes the last argument first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (has_words_apart(app, arguments)) {
      std::cerr << "lemma solve: a formula of several words stands between quotes, as in lemma "
                   "solve \"2 + 2\"\n";
      return wrong_usage;
    }
    return app.exit(error) == 0 ? 0 : wrong_usage;
  }
  return 0;
}

void add_endpoint_options(CLI::App& command, lsp::EndpointChoice& endpoint) {
  auto* http = command.add_option("--http", endpoint.address,
                                  "also an OpenAI-compatible endpoint there, and then it stays");
  http->type_name("ADDRESS:PORT");
  command.add_option("--http-certificate", endpoint.certificate, "its TLS certificate, PEM")
      ->type_name("FILE")
      ->needs(http);
  command.add_option("--http-key", endpoint.key, "the certificate's key, PEM")
      ->type_name("FILE")
      ->needs(http);
}

// `lemma lsp` and `lemma daemon`.
void add_server_commands(CLI::App& app, lsp::ModelChoice& choice, lsp::EndpointChoice& endpoint,
                         int& exit_code) {
  CLI::App* server = app.add_subcommand("lsp", "language server on standard input and output");
  add_model_options(*server, choice);
  auto* standalone = server->add_flag("--standalone");
  standalone->description("all in this process; no daemon");
  server->add_flag("--stdio")->description("accepted since editors pass it; there is nothing else");
  server->callback([&, standalone] {
    const bool alone = standalone->count() > 0;
    exit_code = lsp::run_lsp(choice, alone ? lsp::Serving::standalone : lsp::Serving::daemon);
  });
  CLI::App* daemon = app.add_subcommand("daemon", "what serves all editors; they start it");
  add_model_options(*daemon, choice);
  add_endpoint_options(*daemon, endpoint);
  auto* foreground = daemon->add_flag("--foreground");
  foreground->description("logs to standard error");
  daemon->callback([&, foreground] {
    const bool seen = foreground->count() > 0;
    exit_code =
        lsp::run_daemon(choice, seen ? lsp::Ground::foreground : lsp::Ground::background, endpoint);
  });
}

void add_doctor_command(CLI::App& app, lsp::ModelChoice& choice, lsp::Output& output,
                        int& exit_code) {
  CLI::App* doctor = app.add_subcommand("doctor", "what works on this machine, and what mends it");
  doctor->footer(
      "Exit status: 1 where there is a fault: no model, no sandbox, a wrong setting, a remote "
      "endpoint that does not answer; what is only missing, as a GPU or a language's tools, is "
      "none");
  add_model_options(*doctor, choice);
  add_output_option(*doctor, output);
  doctor->callback([&] { exit_code = lsp::run_doctor(choice, output); });
}

void add_run_command(CLI::App& app, lsp::RunChoice& program, lsp::Output& output, int& exit_code) {
  CLI::App* execute =
      app.add_subcommand("run", "runs a file in the sandbox, and says why it failed if it does");
  add_run_options(*execute, program);
  add_output_option(*execute, output);
  execute->callback([&] { exit_code = lsp::run_program(program, output); });
}

CLI::App* add_model_commands(CLI::App& app, lsp::ModelChoice& choice, lsp::PullChoice& pull,
                             lsp::AdaptChoice& adapt, lsp::Output& output, int& exit_code) {
  CLI::App* model = app.add_subcommand("model", "looks into models, and loads them");
  model->require_subcommand(1);
  CLI::App* list = model->add_subcommand("list", "the models at hand, and some for each machine");
  add_model_options(*list, choice);
  add_output_option(*list, output);
  list->callback([&] { exit_code = lsp::run_model_list(choice, output); });
  CLI::App* load = model->add_subcommand(
      "pull", "loads a model over the network; the same command goes on where one was cut off");
  load->add_option("source", pull.source,
                   "a GGUF file: https://…, or hf:OWNER/REPO/FILE of the hub")
      ->required()
      ->type_name("SOURCE");
  load->add_option("--sha256", pull.sha256, "the sum that the file must have")->type_name("HEX");
  add_output_option(*load, output);
  load->callback([&] { exit_code = lsp::run_model_pull(pull, output); });
  CLI::App* learn = model->add_subcommand(
      "adapt",
      "trains an adapter on a project's files; the same command goes on, Ctrl-C keeps all");
  learn->add_option("folder", adapt.folder, "the project")->required()->type_name("DIR");
  learn->add_option("--minutes", adapt.minutes, "how long to train")
      ->check(CLI::Range(0.01, 100'000.0))
      ->capture_default_str()
      ->type_name("N");
  learn
      ->add_option("--places", adapt.places,
                   "cursors tried in each language, before and after; 0: none")
      ->check(CLI::Range(0, most_samples))
      ->capture_default_str()
      ->type_name("N");
  add_model_options(*learn, choice);
  add_output_option(*learn, output);
  learn->callback([&] { exit_code = lsp::run_model_adapt(choice, adapt, output); });
  return model;
}

void add_bench_sandbox_command(CLI::App& bench, int& rounds, lsp::Output& output, int& exit_code) {
  CLI::App* command = bench.add_subcommand(
      "sandbox", "what a run costs, in turn with the bare program and with bubblewrap");
  command->add_option("--rounds", rounds, "of each; about two seconds for a round")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000))
      ->type_name("N");
  add_output_option(*command, output);
  command->callback([&] { exit_code = lsp::run_bench_sandbox(rounds, output); });
}

void add_complete_command(CLI::App& app, std::string& place, lsp::ModelChoice& choice,
                          lsp::Output& output, int& exit_code) {
  CLI::App* complete = app.add_subcommand("complete", "one completion");
  complete->add_option("place", place, "line and column from 1, the column in characters")
      ->required()
      ->type_name("FILE:LINE:COLUMN");
  add_model_options(*complete, choice);
  add_output_option(*complete, output);
  auto* reasons = complete->add_flag("--why");
  reasons->description("also what it was made of: context, probability, times, experts");
  auto* several = complete->add_flag("--others");
  several->description("also what else might stand there, as for who asks in an editor by a key");
  complete->callback([&, reasons, several] {
    const lsp::Why why = reasons->count() > 0 ? lsp::Why::told : lsp::Why::untold;
    const size_t most = several->count() > 0 ? 4 : 1;  // as an editor is offered
    exit_code = lsp::run_complete(place, choice, why, most, output);
  });
}

int run(const std::vector<std::string>& arguments) {
  if (const auto exit_code = run_engine_command(arguments)) return *exit_code;

  CLI::App app("lemma: code completion by a local model, in any editor with a language server",
               "lemma");
  app.set_version_flag("--version", std::string("lemma ") + lsp::version);
  app.require_subcommand(1);
  lsp::ModelChoice choice;
  lsp::Output output = lsp::Output::text;
  std::string place;
  lsp::BenchChoice bench;
  int exit_code = 0;

  lsp::EndpointChoice endpoint;
  add_server_commands(app, choice, endpoint, exit_code);

  add_complete_command(app, place, choice, output, exit_code);
  add_doctor_command(app, choice, output, exit_code);

  lsp::RunChoice program;
  int rounds = 20;
  add_run_command(app, program, output, exit_code);
  lsp::DebugChoice debug;
  add_debug_command(app, debug, output, exit_code);
  lsp::ChangeChoice change;
  add_change_command(app, change, output, exit_code);
  std::string function;
  add_function_commands(app, function, output, exit_code);
  lsp::SolveChoice solve;
  add_solve_command(app, solve, output, exit_code);

  lsp::PullChoice pull;
  lsp::AdaptChoice adapt;
  CLI::App* model = add_model_commands(app, choice, pull, adapt, output, exit_code);

  CLI::App* measure = app.add_subcommand("bench", "figures of speed and worth");
  add_bench_sandbox_command(*measure, rounds, output, exit_code);
  lsp::SolveBenchChoice formulas;
  add_bench_solve_command(*measure, formulas, output, exit_code);
  CLI::App* worth = measure->require_subcommand(1)->add_subcommand("complete");
  add_bench_options(*worth, bench);
  add_model_options(*worth, choice);
  add_output_option(*worth, output);
  worth->callback([&] { exit_code = lsp::run_bench_complete(choice, bench, output); });

  for (const EngineCommand& command : engine_commands) {  // for the help
    (command.group == std::string_view("model") ? model : measure)
        ->add_subcommand(command.name, command.description);
  }

  const int parsed = parse(app, with_formula_apart(arguments));
  return parsed == 0 ? exit_code : parsed;
}

}  // namespace

int main(int argc, char** argv) {
  lsp::keep_controls_from_terminals();
  try {
    const int exit_code = run({argv + 1, argv + argc});
    if (exit_code != 0 || std::cout.flush()) return exit_code;
    std::cerr << "lemma: cannot write to standard output\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "lemma: " << error.what() << '\n';
    return 1;
  }
}
