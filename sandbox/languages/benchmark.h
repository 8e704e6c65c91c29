// What a run costs, beside the bare program and bubblewrap: `lemma bench sandbox`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sandbox::languages {

struct Benchmark {
  struct Row {
    std::string what;
    double median_ms;
    double ms_of_90_percent;  // nine runs of ten took at most this
  };
  std::vector<Row> rows;  // measured in turn, so that all of them meet the same machine
  // What `true` costs more than bare, as a part of what bubblewrap adds; 0 without bubblewrap.
  double on_demand_to_bubblewrap = 0;
  double ready_to_bubblewrap = 0;
  int parallel_runs = 0;
  int parallel_failures = 0;
  // Of one sandbox that waits, all its processes; memory that several share counts once.
  uint64_t waiting_plain_bytes = 0, waiting_sympy_bytes = 0, waiting_node_bytes = 0;
};

// `rounds` of each, from 1. Takes about two seconds for each round.
Benchmark measure(int rounds);

}  // namespace sandbox::languages
