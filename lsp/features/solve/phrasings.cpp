// What is said in a sentence is matched with patterns before anything is parsed: the sentence as a
// whole, and what stands in a pattern's places once more. A pattern names the words that make its
// meaning certain, so that no formula fits one by chance.
#include "lsp/features/solve/phrasings.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/spoken.h"

namespace lsp::features::solve {
namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

constexpr size_t most_sentence_tokens = 60;  // of a sentence that patterns are tried on
constexpr int most_attempts = 2'000;
constexpr int most_nested = 4;

struct Item {
  enum class Is { literal, any, number, letter, quantity, formula };
  Is is = Is::literal;
  std::vector<std::string> words;  // one of them; of a place, its letter
  bool may_miss = false;
};

std::vector<std::string> split(std::string_view text, char between) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(between), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

struct Pattern {
  std::vector<Item> items;
  Tokens meaning;
  bool encloses = false;  // whether what is in a place belongs together in the meaning
};

Pattern compiled(const Phrasing& phrasing) {
  Pattern made;
  for (std::string& word : split(phrasing.pattern, ' ')) {
    Item item;
    const size_t kind = std::string_view("$#@&*").find(word[0]);
    if (word.size() == 2 && kind != std::string_view::npos) {
      constexpr Item::Is kinds[] = {Item::Is::any, Item::Is::number, Item::Is::letter,
                                    Item::Is::quantity, Item::Is::formula};
      item.is = kinds[kind];
      item.words = {word.substr(1)};
    } else {
      item.may_miss = word.size() > 1 && word.back() == '?';
      if (item.may_miss) word.pop_back();
      item.words = split(word, '|');
    }
    made.items.push_back(std::move(item));
  }
  for (const std::string& word : split(phrasing.meaning, ' ')) {
    const bool place = word.size() == 2 && (word[0] == '$' || word[0] == '~');
    if (place) {
      made.meaning.push_back({Kind::command, word, 0, true});
      continue;
    }
    if (word == "_'") {
      made.meaning.push_back({Kind::mark, "'", 0, false});
      continue;
    }
    const bool joined = word.size() > 1 && word[0] == '_';
    auto tokens = tokens_of(joined ? word.substr(1) : word, Notation::plain);
    if (!tokens) continue;
    tokens->front().spaced = !joined;
    made.meaning.insert(made.meaning.end(), tokens->begin(), tokens->end() - 1);
  }
  made.encloses = std::any_of(made.meaning.begin(), made.meaning.end(), [](const Token& each) {
    return each.is("(") || (each.kind == Kind::command && each.text[0] == '$');
  });
  return made;
}

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> all = [] {
    std::vector<Pattern> made;
    for (const Phrasing& each : all_phrasings()) made.push_back(compiled(each));
    return made;
  }();
  return all;
}

bool same(std::string_view text, std::string_view small) {
  return text.size() == small.size() &&
         std::equal(text.begin(), text.end(), small.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

bool is_article(const Token& token) {
  return token.kind == Kind::word && (same(token.text, "the") || token.is_word("a") ||
                                      token.is_word("A") || same(token.text, "an"));
}

bool fits(const Item& item, const Token& token) {
  return std::any_of(item.words.begin(), item.words.end(), [&](const std::string& word) {
    if (word == "%") {
      return token.is("%") || token.is_word("percent") || token.is_word("pct");
    }
    if (word == "bar") return token.is("|");
    if (word == "norm_bar") return token.is("||");
    const bool capital = std::isupper(static_cast<unsigned char>(word[0])) != 0;
    if (capital && token.kind == Kind::word) return token.text == word;
    if (token.kind == Kind::word)
      return word.size() == 1 ? token.text == word : same(token.text, word);
    return (token.kind == Kind::mark || token.kind == Kind::number) && token.text == word;
  });
}

// Words that stand before a place, and never in the beginning of one.
bool begins_nothing(const Token& token) {
  static const std::set<std::string_view> words{"of", "to",   "in", "on",   "and",  "is",
                                                "by", "than", "at", "what", "from", "with"};
  return token.kind == Kind::word &&
         std::any_of(words.begin(), words.end(), [&](auto word) { return same(token.text, word); });
}

bool ends_nothing(const Token& token) {
  return begins_nothing(token) || token.is_word("divided") || token.is_word("the");
}

// One sentence against one pattern.
class Match {
 public:
  Match(const Pattern& pattern, const Tokens& tokens, size_t begin, size_t end)
      : pattern_(pattern), tokens_(tokens), end_(end) {
    places_.resize(26);
    found_ = from(0, begin);
  }
  bool found() const { return found_; }
  // The tokens in the place that `letter` names.
  Tokens place(char letter) const {
    const auto& [begin, end] = places_[static_cast<size_t>(letter - 'A')];
    return {tokens_.begin() + static_cast<long>(begin), tokens_.begin() + static_cast<long>(end)};
  }

 private:
  bool from(size_t item, size_t at) {
    if (++attempts_ > most_attempts) return false;
    if (item == pattern_.items.size()) return at == end_;
    const Item& wanted = pattern_.items[item];
    if (wanted.is == Item::Is::literal) {
      if (at < end_ && fits(wanted, tokens_[at]) && from(item + 1, at + 1)) return true;
      if (at + 1 < end_ && is_article(tokens_[at]) && fits(wanted, tokens_[at + 1]) &&
          from(item + 1, at + 2)) {
        return true;
      }
      return wanted.may_miss && from(item + 1, at);
    }
    const bool number = wanted.is == Item::Is::number;
    if (at < end_ && (number ? is_article(tokens_[at]) : same(tokens_[at].text, "the"))) ++at;
    auto& place = places_[static_cast<size_t>(wanted.words[0][0] - 'A')];
    const bool several = wanted.is != Item::Is::number && wanted.is != Item::Is::letter;
    if (!several) {
      const bool signs = at + 1 < end_ && tokens_[at].is("-");
      const size_t last = wanted.is == Item::Is::number && signs ? at + 1 : at;
      const bool good =
          last < end_ && (wanted.is == Item::Is::number
                              ? tokens_[last].kind == Kind::number
                              : tokens_[last].kind == Kind::word && tokens_[last].text.size() == 1);
      place = {at, last + 1};
      return good && from(item + 1, last + 1);
    }
    if (at >= end_ || begins_nothing(tokens_[at])) return false;
    int depth = 0;
    for (size_t next = at; next < end_;) {
      const Token& token = tokens_[next++];
      if (token.is("(") || token.is("[") || token.is("{")) ++depth;
      if (token.is(")") || token.is("]") || token.is("}")) --depth;
      if (depth < 0) return false;
      if (depth > 0) continue;
      place = {at, next};
      if (ends_nothing(token)) continue;
      if (wanted.is == Item::Is::quantity && !is_quantity(at, next)) continue;
      if (wanted.is == Item::Is::formula && !has_name(at, next)) continue;
      const bool last = item + 1 == pattern_.items.size();
      if (last && pattern_.encloses && goes_on(at, next)) continue;
      if (from(item + 1, next)) return true;
    }
    return false;
  }

  // "square of 3 plus 4": whether the end belongs to the place or stands behind all is not clear.
  bool goes_on(size_t begin, size_t end) const {
    bool signs = false;
    int depth = 0;
    for (size_t i = begin + 1; i < end; ++i) {
      const Token& each = tokens_[i];
      depth += each.is("(") || each.is("[") ? 1 : each.is(")") || each.is("]") ? -1 : 0;
      if (each.kind == Kind::word && each.text.size() == 1) return false;
      signs = signs || (depth == 0 && (each.is("+") || each.is("-") || each.is("*") ||
                                       each.is_word("plus") || each.is_word("minus") ||
                                       each.is_word("times") || each.is_word("divided")));
    }
    const Token& first = tokens_[begin];
    return signs && (first.kind != Kind::word || first.text.size() > 1);
  }
  bool has_name(size_t begin, size_t end) const {
    bool named = false;
    for (size_t i = begin; i < end; ++i) {
      if (tokens_[i].kind != Kind::word) continue;
      const std::string& text = tokens_[i].text;
      named = named || text.size() == 1;
      if (text.size() > 1 && !function_named(text) && !constant_named(text)) return false;
      if (text.size() > 4 && !is_elementary(text)) return false;
    }
    return named;
  }
  bool is_quantity(size_t begin, size_t end) const {
    bool units = false;
    for (size_t i = begin; i < end; ++i) {
      if (tokens_[i].kind != Kind::word) continue;
      const bool unit = unit_named(tokens_[i].text).has_value();
      const bool between = tokens_[i].is_word("and") || tokens_[i].is_word("per") ||
                           tokens_[i].is_word("plus") || amount_named(tokens_[i].text);
      if (!unit && !between) return false;
      units = units || unit;
    }
    return units;
  }

  const Pattern& pattern_;
  const Tokens& tokens_;
  const size_t end_;
  std::vector<std::pair<size_t, size_t>> places_;
  int attempts_ = 0;
  bool found_ = false;
};

bool is_lead(const Token& token) {
  static const std::set<std::string_view> words{
      "what",      "whats", "is",   "are",   "compute", "calculate", "find", "evaluate",
      "determine", "give",  "me",   "tell",  "show",    "please",    "the",  "get",
      "work",      "so",    "then", "quick", "hey",     "ok"};
  std::string small = token.text;
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return token.kind == Kind::word && words.contains(small);
}

bool has_words(const Tokens& tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& each) {
    return each.kind == Kind::word && each.text.size() > 1;
  });
}

std::optional<Tokens> rewritten(const Tokens& tokens, int nested);

Tokens filled(const Pattern& pattern, const Match& match, size_t at, int nested) {
  Tokens made;
  for (const Token& each : pattern.meaning) {
    if (each.kind != Kind::command) {
      made.push_back(each);
      made.back().at = at;
      continue;
    }
    Tokens place = match.place(each.text[1]);
    if (has_words(place)) {
      if (auto again = rewritten(place, nested + 1)) place = std::move(*again);
    }
    const bool alone = each.text[0] == '~' || place.size() < 2;
    if (!alone) made.push_back({Kind::mark, "(", at, true});
    for (Token& token : place) made.push_back(std::move(token));
    if (!alone) made.push_back({Kind::mark, ")", at, false});
  }
  return made;
}

// Without the token that ends all.
std::optional<Tokens> rewritten(const Tokens& tokens, int nested) {
  if (nested > most_nested || tokens.size() > most_sentence_tokens) return std::nullopt;
  size_t end = tokens.size();
  while (end > 0 && (tokens[end - 1].is(".") || same(tokens[end - 1].text, "please"))) --end;
  for (size_t begin = 0; begin < end; ++begin) {
    for (const Pattern& pattern : patterns()) {
      const Match match(pattern, tokens, begin, end);
      if (!match.found()) continue;
      Tokens made = filled(pattern, match, tokens[begin].at, nested);
      if (auto again = rewritten(made, nested + 1)) return again;
      return made;
    }
    if (!is_lead(tokens[begin])) break;
  }
  return std::nullopt;
}

}  // namespace

bool put_in_phrasing(Tokens& tokens) {
  if (tokens.size() > most_sentence_tokens) return false;
  spell_numbers(tokens);
  leave_out_currencies(tokens);
  name_units(tokens);
  put_in_commas(tokens);
  Tokens sentence(tokens.begin(), tokens.end() - 1);
  auto made = rewritten(sentence, 0);
  if (!made || made->empty()) return false;
  made->push_back(tokens.back());
  tokens = std::move(*made);
  return true;
}

}  // namespace lsp::features::solve
