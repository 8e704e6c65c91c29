#include "lsp/features/solve/spoken.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lsp/features/solve/names.h"

namespace lsp::features::solve {
namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

std::string small(const Token& token) {
  std::string text = token.kind == Kind::word ? token.text : "";
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::optional<long> spelled(const Token& token) {
  static const std::map<std::string_view, long> words{
      {"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
      {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
      {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
      {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
      {"twenty", 20},  {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
      {"seventy", 70}, {"eighty", 80},  {"ninety", 90}};
  const auto found = words.find(small(token));
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

long scale(const Token& token) {
  const std::string word = small(token);
  return word == "hundred" ? 100 : word == "thousand" ? 1000 : word == "million" ? 1'000'000 : 0;
}

void erase(Tokens& tokens, size_t begin, size_t count) {
  tokens.erase(tokens.begin() + static_cast<long>(begin),
               tokens.begin() + static_cast<long>(begin + count));
}

}  // namespace

void spell_numbers(Tokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto first = spelled(tokens[i]);
    if (!first) continue;
    long whole = 0, part = *first;
    size_t next = i + 1;
    const auto at = [&](size_t k) { return k < tokens.size() ? tokens[k] : tokens.back(); };
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      const size_t ahead = at(next).is("-") && !at(next).spaced ? next + 1 : next;
      const auto digit = spelled(at(ahead));
      if (digit && *digit > 0 && part % 10 == 0 && *digit < 10 && part % 100 >= 20) {
        part += *digit;
        next = ahead + 1;
        goes_on = true;
      } else if (digit && part > 0 && part % 100 == 0 && *digit < 100) {
        part += *digit;
        next = ahead + 1;
        goes_on = true;
      } else if (const long by = scale(at(next)); by == 100 && part < 100) {
        part *= 100;
        ++next;
        goes_on = true;
      } else if (by > 100 && part < 1000) {
        whole += part * by;
        part = 0;
        ++next;
        goes_on = spelled(at(next)).has_value();
        if (goes_on) part = *spelled(at(next++));
      } else if (at(next).is_word("and") && part % 100 == 0 && part > 0 && spelled(at(next + 1)) &&
                 scale(at(next - 1)) != 0) {  // three hundred and five
        ++next;
        goes_on = true;
      }
    }
    tokens[i] = {Kind::number, std::to_string(whole + part), tokens[i].at, true};
    erase(tokens, i + 1, next - i - 1);
  }
}

namespace {

void join_two_words(Tokens& tokens, size_t at) {
  static const std::map<std::string_view, const char*> twos{{"nautical mile", "nautical_mile"},
                                                            {"nautical miles", "nautical_mile"},
                                                            {"light year", "lightyear"},
                                                            {"light years", "lightyear"},
                                                            {"fl oz", "fluid_ounce"},
                                                            {"fluid ounce", "fluid_ounce"},
                                                            {"fluid ounces", "fluid_ounce"},
                                                            {"kilowatt hours", "kWh"},
                                                            {"metric tons", "metric_ton"},
                                                            {"metric ton", "metric_ton"},
                                                            {"degrees celsius", "degC"},
                                                            {"degree celsius", "degC"},
                                                            {"degrees fahrenheit", "degF"},
                                                            {"degree fahrenheit", "degF"},
                                                            {"degrees kelvin", "K"},
                                                            {"degrees C", "degC"},
                                                            {"degrees F", "degF"}};
  if (tokens[at].kind != Kind::word || tokens[at + 1].kind != Kind::word) return;
  const std::string& next = tokens[at + 1].text;
  const auto two =
      twos.find(small(tokens[at]) + " " + (next.size() == 1 ? next : small(tokens[at + 1])));
  if (two == twos.end()) return;
  tokens[at].text = two->second;
  erase(tokens, at + 1, 1);
}

void put_power_behind(Tokens& tokens, size_t at, const std::string& power) {
  const Token raised[] = {{Kind::mark, "^", tokens[at].at, false},
                          {Kind::number, power, tokens[at].at, false}};
  tokens.insert(tokens.begin() + static_cast<long>(at) + 1, std::begin(raised), std::end(raised));
}

// square meters, m2
void raise_unit(Tokens& tokens, size_t at) {
  const std::string word = small(tokens[at]);
  const bool square = word == "square" || word == "sq", cubic = word == "cubic" || word == "cu";
  if ((square || cubic) && tokens[at + 1].kind == Kind::word && unit_named(tokens[at + 1].text)) {
    erase(tokens, at, 1);
    put_power_behind(tokens, at, square ? "2" : "3");
    return;
  }
  static const std::set<std::string_view> lengths{"m", "km", "cm", "mm", "ft", "s", "in", "dm"};
  const std::string text = tokens[at].text;
  if (tokens[at].kind != Kind::word || at == 0 || !(text.ends_with('2') || text.ends_with('3'))) {
    return;
  }
  const Token& before = tokens[at - 1];
  const bool counted =
      before.kind == Kind::number || before.is_word("in") || before.is_word("to") || before.is("/");
  const std::string unit = text.substr(0, text.size() - 1);
  if (!counted || !lengths.contains(unit)) return;
  tokens[at].text = unit == "in" ? "inches" : unit;
  put_power_behind(tokens, at, text.substr(text.size() - 1));
}

}  // namespace

void name_units(Tokens& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    join_two_words(tokens, i);
    raise_unit(tokens, i);
    const auto hours = [](const Token& each) {
      return each.is_word("h") || each.is_word("hr") || each.is_word("hours");
    };
    const bool minutes = tokens[i].is_word("m") && i >= 3 && hours(tokens[i - 2]) &&
                         tokens[i - 1].kind == Kind::number && tokens[i - 3].kind == Kind::number;
    if (minutes) tokens[i].text = "min";  // 1h 30m
    const std::string word = small(tokens[i]);
    const bool one = i > 0 && (word == "a" || word == "an") && tokens[i + 1].kind == Kind::word &&
                     is_long_unit(tokens[i + 1].text) && tokens[i - 1].kind == Kind::word;
    if (one) tokens[i] = {Kind::number, "1", tokens[i].at, true};
  }
}

void put_in_commas(Tokens& tokens) {
  static const std::set<std::string_view> listing{
      "mean",    "average",   "median",  "mode",     "gcd",     "lcm",      "hcf",
      "sum",     "max",       "min",     "range",    "stdev",   "variance", "maximum",
      "minimum", "deviation", "largest", "smallest", "divisor", "multiple"};
  bool listed = false;
  int brackets = 0;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    brackets += tokens[i].is("[") ? 1 : tokens[i].is("]") ? -1 : 0;
    listed = listed || listing.contains(small(tokens[i]));
    const bool number = tokens[i].kind == Kind::number && i > 0 && !tokens[i - 1].is("/");
    const Token& next = tokens[i + 1];
    const bool negative = brackets > 0 && next.is("-") && i + 2 < tokens.size() &&
                          tokens[i + 2].kind == Kind::number && !tokens[i + 2].spaced;
    const bool follows = next.spaced && (next.kind == Kind::number || negative);
    const bool fraction = i + 2 < tokens.size() && tokens[i + 2].is("/");
    const bool group = next.text.starts_with('0') && next.text.size() == 3 &&
                       next.text.find('.') == std::string::npos;  // 1 000
    if (!number || !follows || fraction || group || (brackets == 0 && !listed)) continue;
    tokens.insert(tokens.begin() + static_cast<long>(i) + 1, {Kind::mark, ",", next.at, false});
  }
}

void leave_out_currencies(Tokens& tokens) {
  static const std::set<std::string_view> names{"euro", "euros", "eur",   "dollar", "dollars",
                                                "usd",  "bucks", "gbp",   "chf",    "yuan",
                                                "rmb",  "yen",   "francs"};
  const bool converts = std::any_of(tokens.begin(), tokens.end(), [&](const Token& each) {
    const size_t at = static_cast<size_t>(&each - tokens.data());
    return at > 0 && names.contains(small(each)) && tokens[at - 1].kind == Kind::word;
  });
  if (converts) return;
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i - 1].kind == Kind::number && names.contains(small(tokens[i]))) erase(tokens, i, 1);
  }
}

}  // namespace lsp::features::solve
