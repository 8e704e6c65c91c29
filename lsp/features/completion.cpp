// The way of a suggestion: complete() asks for a prompt and the engine for its continuation; a
// Collector takes the stream until nothing more would be shown; settle() cuts what came to what is
// sure, complete and not there already; and a name that nothing defines (names.h) may cost it the
// rest. Each step (inquiry.h) that leaves nothing says why, since people ask.
#include "lsp/features/completion.h"

#include <utility>

#include "lsp/features/inquiry.h"

namespace lsp::features {

using engine::base::Result;
using engine::session::EndReason;

double least_probability(Trigger trigger) { return trigger == Trigger::automatic ? 0.25 : 0.05; }

engine::session::Search line_search(double least_probability) {
  return {.width = 2, .least_probability = static_cast<float>(least_probability)};
}

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
  return std::optional(told(completion_of(inquiry, *filled, least), inquiry, *filled));
}

}  // namespace lsp::features
