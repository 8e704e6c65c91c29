// The way of a suggestion: complete() asks for a prompt and the engine for its continuation; a
// Collector takes the stream until nothing more would be shown; settle() cuts what came to what is
// sure, complete and not there already; and a name that nothing defines (names.h) may cost it the
// rest. Each step (inquiry.h) that leaves nothing says why, since people ask.
#include "lsp/features/completion.h"

#include <cmath>
#include <utility>

#include "lsp/features/inquiry.h"

namespace lsp::features {

using engine::base::Result;
using engine::session::EndReason;

double least_probability(Trigger trigger) { return trigger == Trigger::automatic ? 0.25 : 0.05; }

engine::session::Search line_search(double least_probability) {
  return {.width = 2, .least_probability = static_cast<float>(least_probability)};
}

namespace {

constexpr int most_instead = 2;

// In the place of the line in `filled`, whose first `known` bytes say what is there already. How
// likely another one is follows from what all those that do not are together.
Completion instead_of(Inquiry& inquiry, const Filled& filled, size_t known, double least,
                      context::BufferCache& buffers, engine::session::Engine& engine,
                      const std::stop_token& stop) {
  const auto probability_of = [](const Filled& of, size_t bytes) {
    return std::exp(of.log_before + log_probability_of(of.collector.pieces(), bytes));
  };
  double left = 1 - probability_of(filled, known);
  Branches branches;
  branches.found({}, line_of(filled, {}, known));
  for (int tries = most_instead; tries > 0 && !stop.stop_requested(); --tries) {
    const auto branch = branches.take();
    if (!branch) break;
    const Filled other = ask_engine(inquiry, *branch, least, buffers, engine, stop);
    if (other.outcome.reason == EndReason::error) break;
    Completion completion = completion_of(inquiry, other, least);
    const size_t again = length_there_already(inquiry, completion);
    if (again > 0) {
      left -= probability_of(other, again);
      branches.found(*branch, line_of(other, *branch, again));
    } else if (!completion.text.empty() &&
               std::exp(completion.log_probability.value_or(0)) >= least * left) {
      return told(std::move(completion), inquiry, other);
    }
  }
  return told(silent(inquiry.input, already_there), inquiry, filled);
}

}  // namespace

Result<std::optional<Completion>> complete(const CompletionInput& input, context::Anchor& anchor,
                                           context::BufferCache& buffers,
                                           engine::session::Engine& engine, std::stop_token stop) {
  Scene scene = scene_of(input);
  if (std::string why = why_not(input, scene); !why.empty()) {
    return std::optional(silent(input, std::move(why)));
  }
  Inquiry inquiry = inquire(input, std::move(scene), anchor, engine);
  const double least = input.least_probability.value_or(least_probability(input.trigger));
  std::optional<Filled> filled = ask_elsewhere(inquiry, 0, least, stop);
  if (!filled) filled = ask_engine(inquiry, {}, least, buffers, engine, stop);
  if (filled->outcome.reason == EndReason::error) {
    return engine::base::Error{filled->outcome.error};
  }
  if (stop.stop_requested()) return std::optional<Completion>();
  Completion completion = completion_of(inquiry, *filled, least);
  const size_t known = length_there_already(inquiry, completion);
  if (known == 0) return std::optional(told(std::move(completion), inquiry, *filled));
  if (filled->elsewhere) return std::optional(silent(input, already_there));
  return std::optional(instead_of(inquiry, *filled, known, least, buffers, engine, stop));
}

}  // namespace lsp::features
