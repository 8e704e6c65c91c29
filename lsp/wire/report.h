// What commands print with --json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/text/document.h"
#include "lsp/wire/explanation.h"

namespace lsp::wire {

struct CompletionReport {
  struct Source {
    std::string what;
    std::string why;
    int tokens;
  };
  std::string text;      // empty: nothing worth showing
  std::string silence;   // why not, where the text is empty
  text::Position start;  // what `text` replaces; from 0 here, from 1 in the report
  text::Position end;
  double ms = 0;
  int tokens = 0;
  std::string model;
  std::vector<Source> context;
  std::optional<Provenance> why;  // where it was asked for, without what stands above
  struct Other {
    std::string text;  // replaces what begins at `start` too
    text::Position end;
    std::optional<double> probability;
  };
  std::vector<Other> others = {};
};

struct ModelReport {
  struct Here {
    std::string path;
    std::string memory;  // empty: none beside it
    uintmax_t bytes;
    bool in_use;  // what the other commands take
  };
  struct Known {
    std::string name;
    std::string does;
    std::string source;  // for `lemma model pull`
    int64_t file_bytes;
    int64_t memory_bytes;   // what it needs
    int64_t machine_bytes;  // the size of machine that it is for
    std::string path;       // where it is here; empty: it is not
  };
  std::vector<Here> here;
  std::vector<Known> known;
  int64_t machine_bytes;  // of this one's memory
};

// A model that was loaded from elsewhere.
struct PullReport {
  std::string path;
  int64_t bytes;
  int64_t resumed_at;    // of them, from an earlier time
  std::string sha256;    // of the last part
  std::string vouched;   // by what: given sum, server's sum, size, nothing
  int64_t memory_bytes;  // that it needs
  bool was_here;         // and was not loaded again
};

struct Check {
  // A fault keeps lemma from what it is for, or from what it has been told to do. What is missing
  // is done without.
  enum class State { works, missing, fault };
  std::string what;
  State state;
  std::string found;  // what there is, or what is wrong
  std::string mend;   // what to do where it does not work
};

struct RunReport {
  struct Limit {
    std::string name;
    uint64_t value;
    std::string held;  // by what
  };
  struct Frame {
    std::string file;
    int line;  // from 1; 0: unknown
    std::string function;
    std::vector<std::pair<std::string, std::string>> locals;
  };
  struct Failure {
    std::string type;
    std::string message;
    std::vector<Frame> frames;  // the outermost first
  };
  struct Test {
    std::string name;
    std::string outcome;
    std::string message;
  };
  struct Diagnostic {
    std::string file;
    int line;    // from 1; 0: unknown
    int column;  // from 1, in bytes; 0: unknown
    std::string severity;
    std::string message;
  };
  std::string verdict;
  std::string reason;
  int exit_code = -1;  // -1: it did not exit by itself
  int signal = 0;
  std::string output;
  std::string errors;
  std::vector<Diagnostic> diagnostics;  // of the compiler
  std::string compiler_output;          // the same for people
  double ms = 0;
  std::vector<std::string> layers;
  std::vector<Limit> limits;
  std::vector<Failure> failures;
  std::vector<Test> tests;
};

struct SandboxBenchReport {
  struct Row {
    std::string what;
    double median_ms;
    double ms_of_90_percent;
  };
  std::vector<Row> rows;
  double on_demand_to_bubblewrap;
  double ready_to_bubblewrap;
  int parallel_runs;
  int parallel_failures;
  std::vector<std::pair<std::string, uint64_t>> waiting_bytes;  // of one ready sandbox of each kind
};

std::string to_json(const CompletionReport& report);
std::string to_json(const SandboxBenchReport& report);
std::string to_json(const RunReport& report);
std::string to_json(const ModelReport& report);
std::string to_json(const PullReport& report);
std::string to_json(const std::vector<Check>& checks);

}  // namespace lsp::wire
