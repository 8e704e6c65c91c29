#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "lsp/commands.h"
#include "lsp/engine_model.h"
#include "lsp/server/server.h"

namespace lsp {
namespace {

// Logs hold no code: what is logged names methods, files and figures.
std::shared_ptr<spdlog::logger> make_log(const std::string& path) {
  std::shared_ptr<spdlog::logger> log;
  if (!path.empty()) {
    try {
      log = std::make_shared<spdlog::logger>(
          "lemma", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
    } catch (const spdlog::spdlog_ex& error) {
      std::cerr << "lemma: " << error.what() << "; logging to standard error\n";
    }
  }
  if (!log) {
    log = std::make_shared<spdlog::logger>("lemma",
                                           std::make_shared<spdlog::sinks::stderr_sink_mt>());
  }
  log->flush_on(spdlog::level::info);
  return log;
}

}  // namespace

int run_lsp(const ModelChoice& choice) {
  std::signal(SIGPIPE, SIG_IGN);
  // Whatever prints to standard output must not end up between the messages.
  const int out = dup(STDOUT_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  MachineSettings machine = read_machine_settings(choice);
  using Loaded = base::Result<std::shared_ptr<server::Model>>;
  server::Options options{.settings = machine.settings,
                          .problems = machine.problems,
                          .load = [settings = machine.settings]() -> Loaded {
                            auto model = EngineModel::load(settings);
                            if (!model) return model.error();
                            return std::shared_ptr<server::Model>(std::move(*model));
                          },
                          .model_path = machine.settings.model,
                          .version = version,
                          .log = make_log(machine.settings.log_file)};
  server::Server server(STDIN_FILENO, out, std::move(options));
  const int exit_code = server.run();
  // An editor that quits must not wait for a model that is still being loaded.
  std::_Exit(exit_code);
}

}  // namespace lsp
