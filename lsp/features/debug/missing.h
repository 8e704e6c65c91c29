// What a run needs and does not find, and no change of the program can bring: a package, a header,
// a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/features/debug/subject.h"
#include "lsp/features/debug/trial.h"
#include "lsp/text/tongue.h"

namespace lsp::features::debug {

struct Missing {
  enum class Kind { python_package, node_package, file, header, library, command, work };
  Kind kind;
  std::string name;     // "sklearn"; of `work`, which a command was given, what it says itself
  std::string package;  // under which it is installed: "scikit-learn"
  // What is at hand and written nearly so: a module, a file beside the program. Then a slip of the
  // pen is the likelier reason.
  std::vector<std::string> meant = {};
  // The project whose own package it is, which nobody has installed. Else empty.
  std::string project = {};
};

// Nothing where something else fails too, or what is missing may be the program's own.
std::optional<Missing> missing_in(const Subject& subject, const Trial& trial);

// What is wrong, and what to do, by the machine that runs it.
std::string what_is_missing(const Missing& missing, const Subject& subject, text::Tongue tongue);
std::string how_to_get(const Missing& missing, const Subject& subject, text::Tongue tongue);

}  // namespace lsp::features::debug
