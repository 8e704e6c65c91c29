#include "lsp/features/debug/smaller.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "lsp/features/debug/diff.h"

namespace lsp::features::debug {
namespace {

constexpr size_t most_words = 400, most_places = 8;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    while (is_word(text[at]) && end < text.size() && is_word(text[end])) ++end;
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// Where two texts differ, and what both have behind that.
struct Place {
  std::string before, after;
  std::string behind;
};

// By the longest common subsequence. The first may be where they are alike, with nothing in it.
std::vector<Place> places_of(const std::vector<std::string_view>& before,
                             const std::vector<std::string_view>& after) {
  if (before.size() > most_words || after.size() > most_words) return {};
  const size_t columns = after.size() + 1;
  std::vector<size_t> length((before.size() + 1) * columns, 0);  // from two places to the ends
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = after.size(); j-- > 0;) {
      const size_t at = i * columns + j;
      length[at] = before[i] == after[j] ? length[at + columns + 1] + 1
                                         : std::max(length[at + columns], length[at + 1]);
    }
  }
  std::vector<Place> places(1);
  for (size_t i = 0, j = 0; i < before.size() || j < after.size();) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      places.back().behind += before[i];
      ++i, ++j;
      continue;
    }
    if (!places.back().behind.empty()) places.emplace_back();
    const size_t at = i * columns + j;
    const bool gone =
        j == after.size() || (i < before.size() && length[at + columns] >= length[at + 1]);
    if (gone) {
      places.back().before += before[i++];
    } else {
      places.back().after += after[j++];
    }
  }
  return places;
}

}  // namespace

std::string second_step_alone(const std::string& original, const std::string& between,
                              const std::string& fixed) {
  const Differing first = differing(original, between), second = differing(between, fixed);
  const std::string made = fixed.substr(second.begin, second.after_end - second.begin);
  if (second.before_end <= first.begin) {
    return original.substr(0, second.begin) + made + original.substr(second.before_end);
  }
  if (second.begin < first.after_end) return "";
  const auto moved = [&](size_t at) { return at - first.after_end + first.before_end; };
  return original.substr(0, moved(second.begin)) + made + original.substr(moved(second.before_end));
}

std::vector<std::string> with_one_place_less(const std::string& original,
                                             const std::string& fixed) {
  Differing part = differing(original, fixed);
  // Not within a word.
  while (part.begin > 0 && is_word(original[part.begin - 1])) --part.begin;
  while (part.before_end < original.size() && is_word(original[part.before_end])) {
    ++part.before_end, ++part.after_end;
  }
  const std::vector<Place> places = places_of(
      words_of(std::string_view(original).substr(part.begin, part.before_end - part.begin)),
      words_of(std::string_view(fixed).substr(part.begin, part.after_end - part.begin)));
  if (places.size() < 2 || places.size() > most_places) return {};
  std::vector<std::string> made;
  for (size_t left_out = 0; left_out < places.size(); ++left_out) {
    std::string text = original.substr(0, part.begin);
    for (size_t i = 0; i < places.size(); ++i) {
      text += (i == left_out ? places[i].before : places[i].after) + places[i].behind;
    }
    made.push_back(text + original.substr(part.before_end));
  }
  return made;
}

}  // namespace lsp::features::debug
