// What a text's user changed lately, as one would tell it: not keystrokes, but what stood at a
// place before the typing there began, and what stands there now.
//
// Belongs to whoever owns the text that is synchronised; a copy may go to another thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/text/document.h"

namespace lsp::text {

// Bytes of the text as it is now.
struct Hunk {
  Range range;
  std::string before;  // what stood there
  size_t order = 0;    // of its last change; later ones are larger
};

// Text that was put in, by typing or at once.
struct Fresh {
  Range range;
  size_t order;
};

class History {
 public:
  // `text`, as it is before, is about to be changed so.
  void change(std::string_view text, Range range, std::string_view replacement);

  // The latest last. Small ones only, and none of several lines. A change that was taken back is
  // still among them: its text is what it was before.
  const std::vector<Hunk>& hunks() const { return hunks_; }
  // Lines that were put in at once, as those that are pasted, and not long ago. The latest last.
  const std::vector<Range>& blocks() const { return blocks_; }
  // The latest pieces of text that were put in, whatever their size.
  const std::vector<Fresh>& fresh() const { return fresh_; }
  // Of the last change. What is typed at one place has one.
  size_t order() const { return order_; }

 private:
  struct Typing {
    size_t cursor;  // where it has come to
    bool is_hunk;   // the last of hunks_ is what it has made so far
  };
  bool goes_on(std::string_view text, Range range) const;
  std::vector<Hunk> take_touched(std::string_view text, Range range, std::string_view replacement);
  void move(Range range, size_t replaced_by);
  void forget_one(std::string_view text);
  void add_fresh(Range range);

  std::vector<Hunk> hunks_;
  std::vector<Range> blocks_;
  std::vector<Fresh> fresh_;
  std::optional<Typing> typing_;
  size_t order_ = 0;
};

}  // namespace lsp::text
