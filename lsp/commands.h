// The commands of `lemma`, one function each; main.cpp reads the command line. Each returns the
// process's exit code and has reported what went wrong on standard error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/settings.h"
#include "lsp/wire/report.h"

namespace lsp {

constexpr const char* version = LEMMA_VERSION;

enum class Output { text, json };

// What the command line says about the model; it outranks config.toml.
struct ModelChoice {
  std::optional<std::string> model;
  std::optional<std::string> memory;
  std::optional<std::string> adapter;
  std::optional<std::string> backend;
  std::optional<int> threads;
};

struct MachineSettings {
  server::Settings settings;  // `model` is a path now; `memory` too, or empty where there is none
  std::vector<server::Problem> problems;
  size_t of_file = 0;  // of the problems, the first: what is wrong in config.toml itself
};

// The command line, then config.toml, then what comes with the program.
MachineSettings read_machine_settings(const ModelChoice& choice);

// The model that comes with the program: beside an installed program, or in the source tree that
// the program was built from.
std::string default_model();
// lemma/models in $XDG_DATA_HOME, else in ~/.local/share; lemma in $XDG_STATE_HOME, else in
// ~/.local/state; empty where there is neither.
std::string models_folder();
std::string state_folder();
// "~/x" as a shell would take it.
std::string of_home(const std::string& path);
// The memory beside a model; empty where there is none.
std::string memory_beside(const std::string& model);

// Serves an editor on standard input and output: through the user's daemon, or alone.
enum class Serving { daemon, standalone };
int run_lsp(const ModelChoice& choice, Serving serving);
// Under `lemma lsp` the daemon logs to a file; in the foreground to standard error.
enum class Ground { background, foreground };
// Where the endpoint listens; no address: there is none. PEM files, for TLS.
struct EndpointChoice {
  std::optional<std::string> address;
  std::string certificate;
  std::string key;
};
int run_daemon(const ModelChoice& choice, Ground ground, const EndpointChoice& endpoint);

// lsp/bench/complete.h says what is measured.
struct BenchChoice {
  std::string folder;
  size_t places = 500;
  size_t passages = 20;
  uint64_t seed = 1;
};
int run_bench_complete(const ModelChoice& choice, const BenchChoice& bench, Output output);
// `place` is FILE:LINE:COLUMN, from 1, in characters. `told`: also what the first was made of.
enum class Why { untold, told };
int run_complete(const std::string& place, const ModelChoice& choice, Why why, size_t most,
                 Output output);
// What models are here, and which ones are made for machines of which size.
int run_model_list(const ModelChoice& choice, Output output);
// Loads one over the network; nothing else in lemma does. `source`: engine/remote/model_source.h.
struct PullChoice {
  std::string source;
  std::string sha256;  // that it must have; empty: what the server says
};
int run_model_pull(const PullChoice& choice, Output output);
// Trains a LoRA adapter of the model on the files of a folder, with PyTorch, and says what it is
// worth on files that it has not learnt from. Nothing leaves the machine.
struct AdaptChoice {
  std::string folder;
  double minutes = 180;
  size_t places = 300;  // for each language, of the comparison
};
int run_model_adapt(const ModelChoice& model, const AdaptChoice& choice, Output output);
// A run of one file in the sandbox; `input` names the file that it reads as standard input.
struct RunChoice {
  std::string file;
  std::vector<std::string> arguments;
  std::string input;
  bool tests = false;
  bool sanitize = false;
  bool reduced = false;  // where no other sandbox can be made
  uint32_t deadline_ms = 10'000;
};
int run_program(const RunChoice& choice, Output output);
// Why a file fails, and fixes; changes nothing unless `apply`, and then only by a verified one.
struct DebugChoice {
  std::string file;
  std::string tests;
  std::string command;
  std::string language;  // of all that is said, as a locale; empty: the environment's
  std::string hint;      // "where", "what" or "how": that alone, and no fix is looked for
  bool apply = false;
  std::optional<uint32_t> budget_ms;  // nothing: as features::debug::Options::search_ms has it
};
// 0 where nothing fails, a fix is verified, or a report in JSON or a hint was asked for.
int run_debug(const DebugChoice& choice, Output output);
// A part of a file changed by a model as it is told; written with `apply`, if no test breaks.
struct ChangeChoice {
  std::string place;  // FILE, FILE:LINE for the function there, or FILE:FIRST-LAST
  std::string instruction;
  std::string tests;
  std::string language;  // of all that is said, as a locale; empty: the environment's
  bool apply = false;
};
// 0 where there is a change, and no test that passed fails with it.
int run_change(const ChangeChoice& choice, Output output);
// A body for a function that has examples and none; changes nothing. `place` is FILE:LINE, a line
// of the function, or FILE where there is only one.
int run_fill(const std::string& place, Output output);
// Tests for a function, from its examples, on standard output; `place` as above.
int run_tests(const std::string& place, Output output);
// A formula's answer. `text` is the formula, "-" for standard input, or FILE:LINE.
struct SolveChoice {
  std::string text;
  bool steps = false;
  size_t hints = 0;      // how many steps to show, and nothing else; 0: all that was asked for
  std::string language;  // of the steps, as a locale; empty: the environment's
  uint32_t deadline_ms = 20'000;
};
// Every line of a file, each after a pause in which an interpreter gets ready.
struct SolveBenchChoice {
  std::string file;
  uint32_t pause_ms = 3'000;
};
int run_bench_solve(const SolveBenchChoice& bench, Output output);
int run_solve(const SolveChoice& choice, Output output);
// What runs cost, each measured `rounds` times; sandbox/languages/benchmark.h says what.
int run_bench_sandbox(int rounds, Output output);
// Whether the sandbox and the languages inside it work here, by trying.
std::vector<wire::Check> check_sandbox();
int run_doctor(const ModelChoice& choice, Output output);

}  // namespace lsp
