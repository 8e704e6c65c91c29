// `lemma doctor`: what works on this machine, what does not, and what mends it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cuda/cuda.h"
#include "engine/base/format.h"
#include "engine/remote/client.h"
#include "lsp/chat_model.h"
#include "lsp/commands.h"
#include "lsp/endpoint.h"
#include "lsp/engine_model.h"
#include "lsp/wire/report.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
using base::concat;
using wire::Check;
using State = wire::Check::State;

Check check_settings(const MachineSettings& machine) {
  std::string problems;
  for (const server::Problem& problem : machine.problems) {
    problems += (problems.empty() ? "" : "; ") + problem.message;
  }
  const std::string path = server::config_path();
  std::error_code error;
  if (!problems.empty()) return {"settings", State::fault, problems, concat("correct ", path)};
  if (path.empty())
    return {"settings", State::works, "neither HOME nor XDG_CONFIG_HOME is set", ""};
  return {"settings", State::works,
          fs::exists(path, error) ? path : concat("no ", path, ", which is fine"), ""};
}

// Of a program that runs from its build nothing is installed. An installed one's files lie around
// it, and an editor finds it by PATH.
Check check_installation() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path share = program.parent_path().parent_path() / "share" / "lemma";
  if (error || !fs::is_directory(share, error)) {
    return {"installation", State::works, concat(version, ", run from where it was built"), ""};
  }
  std::string missing;
  for (const fs::path& file :
       {program.parent_path() / "lemma-bridge", program.parent_path() / "lemma-sandbox",
        share / "models" / "lemma-default.gguf", share / "models" / "lemma-default.memory"}) {
    if (!fs::exists(file, error)) missing += " " + file.string();
  }
  if (!missing.empty()) {
    return {"installation", State::fault, "missing:" + missing, "install the package again"};
  }
  return {"installation", State::works, concat(version, " in ", program.parent_path().string()),
          ""};
}

Check check_processor() {
  namespace cpu = engine::backend::cpu;
  const auto isa = cpu::choose_isa();
  if (!isa) return {"processor", State::fault, isa.message(), "unset LEMMA_CPU"};
  if (*isa == cpu::Isa::generic) {
    return {"processor", State::missing, "neither AVX2 nor AVX-512: completions will be slow",
            "use a processor of 2015 or later"};
  }
  return {"processor", State::works, concat("kernels for ", cpu::isa_name(*isa)), ""};
}

// What a model gets of it stands in the line of the model.
Check check_gpu() {
  const auto device = engine::backend::cuda::describe_device();
  if (device) return {"gpu", State::works, *device, ""};
  std::error_code error;
  if (!fs::exists("/proc/driver/nvidia/version", error)) {
    return {"gpu", State::works, "no NVIDIA driver: the CPU computes", ""};
  }
  return {
      "gpu", State::missing, device.message(),
      "put liblemma_cuda.so, which the preset `cuda` builds, beside the program; until then the "
      "CPU computes"};
}

Check check_model(const server::Settings& settings) {
  const auto model = EngineModel::load(std::make_shared<SharedEngine>(settings));
  if (!model) {
    return {"model", State::fault, model.message(),
            "pass --model FILE.gguf or a Hugging Face folder, or set `model` in config.toml"};
  }
  const std::string notice = (*model)->notice();
  return {"model", notice.empty() ? State::works : State::fault,
          concat((*model)->info().description, " (", settings.model, ")",
                 notice.empty() ? "" : concat("; ", notice)),
          concat("mend what is said of it in ", server::config_path())};
}

Check check_memory(const server::Settings& settings) {
  if (settings.memory.empty()) {
    return {
        "memory", State::missing, "none beside the model: completions will be fewer",
        "the default model has one; `memory` in config.toml may name it for another, which then "
        "knows what open files say"};
  }
  return {"memory", State::works, settings.memory, ""};
}

// Asks for a few tokens as a question and a keystroke would, so that what they would meet is met
// here. What is wrong with the settings themselves is said of the settings.
std::vector<Check> check_remote(const server::Settings& settings) {
  namespace remote = engine::remote;
  if (settings.remote.url.empty() || !remote_problem(settings).empty()) return {};
  remote::Endpoint endpoint = endpoint_of(settings);
  endpoint.attempts = 1;
  endpoint.first_byte_ms = 30'000;
  const remote::Client client(std::move(endpoint));
  const remote::Sampling few{.max_tokens = 16};
  const auto go_on = [](const remote::Piece&) { return true; };
  const auto check = [&](const char* what, const auto& ask) -> Check {
    const auto asked = std::chrono::steady_clock::now();
    const base::Result<remote::Reply> reply = ask();
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - asked;
    if (!reply) {
      return {what, State::fault, reply.message(), "see [remote] in " + server::config_path()};
    }
    return {what, State::works,
            concat(settings.remote.model, " at ", settings.remote.url, " answers, in ",
                   std::lround(taken.count()), " ms"),
            ""};
  };
  std::vector<Check> checks;
  if (settings.chat_model.empty()) {
    checks.push_back(check("remote", [&] {
      return client.chat({{remote::Message::Role::user, "Say yes."}}, few, go_on, {});
    }));
  }
  if (settings.remote.completes) {
    checks.push_back(check("remote.completes", [&] {
      return client.fill("def double(x):\n    return ", "\n", few, go_on, {});
    }));
  }
  return checks;
}

}  // namespace

int run_doctor(const ModelChoice& choice, Output output) {
  const MachineSettings machine = read_machine_settings(choice);
  std::vector<Check> checks{
      check_installation(), check_settings(machine),       check_processor(),
      check_gpu(),          check_model(machine.settings), check_memory(machine.settings)};
  for (Check& check : check_remote(machine.settings)) checks.push_back(std::move(check));
  checks.push_back(check_endpoint());
  for (Check& check : check_sandbox()) checks.push_back(std::move(check));
  if (output == Output::json) {
    std::cout << wire::to_json(checks) << '\n';
  } else {
    for (const Check& check : checks) {
      std::cout << (check.state == State::works     ? "works    "
                    : check.state == State::missing ? "missing  "
                                                    : "fault    ")
                << check.what << ": " << check.found << '\n';
      if (check.state != State::works) std::cout << "         " << check.mend << '\n';
    }
  }
  const bool fault = std::any_of(checks.begin(), checks.end(),
                                 [](const Check& each) { return each.state == State::fault; });
  return fault ? 1 : 0;
}

}  // namespace lsp
