#include "lsp/features/solve/sentences.h"

#include <algorithm>
#include <vector>

namespace lsp::features::solve {
namespace {

using text::Sentence;
using text::Tongue;

std::string_view english_of(const Sentence& sentence) {
  return sentence[static_cast<size_t>(Tongue::english)];
}

// How much of it is no value: of two that a text may be, the one that says more is meant.
size_t words_in(const Sentence& sentence) {
  size_t words = 0, depth = 0;
  for (const char c : english_of(sentence)) {
    if (c == '{') ++depth;
    if (depth == 0) ++words;
    if (c == '}') --depth;
  }
  return words;
}

const std::vector<Sentence>& all_sentences() {
  static const std::vector<Sentence> sentences = [] {
    std::vector<Sentence> all;
    for (const auto& some : {sentences_of_numbers(), sentences_of_calculus(),
                             sentences_of_equations(), sentences_of_reading()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    std::stable_sort(all.begin(), all.end(), [](const Sentence& a, const Sentence& b) {
      return words_in(a) > words_in(b);
    });
    return all;
  }();
  return sentences;
}

}  // namespace

std::string said_in(Tongue tongue, std::string_view english) {
  if (tongue == Tongue::english) return std::string(english);
  return text::clauses_in(tongue, english, all_sentences(), all_sentences());
}

std::string with_colon(const Sentence& what, Tongue tongue) {
  static constexpr Sentence colon = {": ", "：", " : ", ": "};
  return said(what, tongue) + said(colon, tongue);
}

}  // namespace lsp::features::solve
