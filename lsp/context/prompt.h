// The best prompt within a token budget, and the list of what went into it and why.
//
// The anchored prompt: the text before the cursor is cut at the *anchor*, the start of the line
// where the user began to type. The model sees
//
//   fim_begin  preamble  prefix (up to the anchor)  fim_hole  suffix (from the cursor)  fim_end
//   typed
//
// (fim_hole and the suffix in front of the others, for models that were trained so: Seed-Coder,
// Mellum), so that typing only appends: all tokens before `typed` stay the same, and with them the
// engine's cache. The anchor stays while the user types forward (or takes back what was typed), up
// to 30 lines; the prompt is anchored anew when the cursor goes elsewhere or when the text before
// the anchor or after the cursor changes. What stands right of the cursor belongs to the suffix.
//
// `prefix + typed + suffix` is a window of the document, exactly; its two outer ends are starts of
// lines, where lines are not longer than the budget. The start of the window moves in steps of a
// quarter of the prefix's budget, so that scrolling and moving on mostly keep the cache as well.
//
// The form is the one that the default model was trained on: engine/training/README.md.
//
// Thread safety: free functions over immutable snapshots. An Anchor belongs to one document and to
// one request at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/tokenizer/tokenizer.h"
#include "lsp/syntax/tree.h"
#include "lsp/text/document.h"

namespace lsp::context {

using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;

// Something that went into a prompt; for "why this?".
struct Source {
  std::string what;  // "this file, lines 12 to 40", "util.py, lines 3 to 17"
  std::string why;   // "before the cursor", "imports", "shares 14 names with the text here"
  int tokens;
};

// Lines of a document that its reader has to do with now, wherever the cursor is.
struct Attended {
  enum class Kind { edited, visible };
  Kind kind;
  size_t first_line;  // from 0; lines past the document's end do not count
  size_t last_line;   // inclusive
};

// What another tool reports of a line: an error, a warning.
struct Diagnostic {
  size_t line;  // from 0
  std::string message;
};

// An open buffer. Without a tree (a language without a grammar, a file too large to parse) nothing
// is known but the text.
struct OpenText {
  std::shared_ptr<const text::Document> document;
  std::shared_ptr<const syntax::Tree> tree;  // of this very snapshot, or null
  std::string path;                          // as prompts name it: relative to the workspace
  std::string why = "open in the editor";    // where it is not the document itself
  std::vector<Attended> attended = {};       // the latest first
};

// How something is declared that is used around the cursor.
struct Signature {
  std::string path;  // of the file that declares it
  syntax::Language language;
  std::string name;
  std::string text;  // one line: "def area(self, width)"
  std::string why;
};

struct PromptInput {
  OpenText here;
  size_t cursor;                     // bytes
  std::span<const OpenText> others;  // the most recently used first
  int budget_tokens;                 // of the prompt; see prompt_budget; ≥ 64
  std::span<const Signature> signatures = {};
  // Of the budget, for signatures and excerpts of other files even where this one would fill it.
  int tokens_for_others = 0;
  std::span<const Diagnostic> diagnostics = {};  // of `here`
};

// The tokens of a prompt for a model of that context which may generate that many: what is left of
// the context, half of it where that is more (then less is generated), but no more than people wait
// for when a prompt has to be computed anew, as after a jump or a change of file.
int prompt_budget(int context_tokens, int generated_tokens);

// What a prompt for a model of that context sets aside for others. Nothing where the context is
// short: small models gain more from the file at hand.
int tokens_for_others(int context_tokens);

struct Prompt {
  // Excerpts of other files, path and language of this one, and of what the window cuts off its
  // imports and the first lines of the definitions around the cursor. No part of the window.
  std::string preamble;
  std::string prefix;
  std::string suffix;
  std::string typed;  // between the anchor and the cursor
  std::vector<Source> sources;
};

// Where the prompt of a document is anchored, and everything in it that typing does not change.
// The caller keeps one for each document between requests; an empty one is always right.
class Anchor {
 public:
  size_t offset() const { return offset_; }  // bytes

 private:
  friend class PromptBuilder;
  bool set_ = false;
  int budget_tokens_ = 0;
  size_t window_begin_ = 0;  // bytes; `fixed_.prefix` is the text from here to offset_
  size_t offset_ = 0;
  bool ends_document_ = false;  // whether `fixed_.suffix` reaches the document's end
  int room_for_typed_ = 0;      // tokens
  Prompt fixed_;                // all but `typed`
  // The excerpts in the preamble stay while the cursor stays near where they were chosen.
  size_t excerpts_line_ = 0;
  std::vector<std::string> excerpt_paths_;
  std::string excerpts_;
  std::vector<Source> excerpt_sources_;
};

Prompt build_prompt(const PromptInput& input, const Tokenizer& tokenizer, Anchor& anchor);

// Whether the last token or two of what was typed go to the engine as bytes that the generated text
// must begin with, since a half-typed word is seldom a token: `pri` is none of the tokens of
// `print`. For models that were not trained on splits at any character.
enum class Healing { off, last_tokens };

struct EncodedPrompt {
  std::vector<Token> tokens;
  std::string healed;  // the tail of `typed` that is not in `tokens`; for session::Request::typed
};

// Text of files is always encoded literally, so that a file cannot forge a prompt. A model without
// FIM tokens gets preamble, prefix and typed, and no suffix. The first text that stands before the
// gap begins as whole texts do (Tokenizer::text_start); no other part does. With any tokenizer, and
// never past the budget that the prompt was built for.
EncodedPrompt encode(const Prompt& prompt, const Tokenizer& tokenizer, Healing healing);

}  // namespace lsp::context
