// What of a text that was generated at the cursor is worth inserting there: cut to what is sure,
// complete and not there already.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/session/engine.h"
#include "lsp/context/prompt.h"
#include "lsp/features/trim.h"
#include "lsp/syntax/language.h"

namespace lsp::features {

// Whether a suggestion may go on after the cursor's line.
enum class Extent { line, block };

// Fewer characters than this are typed faster than read.
inline constexpr size_t least_characters = 2;

// The document as the editor shows it, with the completion menu's selected item in place.
struct Scene {
  context::OpenText text;
  size_t cursor;
  std::string_view line_before;  // of the cursor's line, up to the cursor
  std::string_view line_after;   // the rest of that line
  std::string_view following;    // the lines after it
  std::string_view before;       // all of the text up to the cursor
  std::optional<syntax::Language> language;
};

// Collects the stream without the healed bytes it begins with, and decides when enough has come.
class Collector {
 public:
  Collector(const Scene& scene, Extent extent, size_t healed_bytes, double least);

  // False when nothing that could still come would be shown.
  bool take(const engine::session::Piece& piece);

  const std::vector<ScoredPiece>& pieces() const { return pieces_; }
  // Whether even the first of what was collected is too unlikely.
  bool unsure() const {
    return !pieces_.empty() && pieces_.front().log_probability < least_log_probability_;
  }
  // What was collected: of one line alone, where no more is wanted.
  std::string text() const { return one_line_ ? text_.substr(0, text_.find('\n')) : text_; }

 private:
  bool complete() const;

  std::string_view line_before_;
  bool one_line_;
  size_t to_skip_;
  double least_log_probability_;
  double log_probability_ = 0;
  std::string text_;
  std::vector<ScoredPiece> pieces_;
};

// Whether a text behind `line_before` may be cut at that length: not within a string that it has
// opened itself, which would leave a quote without its partner. Where a line ends, its author has
// ended it; what is prose or unknown has apostrophes.
bool may_be_cut(std::string_view line_before, std::optional<syntax::Language> language,
                std::string_view text, size_t length);

struct Settled {
  Fitted fitted;
  std::string silence;  // why the text is empty, where it is
};

// What is worth inserting at the cursor.
Settled settle(const Scene& scene, const Collector& collector, engine::session::EndReason end,
               double least);

}  // namespace lsp::features
