#include <iostream>

#include "lsp/commands.h"
#include "lsp/wire/report.h"
#include "sandbox/languages/benchmark.h"

namespace lsp {

int run_bench_sandbox(int rounds, Output output) {
  const sandbox::languages::Benchmark measured = sandbox::languages::measure(rounds);
  wire::SandboxBenchReport report{.on_demand_to_bubblewrap = measured.on_demand_to_bubblewrap,
                                  .ready_to_bubblewrap = measured.ready_to_bubblewrap,
                                  .parallel_runs = measured.parallel_runs,
                                  .parallel_failures = measured.parallel_failures,
                                  .waiting_bytes = {{"python", measured.waiting_plain_bytes},
                                                    {"sympy", measured.waiting_sympy_bytes},
                                                    {"node", measured.waiting_node_bytes}}};
  for (const auto& [what, median_ms, ms_of_90_percent] : measured.rows) {
    report.rows.push_back({what, median_ms, ms_of_90_percent});
  }
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
    return 0;
  }
  for (const auto& [what, median_ms, ms_of_90_percent] : report.rows) {
    std::cout << what << ": " << median_ms << " ms (90 %: " << ms_of_90_percent << ")\n";
  }
  std::cout << "added to true, as a part of what bubblewrap adds: "
            << report.on_demand_to_bubblewrap << " on demand, " << report.ready_to_bubblewrap
            << " ready\n"
            << report.parallel_runs << " runs at once: " << report.parallel_failures << " failed\n";
  constexpr uint64_t mebibyte = 1 << 20;
  for (const auto& [what, bytes] : report.waiting_bytes) {
    std::cout << "a ready sandbox, " << what << ": " << bytes / mebibyte << " MiB\n";
  }
  return 0;
}

}  // namespace lsp
