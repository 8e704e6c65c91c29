// The suggestion that an editor shows in each document, as far as the edits that follow tell:
// editors say neither that they show one nor that it was accepted.
//
// Typing what is shown goes on with the same suggestion, so that it neither flickers nor costs
// anything. Belongs to the loop's thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/server/model.h"
#include "lsp/server/usage.h"

namespace lsp::server {

// How an edit was made: by strokes of one character each, of which an editor may send several at
// once (Neovim waits for up to 150 ms), or by what is put in at one go.
enum class Edit { strokes, one_go };

class Shown {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Shown(std::shared_ptr<Usage> usage) : usage_(std::move(usage)) {}

  // `answer` and its others, which the editor shows in turn as its user likes, have a text each,
  // and offsets of this document.
  void show(Snapshot document, size_t cursor, const Answer& answer, double ms);
  // What could stand in place of what is shown, and is better: where it goes on with what was typed
  // it is what is asked for next. `text` stands in the same range; nothing for what is gone.
  void better(const std::string& uri, std::string text);
  // The suggestion for the document as it is now, where all that has happened since it was shown is
  // that its beginning was typed at the cursor. The better one from now on, where there is one.
  struct GoesOn {
    Answer answer;
    bool is_better;  // than what was shown until now
  };
  std::optional<GoesOn> goes_on(const text::Document& now, size_t cursor);
  // The same for who asks for others by a key: also where nothing has been typed since.
  std::optional<Answer> still(const text::Document& now, size_t cursor) const;
  // Whether the document, as it was after the last edit, still shows one.
  bool shows(const std::string& uri) const { return shown_.contains(uri); }
  // After each edit, and before a document is closed. The place among those that were shown (the
  // answer 0, the first of its others 1) of the one that the text goes on with; nothing where it
  // goes on with none.
  std::optional<size_t> changed(const text::Document& now, Edit edit,
                                Clock::time_point time = Clock::now());
  void closed(const text::Document& last);

 private:
  struct Suggestion {
    Snapshot document;  // as it was
    size_t cursor;
    std::vector<Answer> answers;  // one at least
    size_t at = 0;                // of them: the one that the text goes on with
    size_t there = 0;             // bytes of its missing part that stand in the document
    size_t accepted = 0;          // characters of them, put in several at once
    // The one that stands there whole, where another goes on behind it.
    std::optional<size_t> whole = {};
    std::string better = {};  // in place of the first answer's text; empty: nothing is known

    const Answer& answer() const { return answers[at]; }
    std::string_view missing(size_t which) const;
  };
  struct Accepted {
    std::string uri;
    std::string text;
    Clock::time_point time;
  };
  // How much of one stands in the document: bytes of its missing part, and brackets and quotes
  // behind them that the editor has closed by itself.
  struct There {
    size_t bytes;
    size_t closed = 0;
  };
  static std::optional<There> there_of(const Suggestion& shown, size_t which,
                                       const text::Document& now);
  static std::optional<There> follow(Suggestion& shown, const text::Document& now);
  static std::optional<Answer> rest_of(const Suggestion& shown, const text::Document& now,
                                       size_t cursor);
  static bool take_better(Suggestion& shown, const text::Document& now);
  void end(const std::string& uri, Clock::time_point time);
  void look_again(const text::Document& now, Clock::time_point time);

  std::shared_ptr<Usage> usage_;
  std::map<std::string, Suggestion> shown_;  // by uri
  std::vector<Accepted> accepted_;           // to be looked for again
};

}  // namespace lsp::server
