#include <malloc.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "lsp/chat_model.h"
#include "lsp/commands.h"
#include "lsp/daemon/connect.h"
#include "lsp/daemon/daemon.h"
#include "lsp/daemon/last_words.h"
#include "lsp/daemon/reserve.h"
#include "lsp/editor_change.h"
#include "lsp/editor_debug.h"
#include "lsp/editor_fill.h"
#include "lsp/editor_next_edits.h"
#include "lsp/editor_tests.h"
#include "lsp/editor_values.h"
#include "lsp/endpoint.h"
#include "lsp/engine_model.h"
#include "lsp/followed_adapter.h"
#include "lsp/server/own_folder.h"
#include "lsp/server/server.h"

namespace lsp {
namespace {

constexpr size_t largest_log = size_t{1} << 20;

std::shared_ptr<spdlog::logger> log_to(spdlog::sink_ptr sink) {
  auto log = std::make_shared<spdlog::logger>("lemma", std::move(sink));
  log->flush_on(spdlog::level::info);
  return log;
}

// Logs hold no code: what is logged names methods, files and figures.
std::shared_ptr<spdlog::logger> make_log(const std::string& path) {
  if (!path.empty()) {
    try {
      return log_to(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
    } catch (const spdlog::spdlog_ex& error) {
      std::cerr << "lemma: " << error.what() << "; logging to standard error\n";
    }
  }
  return log_to(std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

// daemon.log in the state folder, which is kept small; standard error where that cannot be.
std::shared_ptr<spdlog::logger> make_daemon_log(const std::string& path) {
  const std::filesystem::path folder = state_folder();
  if (!path.empty() || folder.empty()) return make_log(path);
  if (server::make_own_folder(folder)) return make_log("");
  try {
    daemon::say_last_words((folder / "daemon.log").string());
    return log_to(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(folder / "daemon.log",
                                                                         largest_log, 1));
  } catch (const std::exception&) {
    return make_log("");
  }
}

std::shared_ptr<server::Usage> make_usage() {
  const std::filesystem::path folder = state_folder();
  return std::make_shared<server::Usage>(folder.empty() ? "" : (folder / "usage").string());
}

server::Options server_options(const MachineSettings& machine,
                               const std::shared_ptr<SharedEngine>& engine,
                               std::shared_ptr<server::Usage> usage,
                               std::shared_ptr<spdlog::logger> log) {
  using Loaded = base::Result<std::shared_ptr<server::Model>>;
  const std::filesystem::path folder = state_folder();
  return {.settings = machine.settings,
          .problems = machine.problems,
          .load = [engine]() -> Loaded {
            auto model = EngineModel::load(engine);
            if (!model) return model.error();
            return std::shared_ptr<server::Model>(std::move(*model));
          },
          .model_path = machine.settings.model,
          .version = version,
          .log = std::move(log),
          .usage = std::move(usage),
          .debug = {.debugger = make_debugger(engine),
                    .background = machine.settings.run_in_background
                                      ? server::DebugOptions::Background::on
                                      : server::DebugOptions::Background::off,
                    .on_save = machine.settings.run_on_save ? server::DebugOptions::OnSave::tests
                                                            : server::DebugOptions::OnSave::nothing,
                    .trust = folder.empty() ? server::Trust()
                                            : server::Trust((folder / "trusted").string())},
          .filler = make_filler(machine.settings.python, engine),
          .tester = make_tester(machine.settings.python, engine->chat_model),
          .solver = engine->formulas,
          .evaluator = make_evaluator(machine.settings.python),
          .edits = make_edit_finder(),
          .chat = make_chat(engine->chat_model),
          .changer = make_changer(engine),
          .no_chat = no_chat_model(machine.settings)};
}

// The shared engine of a server that logs to `log`.
std::shared_ptr<SharedEngine> make_engine(const ModelChoice& choice,
                                          const server::Settings& settings,
                                          const std::shared_ptr<spdlog::logger>& log) {
  const auto followed = std::make_shared<FollowedAdapter>(choice, settings);
  const auto adapter_changed = [followed] { return followed->changed(); };
  const auto warn = [log](const std::string& message) { log->warn("{}", message); };
  const auto cache = daemon::cache_folder();
  if (!cache) {
    warn("prefixes are not kept on disk: " + cache.message());
    return std::make_shared<SharedEngine>(settings, engine::session::PrefixFolder(), "",
                                          adapter_changed);
  }
  return std::make_shared<SharedEngine>(
      settings,
      engine::session::PrefixFolder{.path = *cache + "/prefixes",
                                    .bytes = static_cast<uint64_t>(settings.prefixes.disk_mb) << 20,
                                    .log = warn},
      *cache + "/index", adapter_changed);
}

// What makes two daemons different. Not the adapter of config.toml, which is followed.
std::string identity_of(const ModelChoice& choice, const MachineSettings& machine) {
  const server::Settings& settings = machine.settings;
  std::string lists;
  for (const std::string& language : settings.completion.exclude) lists += language + '\n';
  // It tells its editors what is wrong in the file as it has read it.
  for (size_t i = 0; i < machine.of_file; ++i) lists += machine.problems[i].message + '\n';
  return base::concat(
      settings.model, '\n', settings.memory, '\n', choice.adapter.value_or("followed"), '\n',
      settings.backend, '\n', settings.kv_cache, '\n', settings.threads, '\n', settings.log_file,
      '\n', settings.daemon.free_model_after_s, '\n', settings.daemon.leave_after_s, '\n',
      settings.chat_model, '\n', settings.remote.url, '\n', settings.remote.model, '\n',
      settings.remote.token_env, '\n', settings.remote.token_file, '\n', settings.remote.fim, '\n',
      settings.remote.ability, settings.remote.thinking_tokens, settings.remote.completes, '\n',
      settings.prefixes.disk_mb, '\n', settings.completion.enabled, settings.run_in_background,
      settings.run_on_save, settings.python, '\n', settings.completion.multiline,
      settings.completion.comments, settings.completion.next_edits, '\n',
      settings.completion.tokens, '\n', settings.log_level, '\n', lists);
}

std::vector<std::string> options_of(const ModelChoice& choice) {
  std::vector<std::string> options;
  const auto add = [&](const char* option, const auto& value) {
    if (value) options.insert(options.end(), {option, base::concat(*value)});
  };
  add("--model", choice.model);
  add("--memory", choice.memory);
  add("--adapter", choice.adapter);
  add("--backend", choice.backend);
  add("--threads", choice.threads);
  return options;
}

// The daemon runs in another folder, and an editor's setting has seen no shell.
ModelChoice with_whole_paths(ModelChoice choice) {
  for (auto* path : {&choice.model, &choice.memory, &choice.adapter}) {
    if (*path && !(*path)->empty()) *path = std::filesystem::absolute(of_home(**path)).string();
  }
  return choice;
}

int serve_alone(const ModelChoice& choice, const MachineSettings& machine, int out) {
  daemon::say_last_words("");
  const auto log = make_log(machine.settings.log_file);
  const auto usage = make_usage();
  server::Server server(
      STDIN_FILENO, out,
      server_options(machine, make_engine(choice, machine.settings, log), usage, log));
  const int exit_code = server.run();
  usage->save();
  // An editor that quits must not wait for a model that is still being loaded.
  std::_Exit(exit_code);
}

}  // namespace

int run_lsp(const ModelChoice& given, Serving serving) {
  std::signal(SIGPIPE, SIG_IGN);
  // Whatever prints to standard output must not end up between the messages.
  const int out = dup(STDOUT_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  const ModelChoice choice = with_whole_paths(given);
  const MachineSettings machine = read_machine_settings(choice);
  if (serving == Serving::standalone) return serve_alone(choice, machine, out);

  const auto place = daemon::find_place(daemon::daemon_key(identity_of(choice, machine)));
  std::signal(SIGCHLD, SIG_IGN);  // nobody waits for the daemon
  const auto error = [&]() -> base::Error {
    if (!place) return place.error();
    const daemon::Launch launch{"/proc/self/exe", options_of(choice),
                                machine.settings.remote.token_env};
    const auto socket = daemon::connect_or_start(*place, launch);
    if (!socket) return socket.error();
    return daemon::become_bridge(out, *socket, *place, launch);
  }();
  std::cerr << "lemma: serving this editor alone: " << error.message << '\n';
  return serve_alone(choice, machine, out);
}

namespace {

// Whether editors that start now find the daemon at `place`: neither its settings nor the program
// are others by now.
bool is_current(const ModelChoice& choice, const daemon::Place& place) {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (program.ends_with(" (deleted)")) return false;  // as Linux says of a file that was replaced
  const MachineSettings machine = read_machine_settings(choice);
  const auto found = daemon::find_place(daemon::daemon_key(identity_of(choice, machine)));
  return !found || found->socket == place.socket;
}

// An editor starts a daemon where there may be one already, and is content.
int another_runs(Ground ground, const EndpointChoice& endpoint, const daemon::Place& place) {
  if (ground == Ground::background && !endpoint.address) return 0;
  const auto process = daemon::process_at(place);
  const std::string pid = process ? std::to_string(*process) : "PID";
  std::cerr << "lemma daemon: one is running already; it leaves when told to: kill -TERM " << pid
            << '\n';
  return 1;
}

}  // namespace

int run_daemon(const ModelChoice& given, Ground ground, const EndpointChoice& endpoint) {
  std::signal(SIGPIPE, SIG_IGN);
  // Each editor has threads of its own, and an arena for each would hold on to what it freed.
  mallopt(M_ARENA_MAX, 2);
  daemon::say_last_words("");
  const ModelChoice choice = with_whole_paths(given);
  const MachineSettings machine = read_machine_settings(choice);
  const server::Settings& settings = machine.settings;
  const auto log = ground == Ground::foreground ? make_log(settings.log_file)
                                                : make_daemon_log(settings.log_file);
  const auto place = daemon::find_place(daemon::daemon_key(identity_of(choice, machine)));
  // Who has typed the command reads it as well as the log does.
  const auto say = [&](const std::string& text) {
    log->info("{}", text);
    const bool typed = endpoint.address && ground == Ground::background;
    if (typed) std::cerr << "lemma daemon: " << text << '\n';
  };
  if (!place) return say(place.message()), 1;
  const auto engine = make_engine(choice, settings, log);
  const auto usage = make_usage();
  std::unique_ptr<OpenEndpoint> open;
  const auto open_endpoint = [&]() -> base::Status {
    if (!endpoint.address) return base::Done{};
    auto opened = OpenEndpoint::open(endpoint, settings, engine, log);
    if (!opened) return opened.error();
    open = std::move(*opened);
    say(open->description());
    return base::Done{};
  };
  std::optional<std::chrono::seconds> leave_after(settings.daemon.leave_after_s);
  if (endpoint.address) leave_after.reset();
  const auto ending =
      daemon::run({.place = *place,
                   .serve =
                       [&](int in, int out) {
                         server::Server(in, out, server_options(machine, engine, usage, log)).run();
                       },
                   .tick =
                       [&] {
                         daemon::keep_reserve();
                         engine->follow_adapter();
                         const std::chrono::seconds idle(settings.daemon.free_model_after_s);
                         if (engine->free_if_idle(idle))
                           log->info("the model is freed until it is needed");
                       },
                   .begin = open_endpoint,
                   .leave_after = leave_after,
                   .is_current = [&] { return is_current(choice, *place); },
                   .log = log});
  if (!ending) return say(ending.message()), 1;
  if (*ending == daemon::Ending::another) return another_runs(ground, endpoint, *place);
  log->info("leaving: {}", *ending == daemon::Ending::idle ? "no editor has come for a while"
                           : *ending == daemon::Ending::outdated
                               ? "editors start another daemon now"
                               : "told to");
  return 0;
}

}  // namespace lsp
