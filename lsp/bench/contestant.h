// Who takes part in the benchmark: each is asked for the rest of a line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/session/engine.h"
#include "lsp/bench/sample.h"

namespace lsp::context {
class Workspace;
}

namespace lsp::bench {

struct Guess {
  std::string text;  // up to the line's end, without blanks at its end; empty: none
  // What would be shown: an engine looks for a line that is sure enough and keeps silent where it
  // finds none, as the product does (features::confident_length); the baseline shows everything.
  std::string shown;
  double ms = 0;                     // until that is there
  engine::session::Outcome outcome;  // of an engine
};

class Contestant {
 public:
  explicit Contestant(std::string name) : name_(std::move(name)) {}
  virtual ~Contestant() = default;

  const std::string& name() const { return name_; }

  // The cursor stands between `before` and `after`, which begins with the end of its line.
  virtual engine::base::Result<Guess> guess(const SourceFile& file, std::string_view before,
                                            std::string_view after) = 0;

 private:
  std::string name_;
};

std::unique_ptr<Contestant> make_baseline();

// An engine with a model, a memory or both, asked as the language server asks it: the anchored
// prompt, token healing, the memory's buffers; but whatever it says counts, however unsure it is.
// With a workspace, its other files have their say as in an editor that has none of them open. Both
// must outlive the contestant; `workspace` may be null.
std::unique_ptr<Contestant> make_contestant(std::string name, engine::session::Engine& engine,
                                            context::Workspace* workspace);

}  // namespace lsp::bench
