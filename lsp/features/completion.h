// Inline completion: from a snapshot and a cursor to the one text worth showing, or to silence.
//
// A free function that blocks its worker thread; it holds no state between calls (what is worth
// keeping lives in the engine's prefix cache and in what the caller keeps for each document).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/session/engine.h"
#include "lsp/context/buffers.h"
#include "lsp/context/prompt.h"
#include "lsp/context/workspace.h"
#include "lsp/features/settle.h"
#include "lsp/text/document.h"

namespace lsp::features {

// The item that is selected in the editor's completion menu: what it would insert, and what that
// replaces (in bytes, on the cursor's line, before the cursor).
struct SelectedItem {
  std::string text;
  text::Range range;
};

// Whether the engine has a memory, which reads other documents.
enum class Memory { none, reads_others };

enum class Trigger { automatic, invoked };

// Whether there are suggestions inside comments that nobody asked for.
enum class Comments { leave, complete };

// How likely a suggestion must be right to be shown. One that is wrong more often costs its reader
// more than it saves; who asks by a key is willing to read a bolder guess.
double least_probability(Trigger trigger);

// How a suggestion's first line is searched for: one that is as likely as that as a whole. More
// ways on than two found no more lines of held-out projects.
engine::session::Search line_search(double least_probability);

struct Gap {
  std::string before, after;
  int max_tokens;
  int draw = 0;  // 0: what is likeliest; each other number something that is likely
};

// Another model that fills the gap at the cursor, somewhere else: from the text before and after
// it, as far as the prompt has it. Streams; `on_text` returns false where enough has come. An error
// where it does not answer: then the engine is asked at once. Several threads may call it.
struct Elsewhere {
  std::string name;
  std::function<engine::base::Result<engine::session::Outcome>(
      const Gap& gap, const std::function<bool(std::string_view)>& on_text, std::stop_token stop)>
      fill;
};

struct CompletionInput {
  context::OpenText here;
  size_t cursor;                              // bytes
  std::span<const context::OpenText> others;  // the most recently used first
  std::span<const context::Diagnostic> diagnostics = {};
  const context::Related* related = nullptr;  // of the workspace; null: nothing is known of it
  std::optional<SelectedItem> selected;
  Memory memory = Memory::reads_others;
  Trigger trigger = Trigger::automatic;
  std::optional<double> least_probability;  // where the user's habits say more than the trigger
  Extent extent = Extent::block;
  Comments comments = Comments::leave;
  engine::session::Priority priority = engine::session::Priority::keystroke;
  int max_tokens = 64;
  // For what is far from the cursor; see BufferCache::buffers.
  context::BufferCache::Patience index_patience = context::BufferCache::Patience::max();
  const Elsewhere* elsewhere = nullptr;  // null: the engine alone
};

// The experts that a token was made with, of each layer that has some.
struct TokenExperts {
  std::string token;  // bytes that are no characters as \xNN
  std::vector<std::vector<int16_t>> layers;
};

struct Completion {
  std::string text;     // replaces `range`; begins with what stands there before the cursor
  text::Range range{};  // in bytes, within the cursor's line
  std::string silence;  // why there is no text, where there is none
  // Of the whole text shown; nothing where neither model nor memory has said it.
  std::optional<double> log_probability = {};
  // The same by the model alone; nothing where no memory has its say.
  std::optional<double> model_log_probability = {};
  engine::session::Outcome outcome;
  double engine_ms = 0;                  // what the engine took, from the request to its end
  double others_ms = 0;                  // what others that were wanted took, of the first
  std::vector<context::Source> context;  // what went into the prompt, and why
  std::vector<TokenExperts> experts;     // of the tokens shown; empty without experts
};

// Without a text where silence is better; nothing when stopped; an error when the engine fails.
engine::base::Result<std::optional<Completion>> complete(const CompletionInput& input,
                                                         context::Anchor& anchor,
                                                         context::BufferCache& buffers,
                                                         engine::session::Engine& engine,
                                                         std::stop_token stop);

// For who asks by a key: up to `most` that differ, the best first. The first is complete()'s where
// nobody has asked, if there is one; else the bolder guess of who has. None when stopped; a single
// one without a text where silence is better.
engine::base::Result<std::vector<Completion>> completions(const CompletionInput& input, size_t most,
                                                          context::Anchor& anchor,
                                                          context::BufferCache& buffers,
                                                          engine::session::Engine& engine,
                                                          std::stop_token stop);

}  // namespace lsp::features
