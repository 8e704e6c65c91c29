#include "lsp/bench/typing.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "lsp/text/word.h"

namespace lsp::bench {
namespace {

constexpr size_t least_accepted = 2;  // characters

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Blanks, and then a word or a run of other marks.
std::string_view first_word(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && is_blank(text[end])) ++end;
  if (end == text.size()) return text;
  const bool word = text::is_word(text[end]);
  while (end < text.size() && !is_blank(text[end]) && text::is_word(text[end]) == word) ++end;
  return text.substr(0, end);
}

class Writer {
 public:
  Writer(const Passage& passage, Contestant& contestant)
      : passage_(passage), contestant_(contestant), text_(passage.file->text) {}

  engine::base::Result<size_t> keys(Accept accept) {
    size_t keys = 0;
    std::string_view suggestion;
    bool foreseen = false;
    for (size_t at = skip_indentation(passage_.begin); at < passage_.end;) {
      if (text_[at] == '\n') {
        at = skip_indentation(at + 1);
        ++keys;
        foreseen = false;
        continue;
      }
      if (!foreseen) {
        const auto asked = suggest(at);
        if (!asked) return asked.error();
        suggestion = accept == Accept::whole ? (*asked)->shown : (*asked)->text;
      }
      const std::string_view accepted =
          accept == Accept::whole ? suggestion : first_word(suggestion);
      const std::string_view left = text_.substr(at, passage_.end - at);
      size_t taken = 1;
      if (accepted.size() >= least_accepted && left.starts_with(accepted)) taken = accepted.size();
      ++keys;
      // A space that an accepted line lacks at its end is typed like anything else.
      foreseen = suggestion.size() > taken && suggestion.substr(0, taken) == left.substr(0, taken);
      if (foreseen) suggestion.remove_prefix(taken);
      at += taken;
    }
    return keys;
  }

  size_t characters() const {
    size_t count = 0;
    for (size_t at = skip_indentation(passage_.begin); at < passage_.end; ++count) {
      at = text_[at] == '\n' ? skip_indentation(at + 1) : at + 1;
    }
    return count;
  }

  const std::vector<double>& ms() const { return ms_; }

 private:
  size_t skip_indentation(size_t at) const {
    while (at < passage_.end && is_blank(text_[at])) ++at;
    return at;
  }

  // The same cursor gets the same suggestion, whichever way it is accepted.
  engine::base::Result<const Guess*> suggest(size_t at) {
    const auto known = suggestions_.find(at);
    if (known != suggestions_.end()) return &known->second;
    auto guess = contestant_.guess(*passage_.file, text_.substr(0, at), text_.substr(passage_.end));
    if (!guess) return guess.error();
    ms_.push_back(guess->ms);
    return &(suggestions_[at] = std::move(*guess));
  }

  const Passage& passage_;
  Contestant& contestant_;
  std::string_view text_;
  std::map<size_t, Guess> suggestions_;
  std::vector<double> ms_;
};

}  // namespace

engine::base::Result<Typed> type(const Passage& passage, Contestant& contestant) {
  Writer writer(passage, contestant);
  Typed typed;
  typed.characters = writer.characters();
  const auto whole = writer.keys(Accept::whole);
  if (!whole) return whole.error();
  const auto word = writer.keys(Accept::word);
  if (!word) return word.error();
  typed.keys_whole = *whole;
  typed.keys_word = *word;
  typed.ms = writer.ms();
  return typed;
}

}  // namespace lsp::bench
