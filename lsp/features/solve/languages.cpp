// Words are replaced, the longest first, and the few places where the order of words differs are
// put into English order. Accents are folded before, since many leave them out. Words such as "de"
// and "von" are replaced only beside a word of mathematics in their language.
#include "lsp/features/solve/languages.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <vector>

#include "engine/base/format.h"
#include "lsp/features/solve/language_tables.h"
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;

const std::array<Language, 3>& languages() {
  static const std::array<Language, 3> all{german(), french(), chinese()};
  return all;
}

// Letters without what stands on them, and signs of full width as ASCII has them.
constexpr Word folds[] = {
    {"ä", "a"},   {"ö", "o"},  {"ü", "u"},  {"Ä", "a"},  {"Ö", "o"},  {"Ü", "u"},  {"ß", "ss"},
    {"é", "e"},   {"è", "e"},  {"ê", "e"},  {"É", "e"},  {"î", "i"},  {"ï", "i"},  {"ô", "o"},
    {"ù", "u"},   {"û", "u"},  {"ç", "c"},  {"â", "a"},  {"À", "à"},  {"’", "'"},  {"，", ", "},
    {"；", "; "}, {"：", ":"}, {"（", "("}, {"）", ")"}, {"＝", "="}, {"＋", "+"}, {"、", ", "},
    {"。", ""},   {"？", "?"}, {"－", "-"}, {"［", "["}, {"］", "]"}, {"　", " "}};

std::string folded(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const auto* fold = std::find_if(std::begin(folds), std::end(folds), [&](const Word& each) {
      return text.starts_with(each.foreign);
    });
    const bool found = fold != std::end(folds);
    all += found ? fold->english : text.substr(0, 1);
    text.remove_prefix(found ? fold->foreign.size() : 1);
  }
  return all;
}

// Whether the word stands at this place: whole, where words stand between spaces.
bool stands(std::string_view text, size_t at, std::string_view word, bool whole) {
  if (text.size() - at < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[at + i])) !=
        std::tolower(static_cast<unsigned char>(word[i]))) {
      return false;
    }
  }
  if (!whole) return true;
  const size_t end = at + word.size();
  return (at == 0 || !is_letter(text[at - 1]) || !is_letter(word[0])) &&
         (end == text.size() || !is_letter(text[end]) || !is_letter(word.back()));
}

const Word* longest_at(std::span<const Word> words, std::string_view text, size_t at, bool whole) {
  const Word* best = nullptr;
  for (const Word& each : words) {
    if (best != nullptr && best->foreign.size() >= each.foreign.size()) continue;
    if (stands(text, at, each.foreign, whole)) best = &each;
  }
  return best;
}

// Words that are English as well do not say which language it is.
bool is_english_too(std::string_view word) {
  constexpr std::string_view words[] = {
      "equation", "surface", "plus",      "minus", "modulo", "minute",    "radius",    "liter",
      "litre",    "litres",  "meter",     "metre", "metres", "kilometer", "kilometre", "kilometres",
      "tonnes",   "decimal", "factorise", "tag",   "derive", "secondes"};
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

int terms_of(const Language& language, std::string_view text) {
  int found = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const Word* word = longest_at(language.terms, text, at, language.spaces);
    found += word != nullptr && !is_english_too(word->foreign);
  }
  return found;
}

// "de 0 à 3" and "von 0 bis 3" begin a range; other "de" and "von" do not.
bool begins_range(std::string_view rest) {
  for (const auto& [from, to] : {std::pair{" de ", " à "}, std::pair{" von ", " bis "}}) {
    const size_t end = rest.find(to);
    if (end != std::string_view::npos && rest.substr(0, end).find(from) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// "en x = 2" is a place, "en miles" a unit; "nach" says for what is solved, or over what.
std::string link(const Word& word, std::string_view rest, std::string_view before) {
  const bool of = word.foreign == "de" || word.foreign == "von";
  if (of && begins_range(rest)) return "from";
  const size_t sign = rest.find('=');
  if (word.foreign == "en" && sign != std::string_view::npos && sign < 5) return "at";
  if (word.foreign == "a" || word.foreign == "nach") {
    return before.find("solve") != std::string_view::npos ? "for" : "with respect to";
  }
  return std::string(word.english);
}

std::string replaced(const Language& language, std::string_view text) {
  static constexpr Word over[] = {{"nach", ""}};
  std::string all;
  for (size_t at = 0; at < text.size();) {
    const Word* best = nullptr;
    for (const std::span<const Word> words :
         {std::span<const Word>(language.terms), std::span<const Word>(language.links),
          std::span<const Word>(over)}) {
      const Word* found = longest_at(words, text, at, language.spaces);
      if (found != nullptr && (best == nullptr || found->foreign.size() > best->foreign.size())) {
        best = found;
      }
    }
    if (best == nullptr) {
      all += text[at++];
      continue;
    }
    at += best->foreign.size();
    const std::string english = link(*best, text.substr(at), all);
    all += language.spaces ? english : concat(" ", english, " ");
  }
  return all;
}

// What is said of a number behind it becomes a sign: 7的平方, 2的10次方, 30的一半, 百分之20.
std::string with_signs(std::string text) {
  static constexpr Word signs[] = {
      {"的平方", "^2 "},     {"的立方", "^3 "},         {"的一半", "/2 "}, {"的三分之一", "/3 "},
      {"的四分之一", "/4 "}, {"的两倍", "*2 "},         {"的二倍", "*2 "}, {"的三倍", "*3 "},
      {"的倒数", "^(-1) "},  {"的和", " sum_of_range "}};
  const auto replace = [&](size_t at, size_t size, std::string_view with) {
    text = concat(text.substr(0, at), with, text.substr(at + size));
  };
  for (const auto& [foreign, sign] : signs) {
    const size_t at = text.find(foreign);
    if (at == std::string::npos || text.substr(at + foreign.size()).starts_with("根")) continue;
    replace(at, foreign.size(), sign);
  }
  constexpr std::string_view range = "的和", ask = "的百分之几", into = "等于多少";
  if (text.ends_with(range) && text.find("到") != std::string::npos) {
    text = concat("sum from ", text.substr(0, text.size() - range.size()));
  }
  const size_t is = text.find("是");
  if (text.ends_with(ask) && is != std::string::npos) {
    const std::string whole = text.substr(0, text.size() - ask.size());
    text = concat(whole.substr(0, is), " is what percent of ",
                  whole.substr(is + std::string_view("是").size()));
  }
  const size_t units = text.find(into);
  if (units != std::string::npos && units + into.size() < text.size()) {
    replace(units, into.size(), " in ");
  }
  constexpr std::string_view power = "次方", of = "的", hundredths = "百分之";
  const size_t end = text.find(power);
  const size_t begin = end == std::string::npos ? end : text.rfind(of, end);
  if (begin != std::string::npos) {
    const std::string exponent = text.substr(begin + of.size(), end - begin - of.size());
    replace(begin, end + power.size() - begin, concat("^(", exponent, ") "));
  }
  const size_t share = text.find(hundredths);
  if (share != std::string::npos && !text.substr(share + hundredths.size()).starts_with("几")) {
    size_t last = share + hundredths.size();
    while (last < text.size() &&
           (std::isdigit(static_cast<unsigned char>(text[last])) != 0 || text[last] == '.')) {
      ++last;
    }
    const std::string digits =
        text.substr(share + hundredths.size(), last - share - hundredths.size());
    if (!digits.empty()) replace(share, last - share, concat(digits, "%"));
  }
  return text;
}

// Numbers that are written out, between signs.
std::string with_digits(std::string_view text) {
  static constexpr Word digits[] = {{"二十", "20"}, {"三十", "30"}, {"五十", "50"}, {"十", "10"},
                                    {"一", "1"},    {"二", "2"},    {"两", "2"},    {"三", "3"},
                                    {"四", "4"},    {"五", "5"},    {"六", "6"},    {"七", "7"},
                                    {"八", "8"},    {"九", "9"}};
  std::string all;
  const auto follows = [](std::string_view rest) {
    return rest.empty() || rest.starts_with("加") || rest.starts_with("减") ||
           rest.starts_with("乘") || rest.starts_with("除") || rest.starts_with("的") ||
           rest.starts_with("等于") || rest.starts_with("是多少");
  };
  while (!text.empty()) {
    const auto* found = std::find_if(std::begin(digits), std::end(digits), [&](const Word& each) {
      return text.starts_with(each.foreign) && follows(text.substr(each.foreign.size()));
    });
    const bool digit = found != std::end(digits);
    all += digit ? found->english : text.substr(0, 1);
    text.remove_prefix(digit ? found->foreign.size() : 1);
  }
  return all;
}

// "A 的 B" is "B of A", and a verb may stand behind: "x^2 求导".
std::string in_order(std::string_view text) {
  if (text.ends_with("吗")) text.remove_suffix(std::string_view("吗").size());
  for (const std::string_view ask : {"是素数", "是质数"}) {
    const size_t at = text.find(ask);
    if (at != std::string_view::npos) return concat("is ", text.substr(0, at), " prime");
  }
  for (const std::string_view lead : {"求", "计算", "对"}) {
    if (text.starts_with(lead) && !text.starts_with("求导") && !text.starts_with("求和")) {
      text.remove_prefix(lead.size());
    }
  }
  const size_t of = text.rfind("的");
  if (of != std::string_view::npos) {
    const std::string_view last = text.substr(of + std::string_view("的").size());
    return concat(last, " of ", text.substr(0, of));
  }
  constexpr std::string_view differentiate = "求导";
  if (!text.ends_with(differentiate) || text == differentiate) return std::string(text);
  const std::string_view body = text.substr(0, text.size() - differentiate.size());
  const size_t over = body.rfind("对");
  if (over == std::string_view::npos) return concat(differentiate, body);
  return concat(differentiate, body.substr(0, over), " with respect to ",
                body.substr(over + std::string_view("对").size()));
}

// 89,90 and 1.289,90 with a point, where no list is asked for and nothing else has a comma.
std::string with_points(std::string text) {
  for (const std::string_view list : {"gcd", "lcm", "mean", "median", "max", "min", "sum", "(", "[",
                                      "{", "deviation", "variance", "mode", "range"}) {
    if (text.find(list) != std::string::npos) return text;
  }
  const auto digit = [&](size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
  };
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] != ',' || !digit(i - 1) || !digit(i + 1)) continue;
    text[i] = '.';
    // The points between thousands: 1.234.567,89
    size_t group = i;
    while (group > 4 && digit(group - 1) && digit(group - 2) && digit(group - 3) &&
           text[group - 4] == '.' && digit(group - 5)) {
      text.erase(group - 4, 1);
      group -= 4;
      --i;
    }
  }
  return text;
}

// "multipliziere … aus", "leite … ab"
std::string without_verb_end(std::string_view text) {
  for (const std::string_view end : {" aus", " ab", " um"}) {
    if (text.ends_with(end)) text.remove_suffix(end.size());
  }
  return std::string(text);
}

}  // namespace

std::string in_english(std::string_view text) {
  const std::string plain = folded(text);
  constexpr std::string_view prime = " est-il premier";  // 97 est-il premier
  const size_t ask = plain.find(prime);
  if (ask != std::string::npos) return concat("is ", plain.substr(0, ask), " prime");
  // 5 km en m: no other word says that this is French.
  const size_t into = plain.rfind(" en ");
  if (into != std::string::npos && std::isdigit(static_cast<unsigned char>(plain[0])) != 0 &&
      unit_named(plain.substr(into + 4))) {
    return with_points(concat(plain.substr(0, into), " in ", plain.substr(into + 4)));
  }
  const Language* best = nullptr;
  int most = 0;
  for (const Language& each : languages()) {
    const int found = terms_of(each, plain);
    if (found > most) best = &each;
    most = std::max(most, found);
  }
  const bool chinese = std::any_of(plain.begin(), plain.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0xE4 && static_cast<unsigned char>(c) <= 0xE9;
  });
  if (chinese) best = &languages()[2];
  if (best == nullptr) return std::string(text);
  if (!best->spaces) return replaced(*best, in_order(with_signs(with_digits(plain))));
  return with_points(replaced(*best, without_verb_end(plain)));
}

}  // namespace lsp::features::solve
