#include <iostream>

#include "lsp/bench/complete.h"
#include "lsp/commands.h"
#include "lsp/shared_engine.h"

namespace lsp {

int run_bench_complete(const ModelChoice& choice, const BenchChoice& bench, Output output) {
  const MachineSettings machine = read_machine_settings(choice);
  bench::CompleteOptions options;
  options.folder = bench.folder;
  options.places = bench.places;
  options.passages = bench.passages;
  options.seed = bench.seed;
  options.model.path = machine.settings.model;
  options.model.memory_path = machine.settings.memory;
  options.model.adapter_path = machine.settings.adapter;
  options.model.threads = machine.settings.threads;
  options.model.backend = backend_kind(machine.settings.backend);
  options.model.kv_cache = kv_cache(machine.settings.kv_cache);
  const auto report = bench::bench_complete(
      options, [](const std::string& message) { std::cerr << message << std::endl; });
  if (!report) {
    std::cerr << "lemma: " << report.message() << '\n';
    return 1;
  }
  std::cout << (output == Output::json ? bench::as_json(*report, options) + "\n"
                                       : bench::as_text(*report));
  return 0;
}

}  // namespace lsp
