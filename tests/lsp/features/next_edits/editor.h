// A document that is edited, and what is proposed then.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "lsp/features/next_edits/next_edits.h"
#include "tests/support/catch.h"

namespace next_edits_test {

namespace text = lsp::text;
using lsp::features::next_edits::may_have_next;
using lsp::features::next_edits::next_edits;
using lsp::features::next_edits::NextEdits;

// A document that somebody edits: words by keystrokes, lines at once, as a paste comes.
class Editor {
 public:
  Editor(std::string language, std::string content)
      : document_("file:///a", std::move(language), 1, std::move(content)) {}

  void replace(size_t at, const std::string& old, const std::string& now) {
    if (now.find('\n') != std::string::npos) return change({at, at + old.size()}, now);
    for (size_t left = old.size(); left > 0; --left) change({at + left - 1, at + left}, "");
    for (size_t i = 0; i < now.size(); ++i) change({at + i, at + i}, now.substr(i, 1));
  }

  void whole(size_t at, const std::string& old, const std::string& now) {
    change({at, at + old.size()}, now);
  }

  NextEdits next() const {
    const auto now = std::make_shared<const text::Document>(document_);
    NextEdits found = next_edits(now, history_);
    if (!found.edits.empty()) CHECK(may_have_next(*now, history_));
    return found;
  }
  // With all that comes next.
  std::string all() const {
    NextEdits found = next();
    std::string result(document_.text());
    for (auto edit = found.edits.rbegin(); edit != found.edits.rend(); ++edit) {
      result.replace(edit->range.begin, edit->range.end - edit->range.begin, edit->text);
    }
    return result;
  }
  std::string content() const { return std::string(document_.text()); }

 private:
  void change(text::Range range, const std::string& now) {
    history_.change(document_.text(), range, now);
    document_.apply(range, now, document_.version() + 1);
  }
  text::Document document_;
  text::History history_;
};

struct Marked {
  std::string content;
  struct Change {
    size_t at;
    std::string old;
    std::string now;
  };
  std::vector<Change> changes;
};

// `«old|new»` is a change, made in the order of the text.
inline Marked read(const std::string& marked) {
  const std::string open = "«";
  const std::string close = "»";
  Marked result;
  size_t at = 0;
  for (size_t begin = marked.find(open); begin != std::string::npos;
       begin = marked.find(open, at)) {
    result.content += marked.substr(at, begin - at);
    const size_t bar = marked.find('|', begin);
    const size_t end = marked.find(close, begin);
    const std::string old = marked.substr(begin + open.size(), bar - begin - open.size());
    result.changes.push_back({result.content.size(), old, marked.substr(bar + 1, end - bar - 1)});
    result.content += old;
    at = end + close.size();
  }
  result.content += marked.substr(at);
  return result;
}

inline Editor edited(const std::string& language, const std::string& marked) {
  const Marked read_text = read(marked);
  Editor editor(language, read_text.content);
  ptrdiff_t moved = 0;
  for (const auto& [at, old, now] : read_text.changes) {
    editor.replace(static_cast<size_t>(static_cast<ptrdiff_t>(at) + moved), old, now);
    moved += static_cast<ptrdiff_t>(now.size()) - static_cast<ptrdiff_t>(old.size());
  }
  return editor;
}

inline void check_next(const std::string& language, const std::string& marked,
                       const std::string& expected) {
  INFO(marked);
  CHECK(edited(language, marked).all() == expected);
}

inline void check_nothing(const std::string& language, const std::string& marked) {
  const Editor editor = edited(language, marked);
  INFO(marked);
  CHECK(editor.all() == editor.content());
}

}  // namespace next_edits_test
