// What commands print with --json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/text/document.h"

namespace lsp::wire {

struct CompletionReport {
  struct Source {
    std::string what;
    std::string why;
    int tokens;
  };
  std::string text;      // empty: nothing worth showing
  text::Position start;  // what `text` replaces; from 0 here, from 1 in the report
  text::Position end;
  double ms = 0;
  int tokens = 0;
  std::string model;
  std::vector<Source> context;
};

struct ModelReport {
  std::string path;
  std::string memory;  // empty: none beside it
  uintmax_t bytes;
  bool in_use;  // what the other commands take
};

struct Check {
  std::string what;
  bool works;
  std::string found;  // what there is, or what is wrong
  std::string mend;   // what to do where it does not work
};

std::string to_json(const CompletionReport& report);
std::string to_json(const std::vector<ModelReport>& models);
std::string to_json(const std::vector<Check>& checks);

}  // namespace lsp::wire
