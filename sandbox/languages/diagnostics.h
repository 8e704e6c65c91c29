// What compilers say, as data: gcc's and rustc's JSON, the text of clang, ld, go, javac, esbuild
// and luac. Any bytes may arrive; at most 200 diagnostics are read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandbox::languages {

struct Diagnostic {
  std::string file;      // as the sandbox saw it; empty: of no file, as an undefined symbol may be
  int line = 0;          // from 1; 0: unknown
  int column = 0;        // from 1, in bytes as compilers count; 0: unknown
  std::string severity;  // "error", "warning", "note"
  std::string message;
};

struct CompilerReport {
  std::vector<Diagnostic> diagnostics;
  std::string text;  // for people
};

// `folder` is where the compiler ran: relative names become absolute.
CompilerReport read_compiler(std::string_view output, const std::string& folder);

}  // namespace sandbox::languages
