// `lemma bench solve FILE`: each line's formula, answered by an interpreter that waits.
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "lsp/commands.h"
#include "lsp/solve_report.h"

namespace lsp {

int run_bench_solve(const SolveBenchChoice& bench, Output output) {
  std::ifstream file(bench.file, std::ios::binary);
  if (!file) {
    std::cerr << "lemma bench solve: cannot read '" << bench.file << "'\n";
    return 1;
  }
  namespace solve = features::solve;
  sandbox::runner::Runner sandbox({.ready = 2});
  const solve::Options options{.interpreters = solve::Options::Interpreters::waiting};
  if (const auto prepared = solve::prepare(sandbox, options); !prepared) {
    std::cerr << "lemma bench solve: " << prepared.message() << '\n';
    return 1;
  }
  std::vector<wire::SolveReport> reports;
  for (std::string formula; std::getline(file, formula);) {
    // The next interpreter gets ready while nobody waits for it, as between two questions.
    std::this_thread::sleep_for(std::chrono::milliseconds(bench.pause_ms));
    const auto found = solve::solve(formula, sandbox, options);
    wire::SolveReport& report = reports.emplace_back();
    if (found) {
      report = report_of(*found);
    } else {
      report.refused = found.message();
    }
    report.formula = formula;
    if (output == Output::text) {
      std::cout << formula << " => " << (found ? report.answer : report.refused) << "  ("
                << report.ms << " ms)" << std::endl;  // each as it comes
    }
  }
  if (output == Output::json) std::cout << wire::to_json(reports) << '\n';
  return 0;
}

}  // namespace lsp
