#include <cstdlib>
#include <filesystem>

#include "lsp/chat_model.h"
#include "lsp/commands.h"

namespace lsp {

namespace fs = std::filesystem;

std::string default_model() {
  constexpr const char* name = "lemma-default.gguf";
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path() / ".." / "share" / "lemma" / "models" / name;
  if (!error && fs::exists(installed, error)) return installed.lexically_normal();
  return fs::path(LEMMA_MODELS_DIR) / name;
}

// $`variable`/lemma, else ~/.local/`usual`/lemma; empty where there is neither. A path that is not
// absolute would lie in whatever folder the program was started in, which may be a repository.
static fs::path folder_of_user(const char* variable, const char* usual) {
  const char* given = std::getenv(variable);
  const char* home = std::getenv("HOME");
  if (given != nullptr && *given == '/') return fs::path(given) / "lemma";
  if (home == nullptr || *home != '/') return {};
  return fs::path(home) / ".local" / usual / "lemma";
}

std::string models_folder() {
  const fs::path folder = folder_of_user("XDG_DATA_HOME", "share");
  return folder.empty() ? "" : folder / "models";
}

std::string state_folder() { return folder_of_user("XDG_STATE_HOME", "state"); }

std::string memory_beside(const std::string& model) {
  const fs::path beside = fs::path(model).replace_extension(".memory");
  std::error_code error;
  return fs::exists(beside, error) ? beside.string() : "";
}

std::string of_home(const std::string& path) {
  const char* home = std::getenv("HOME");
  return path.starts_with("~/") && home != nullptr ? home + path.substr(1) : path;
}

MachineSettings read_machine_settings(const ModelChoice& choice) {
  MachineSettings result;
  server::Settings& settings = result.settings;
  const auto file = server::read_config(server::config_path());
  if (file) {
    result.problems = server::apply(*file, server::Origin::machine, settings);
    for (server::Problem& problem : result.problems) {
      problem.message = server::config_path() + ": " + problem.message;
    }
    for (std::string* path :
         {&settings.model, &settings.memory, &settings.adapter, &settings.chat_model,
          &settings.remote.token_file, &settings.python, &settings.log_file}) {
      *path = of_home(*path);
    }
  } else {
    result.problems.push_back({server::Problem::Kind::error, file.message()});
  }
  result.of_file = result.problems.size();
  if (choice.model) {
    // Memory and adapter belong to their model; those that are configured were made for another.
    if (*choice.model != settings.model) {
      settings.memory.clear();
      settings.adapter.clear();
    }
    settings.model = *choice.model;
  }
  if (choice.memory) settings.memory = *choice.memory;
  if (choice.adapter) settings.adapter = *choice.adapter;
  if (choice.backend) settings.backend = *choice.backend;
  if (choice.threads) settings.threads = *choice.threads;
  if (settings.model.empty()) settings.model = default_model();
  if (settings.memory.empty()) settings.memory = memory_beside(settings.model);
  // Where both are about the endpoint they are the same.
  const std::string chat = chat_problem(settings), remote = remote_problem(settings);
  for (const std::string& problem : {chat, remote == chat ? "" : remote}) {
    if (!problem.empty()) result.problems.push_back({server::Problem::Kind::error, problem});
  }
  return result;
}

}  // namespace lsp
