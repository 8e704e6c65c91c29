// The steps of a suggestion, for complete() and completions(), which go through them once or
// several times (completion.h).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/features/branches.h"
#include "lsp/features/completion.h"
#include "lsp/features/settle.h"

namespace lsp::features {

using Clock = std::chrono::steady_clock;

// One question: what it is about, and how the engine is asked.
struct Inquiry {
  const CompletionInput& input;
  Scene scene;
  context::PromptInput prompt_input;  // of it, `others` are what the memory reads
  context::Prompt prompt;
  context::EncodedPrompt encoded;
  std::vector<context::OpenText> held;  // what `others` may be of
  std::shared_ptr<const engine::decode::memory::Buffers> buffers = {};
};

// What came, and who has said it.
struct Filled {
  Collector collector;
  engine::session::Outcome outcome = {};
  bool elsewhere = false;
  double log_before = 0;  // log-probability of what the collector takes for granted
  double engine_ms = 0;
};

// Empty, with the reason.
Completion silent(const CompletionInput& input, std::string why);

Scene scene_of(const CompletionInput& input);
// Why there is none, whatever the model would say; empty where it is asked.
std::string why_not(const CompletionInput& input, const Scene& scene);
Inquiry inquire(const CompletionInput& input, Scene scene, context::Anchor& anchor,
                const engine::session::Engine& engine);

// Nothing where it does not answer. It gives no probabilities: what it says counts as sure. `draw`
// as Gap has it.
std::optional<Filled> ask_elsewhere(const Inquiry& inquiry, int draw, double least,
                                    std::stop_token stop,
                                    Clock::time_point until = Clock::time_point::max());
// The line that is likeliest from there. A branch's own pieces are taken for granted, and so is
// that it goes on in none of the ways that are known.
Filled ask_engine(Inquiry& inquiry, const Branch& from, double least, context::BufferCache& buffers,
                  engine::session::Engine& engine, std::stop_token stop,
                  Clock::time_point until = Clock::time_point::max());

// What of it is worth showing.
Completion completion_of(const Inquiry& inquiry, const Filled& filled, double least);
// How much of what it inserts says what is there already; see redefinition.h.
size_t length_there_already(const Inquiry& inquiry, const Completion& completion);
inline constexpr const char* already_there =
    "what the model would define or import is there already";

// The pieces of the first line, up to those that hold the first bytes shown; 0: all. At their own
// probabilities, not at those that are left once the branch is taken for granted.
std::vector<ScoredPiece> line_of(const Filled& filled, const Branch& from, size_t shown_bytes);

// With what it was made of.
Completion told(Completion completion, const Inquiry& inquiry, const Filled& filled);

}  // namespace lsp::features
