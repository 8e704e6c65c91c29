// Numbers as they are written in several tokens: with groups of digits, with digits that repeat.
#include "lsp/features/solve/numerals.h"

#include <algorithm>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/solve/names.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;
using Tokens = std::vector<Token>;

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has_digits(const Token& token, size_t least, size_t most) {
  return token.kind == Kind::number && are_digits(token.text) && token.text.size() >= least &&
         token.text.size() <= most;
}

void replace_tokens(Tokens& tokens, size_t at, size_t count, const Tokens& made) {
  const auto begin = tokens.begin() + static_cast<long>(at);
  tokens.insert(tokens.erase(begin, begin + static_cast<long>(count)), made.begin(), made.end());
}

// 0.1 with the digits 6 again and again: 0.1 + 6/90, in brackets.
Tokens periodic(const Token& number, const std::string& digits) {
  const size_t decimals = number.text.size() - number.text.find('.') - 1;
  const auto mark = [&](const char* text) { return Token{Kind::mark, text, number.at, false}; };
  const auto numeral = [&](std::string text) {
    return Token{Kind::number, std::move(text), number.at, false};
  };
  Tokens made{mark("("), number,
              mark("+"), numeral(digits),
              mark("/"), numeral(std::string(digits.size(), '9') + std::string(decimals, '0')),
              mark(")")};
  made.front().spaced = number.spaced;
  made[1].spaced = false;
  return made;
}

// The digits at the end of a decimal that stand there twice or more, once: "3" of 0.1333, "12" of
// 0.1212; nothing where none do, and of several the shortest.
std::string repeated(std::string_view decimals) {
  for (size_t size = 1; size * 2 <= decimals.size(); ++size) {
    const std::string_view last = decimals.substr(decimals.size() - size);
    if (decimals.substr(decimals.size() - 2 * size, size) == last) return std::string(last);
  }
  return "";
}

}  // namespace

// 0.(3) and 0.333...; 0.1(6) may be a product.
std::optional<engine::base::Error> join_periods(Tokens& tokens, std::vector<std::string>& notes) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token number = tokens[i];
    const size_t point = number.text.find('.');
    if (number.kind != Kind::number || point == std::string::npos || tokens[i + 1].spaced) continue;
    const bool bracket = tokens[i + 1].is("(") && i + 3 < tokens.size() &&
                         has_digits(tokens[i + 2], 1, 18) && tokens[i + 3].is(")");
    if (bracket && point + 1 == number.text.size()) {
      notes.push_back(concat(number.text, "(", tokens[i + 2].text,
                             ") was read as a decimal that repeats ", tokens[i + 2].text));
      replace_tokens(tokens, i, 4, periodic(number, tokens[i + 2].text));
    } else if (bracket) {
      notes.push_back(concat(number.text, "(", tokens[i + 2].text,
                             ") was read as a product, not as a decimal that repeats"));
    } else if (tokens[i + 1].is("...") && number.text.find('e') == std::string::npos) {
      const std::string digits = repeated(std::string_view(number.text).substr(point + 1));
      if (digits.empty() || digits.size() > 18) {
        return engine::base::fail("which digits repeat in ", in_quotes(number.text + "..."),
                                  " is not clear: 0.333... and 0.(142857) say it");
      }
      notes.push_back(concat(number.text, "... was read as a decimal that repeats ", digits));
      replace_tokens(tokens, i, 2, periodic(number, digits));
    }
  }
  return std::nullopt;
}

// 1 000 000, where nothing but numbers and signs stands before it: "mean 100 200" is a list's. No
// list has a 000.
void join_spaced_groups(Tokens& tokens, std::vector<std::string>& notes) {
  static const std::set<std::string_view> leading{"what", "is", "compute", "calculate", "evaluate"};
  bool listed = false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token& each = tokens[i];
    const bool before = each.kind == Kind::number || each.is("+") || each.is("-") || each.is("*") ||
                        each.is("/") || each.is("(") || each.is(")") || each.is("^") ||
                        each.is("×") || each.is("·") || each.is("%") ||
                        (each.kind == Kind::word && leading.contains(each.text));
    listed = listed || !before;
    if (!has_digits(each, 1, 3) || each.text[0] == '0') continue;
    size_t end = i + 1;
    while (tokens[end].spaced && has_digits(tokens[end], 3, 3)) ++end;
    const bool decimals = tokens[end].spaced && tokens[end].kind == Kind::number &&
                          tokens[end].text.find('.') == 3;  // 1 234.5
    if (decimals) ++end;
    const size_t groups = end - i - 1;
    const bool goes_on = tokens[end].kind == Kind::number;
    const bool fraction = groups == 1 && tokens[end].is("/") && !tokens[end].spaced;  // 2 100/300
    const bool zeros = std::any_of(tokens.begin() + static_cast<long>(i) + 1,
                                   tokens.begin() + static_cast<long>(end),
                                   [](const Token& group) { return group.text[0] == '0'; });
    if (groups == 0 || goes_on || fraction || (listed && !zeros)) {
      i = end - 1;
      continue;
    }
    std::string digits = each.text, written = each.text;
    for (size_t k = i + 1; k < end; ++k) {
      digits += tokens[k].text;
      written += " " + tokens[k].text;
    }
    notes.push_back(concat(written, " was read as one number"));
    tokens[i].text = digits;
    tokens.erase(tokens.begin() + static_cast<long>(i) + 1,
                 tokens.begin() + static_cast<long>(end));
  }
}

// log3 9 as log_3 9
void name_bases(Tokens& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const std::string name = tokens[i].text;
    const Token& next = tokens[i + 1];
    const bool based = tokens[i].kind == Kind::word && name.starts_with("log") &&
                       are_digits(std::string_view(name).substr(3)) && !function_named(name);
    const bool applied = next.kind == Kind::number || next.is("(") ||
                         (next.kind == Kind::word && !is_stop_word(next.text));
    if (!based || !applied) continue;
    replace_tokens(tokens, i, 1,
                   {{Kind::word, "log", tokens[i].at, tokens[i].spaced},
                    {Kind::mark, "_", tokens[i].at, false},
                    {Kind::number, name.substr(3), tokens[i].at, false}});
  }
}

}  // namespace lsp::features::solve
