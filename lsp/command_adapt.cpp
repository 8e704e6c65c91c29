// `lemma model adapt`: the files of a folder to engine/training/adapt.py, and the places that are
// right before and after in those that it has not learnt from.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>

#include "engine/base/checksum.h"
#include "engine/base/format.h"
#include "engine/base/json.h"
#include "lsp/bench/complete.h"
#include "lsp/commands.h"
#include "lsp/context/crawl.h"
#include "lsp/wire/adapt_report.h"

extern char** environ;

namespace lsp {
namespace {

namespace base = engine::base;
namespace fs = std::filesystem;
using base::concat;
using base::fail;
using base::Result;
using wire::AdaptReport;

constexpr int nothing_learnt = 130;  // the script's exit status where it was ended so early
constexpr const char* packages = "apt install python3-torch python3-regex libopenblas0-pthread";

// Its folder is beside that of the models, installed and in the source tree.
std::string script() {
  return fs::path(default_model()).parent_path().parent_path() / "training" / "adapt.py";
}

// A file in memory, for what a program reads or writes.
class Memory {
 public:
  Memory() : descriptor_(memfd_create("lemma", MFD_CLOEXEC)) {}
  Memory(const Memory&) = delete;
  ~Memory() { close(descriptor_); }
  int descriptor() const { return descriptor_; }
  bool write(const std::string& text) const {
    return ::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
           lseek(descriptor_, 0, SEEK_SET) == 0;
  }
  std::string read() const {
    std::string text(static_cast<size_t>(std::max<off_t>(0, lseek(descriptor_, 0, SEEK_END))), 0);
    const ssize_t size = pread(descriptor_, text.data(), text.size(), 0);
    text.resize(static_cast<size_t>(std::max<ssize_t>(0, size)));
    return text;
  }

 private:
  const int descriptor_;
};

// Runs a program, and hands on what shall end this one, so that the program keeps what it has. Its
// exit code, or -1.
int run(std::vector<std::string> words, int input, int output, int errors) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  sigset_t waited, before;
  sigemptyset(&waited);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&waited, signal);
  pthread_sigmask(SIG_BLOCK, &waited, &before);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &before);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t process = 0;
  const int error =
      posix_spawn(&process, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  int status = -1;
  while (error == 0 && waitpid(process, &status, WNOHANG) == 0) {
    const int signal = sigwaitinfo(&waited, nullptr);
    if (signal == SIGINT || signal == SIGTERM) kill(process, signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Of the settings, else the system's, which has Debian's packages.
Result<std::string> python_with_torch(const server::Settings& settings) {
  const std::string python = settings.python.empty() ? "/usr/bin/python3" : settings.python;
  const Memory nothing;
  const int code = run({python, "-E", "-s", "-c", "import torch, numpy, regex"},
                       nothing.descriptor(), nothing.descriptor(), nothing.descriptor());
  if (code == 0) return python;
  return fail(python, code == 1 ? " lacks PyTorch, NumPy or regex" : " cannot be run",
              ", which train an adapter; on Debian and Ubuntu: ", packages);
}

// What may be learnt from, as the script reads it.
std::string files_of(const fs::path& root) {
  context::IgnoreRules rules;
  std::string list;
  context::for_each_source(root.string(), rules, [&](const std::string& path) {
    if (context::read_source(path)) list += path.substr(root.string().size() + 1) + '\0';
    return true;
  });
  return list;
}

// Where the adapter of this folder and model is kept.
Result<fs::path> adapter_path(const fs::path& root, const std::string& model) {
  const fs::path models = models_folder();
  if (models.empty()) return fail("there is no folder for adapters: set HOME or XDG_DATA_HOME");
  const fs::path folder = models.parent_path() / "adapters";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail("cannot make the folder ", folder.string(), ": ", error.message());
  const std::string whole = concat(root.string(), '\n', fs::path(model).stem().string());
  std::ostringstream number;
  number << std::hex << (base::checksum_of(std::as_bytes(std::span(whole))) & 0xffffff);
  return folder / concat(root.filename().string(), "-", number.str(), ".gguf");
}

Result<AdaptReport> read_report(const std::string& text, std::vector<std::string>& held_out) {
  const auto json = base::Json::parse(text);
  if (!json) return fail("the training has ended without a result: ", json.message());
  const auto root = json->root();
  const auto number = [&](const char* name) {
    const auto member = root.find(name);
    return member ? member->number().value_or(0) : 0;
  };
  const auto yes = [&](const char* name) {
    const auto member = root.find(name);
    return member && member->boolean().value_or(false);
  };
  AdaptReport report{.loss_before = number("loss_before"),
                     .loss_after = number("loss_after"),
                     .files = static_cast<size_t>(number("files")),
                     .tokens = static_cast<size_t>(number("tokens")),
                     .minutes = number("minutes"),
                     .resumed = yes("resumed"),
                     .finished = yes("finished"),
                     .path = "",
                     .held_out = 0,
                     .exact = {}};
  if (const auto list = root.find("held_out")) {
    list->for_each(
        [&](base::JsonValue path) { held_out.emplace_back(path.string().value_or("")); });
  }
  report.held_out = held_out.size();
  return report;
}

// A folder with the held-out files alone.
class Aside {
 public:
  Aside(const fs::path& root, const std::vector<std::string>& paths) {
    std::string name = fs::temp_directory_path() / "lemma-adapt-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    std::error_code error;
    for (const std::string& path : paths) {
      fs::create_directories((path_ / path).parent_path(), error);
      fs::copy_file(root / path, path_ / path, error);
    }
  }
  Aside(const Aside&) = delete;
  ~Aside() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Before and after, language by language; the same places.
base::Status compare(const server::Settings& settings, const fs::path& held_out, size_t places,
                     AdaptReport& report) {
  bench::CompleteOptions options;
  options.folder = held_out.string();
  options.places = places;
  options.passages = 0;
  options.model = {
      .path = settings.model, .memory_path = settings.memory, .threads = settings.threads};
  std::vector<bench::CompleteReport> found;
  for (const std::string& adapter : {std::string(), report.path}) {
    options.model.adapter_path = adapter;
    auto measured = bench::bench_complete(options, {});
    if (!measured) return measured.error();
    found.push_back(std::move(*measured));
  }
  for (size_t i = 0; i < found[0].languages.size(); ++i) {
    const bench::LanguageReport& before = found[0].languages[i];
    for (size_t j = 0; j < before.scores.size(); ++j) {
      const bench::Score& score = before.scores[j];
      if (score.contestant != "model" && score.contestant != "model+memory") continue;
      const bench::Score& after = found[1].languages[i].scores[j];
      const auto paired = bench::compare(score, after);
      report.exact.push_back({before.language_id, score.contestant, before.places, score.exact,
                              after.exact, before.places_all, paired.only_first,
                              paired.only_second});
    }
  }
  return base::Done{};
}

Result<AdaptReport> adapt(const server::Settings& settings, const AdaptChoice& choice) {
  std::error_code error;
  const fs::path root = fs::canonical(choice.folder, error);
  if (error || !fs::is_directory(root, error)) return fail(choice.folder, ": is no folder");
  std::cerr << "Looking for PyTorch and for what can be learnt from in " << root.string()
            << " ...\n";
  const auto python = python_with_torch(settings);
  if (!python) return python.error();
  const auto out = adapter_path(root, settings.model);
  if (!out) return out.error();
  const Memory files, result;
  if (!files.write(files_of(root))) return fail("cannot write the list of files to memory");
  const int code = run({*python, "-E", "-s", "-B", script(), "--model", settings.model, "--root",
                        root.string(), "--out", out->string(), "--minutes", concat(choice.minutes),
                        "--threads", concat(settings.threads)},
                       files.descriptor(), result.descriptor(), STDERR_FILENO);
  if (code == nothing_learnt) return fail("ended before anything was learnt; nothing was changed");
  if (code != 0) return fail("the training has not made an adapter (see above)");
  std::vector<std::string> held_out;
  auto report = read_report(result.read(), held_out);
  if (!report) return report;
  report->path = out->string();
  if (!report->finished || choice.places == 0) return report;
  std::cerr << "The adapter is " << report->path << "; comparing it on " << held_out.size()
            << " files that it has not learnt from.\n";
  const Aside aside(root, held_out);
  if (auto status = compare(settings, aside.path(), choice.places, *report); !status) {
    std::cerr << "lemma: the adapter is there, but was not compared: " << status.message() << '\n';
  }
  return report;
}

void print(const AdaptReport& report) {
  std::cout << std::fixed << std::setprecision(1) << "Learnt from " << report.files << " files, "
            << report.tokens << " tokens in " << report.minutes << " minutes"
            << (report.resumed ? ", those before included" : "") << ".\n"
            << std::setprecision(3) << "Of " << report.held_out
            << " files that it has not learnt from, loss of a token: " << report.loss_before
            << " before, " << report.loss_after << " after.\n"
            << std::setprecision(1);
  for (const AdaptReport::Exact& exact : report.exact) {
    std::cout << "  " << exact.language << ", " << exact.contestant
              << ": rest of the line right at " << 100 * exact.before << " % of " << exact.places
              << " places before, " << 100 * exact.after << " % after (of all " << exact.places_all
              << ", shorter rests too: " << exact.only_before << " right only before, "
              << exact.only_after << " only after)\n";
  }
  if (report.loss_after >= report.loss_before) {
    std::cout << "It is no better there than the model alone: train longer, or do without.\n";
  }
  std::cout << "To use it: --adapter " << report.path << ", or in " << server::config_path()
            << ":\n\nadapter = \"" << report.path << "\"\n";
}

}  // namespace

int run_model_adapt(const ModelChoice& model, const AdaptChoice& choice, Output output) {
  const auto report = adapt(read_machine_settings(model).settings, choice);
  if (!report) {
    std::cerr << "lemma model adapt: " << report.message() << '\n';
    return 1;
  }
  if (output == Output::json) {
    std::cout << wire::to_json(*report) << '\n';
  } else {
    print(*report);
  }
  return 0;
}

}  // namespace lsp
