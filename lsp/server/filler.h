// What the server asks of those who fill in functions that have examples and no body. The program
// puts lsp/features/fill and the sandbox behind this (lsp/editor_fill.h), tests what they want.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

struct Gap {
  std::string function;
  text::Range definition;  // bytes: where it is offered
  text::Range body;        // what is replaced
};

struct Filled {
  std::string shown;  // the body, in a line
  std::string text;   // in place of the gap's body
  bool verified = false;
  std::string evidence;  // what was seen first: "passes 4 of 4 examples", then after a ';' the rest
};

struct Fillings {
  std::vector<Filled> bodies;
  std::string note;  // why there are none
};

class Filler {
 public:
  virtual ~Filler() = default;

  // The document's functions that could be filled in. Parses it.
  virtual std::vector<Gap> gaps(const Snapshot& document) const = 0;
  // Blocks, on a worker thread; runs things in the sandbox alone. An error says why nothing could
  // be tried.
  virtual base::Result<Fillings> fill(const Snapshot& document, const Gap& gap,
                                      std::stop_token stop) = 0;
};

}  // namespace lsp::server
