// "Make this pass": a body for a function that has examples and none.
//
// Small bodies are enumerated by their cost (program/), in the sandbox, since the examples and what
// the program imports are run for it; the simplest one that passes all examples is offered, once
// the program's own tests have said the same. Where that leaves something open, models may write
// bodies: these are run against the same examples, and so are small changes of those that nearly
// pass. Blocks; nothing outside of the sandbox runs.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/debug/subject.h"
#include "lsp/features/fill/hole.h"

namespace lsp::features::fill {

struct Body {
  std::vector<std::string> lines;  // without indentation
  std::string text;                // of the whole program, with it
  // "passes 4 of 4 examples", then what else was seen.
  std::string evidence;
  // The examples are three or more, the program's tests are green with it twice; everything that is
  // about as simple was tried, and what of it passes does the same on inputs near the examples; and
  // neither chance nor a single example would explain that it passes.
  bool verified = false;
  std::string author = {};  // the model that wrote it; empty: nobody
};

struct Report {
  // At most two: the simplest, and where another one that is about as simple gives something else
  // on some input, that one. Then the evidence names the input, and neither is verified.
  std::vector<Body> bodies;
  size_t examples = 0;
  size_t passing = 0;  // bodies that pass, about as simple, and different on some input
  size_t written = 0;  // bodies by a model that were tried, with small changes of them
  std::string note;    // why there is none
  double ms = 0;
};

// A model that writes bodies.
struct Author {
  std::string name;
  // Each a body without indentation, or a function that has it; the likeliest first. Blocks. An
  // error says why there are none.
  std::function<engine::base::Result<std::vector<std::string>>(std::stop_token stop)> write;
};

struct Options {
  uint32_t search_ms = 5'000;
  // Asked where the examples leave open which body is meant: it reads what is said of it.
  std::optional<Author> instructed = {};
  // Asked where nothing passes, and nobody else is there to ask: it goes on with the text.
  std::optional<Author> completing = {};
  std::stop_token stop = {};
};

// An error says why nothing could be tried: no example, examples that contradict each other, a
// program that cannot be imported.
engine::base::Result<Report> fill(const debug::Subject& subject, const Hole& hole,
                                  sandbox::runner::Runner& sandbox, const Options& options);

}  // namespace lsp::features::fill
