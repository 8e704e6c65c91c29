#include "lsp/features/solve/joined.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/numerals.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using Kind = Token::Kind;

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_whole(const Token& token, size_t least, size_t most) {
  return token.kind == Kind::number && token.text.size() >= least && token.text.size() <= most &&
         is_digits(token.text);
}

// Behind a word, commas are between the parts of a list: "gcd of 100,200".
bool may_group(const std::vector<Token>& tokens, size_t at) {
  static const std::set<std::string_view> leading{"what", "is", "compute", "calculate", "evaluate"};
  return std::all_of(tokens.begin(), tokens.begin() + static_cast<long>(at), [](const Token& each) {
    return each.kind == Kind::number || (each.kind == Kind::word && leading.contains(each.text)) ||
           (each.kind == Kind::mark && !each.is("[") && !each.is("(") && !each.is("{") &&
            !each.is("="));
  });
}

void join_thousands(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    // No list has a 000: "lg 1,000".
    const bool zeros =
        tokens[i + 1].is(",") && is_whole(tokens[i + 2], 3, 3) && tokens[i + 2].text[0] == '0';
    if (!is_whole(tokens[i], 1, 3) || !(zeros || may_group(tokens, i))) continue;
    size_t end = i + 1;
    bool whole = true;  // 1,299.50 ends with its decimals
    const auto group = [&](size_t at) {
      if (!whole || at + 1 >= tokens.size() || !tokens[at].is(",") || tokens[at].spaced ||
          tokens[at + 1].spaced) {
        return false;
      }
      whole = is_whole(tokens[at + 1], 3, 3);
      return whole || (tokens[at + 1].kind == Kind::number && tokens[at + 1].text.find('.') == 3);
    };
    std::string digits = tokens[i].text, written = digits;
    for (; group(end); end += 2) {
      digits += tokens[end + 1].text;
      written += "," + tokens[end + 1].text;
    }
    if (end == i + 1 || (end < tokens.size() && tokens[end].is(","))) continue;
    notes.push_back(concat(written, " was read as one number"));
    tokens[i].text = digits;
    tokens.erase(tokens.begin() + static_cast<long>(i) + 1,
                 tokens.begin() + static_cast<long>(end));
  }
}

// 1.234,56, 1.234.567,89 and 1.234.567, as nobody writes a list.
void join_points(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  const auto is_group = [](const Token& token, size_t point) {
    return token.kind == Kind::number && token.text.size() == point + 4 &&
           token.text[point] == '.' && is_digits(token.text.substr(0, point)) &&
           is_digits(token.text.substr(point + 1));
  };
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    const size_t point = tokens[i].text.find('.');
    if (point == 0 || point > 3 || !is_group(tokens[i], point)) continue;
    size_t end = i + 1;
    while (!tokens[end].spaced && is_group(tokens[end], 0)) ++end;
    const bool decimals = tokens[end].is(",") && !tokens[end].spaced && !tokens[end + 1].spaced &&
                          is_whole(tokens[end + 1], 1, 9);
    const bool goes_on = tokens[end].kind == Kind::number && !tokens[end].spaced;
    if (!decimals && (end == i + 1 || goes_on)) continue;
    std::string written = tokens[i].text;
    for (size_t k = i + 1; k < end; ++k) written += tokens[k].text;
    std::string digits = written;
    std::erase(digits, '.');
    if (decimals) {
      written += "," + tokens[end + 1].text;
      digits += "." + tokens[end + 1].text;
      end += 2;
    }
    notes.push_back(concat(written, " was read as ", digits));
    tokens[i].text = digits;
    tokens.erase(tokens.begin() + static_cast<long>(i) + 1,
                 tokens.begin() + static_cast<long>(end));
  }
}

// 1,5; 2,5; 3: commas within numbers and semicolons between them.
void join_listed_decimals(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  bool separated = false, decimal = false;
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is("[") || tokens[i].is("=") || tokens[i].is("{")) return;
    separated = separated || tokens[i].is(";");
    if (!tokens[i].is(",")) continue;
    const bool point = is_whole(tokens[i - 1], 1, 9) && is_whole(tokens[i + 1], 1, 9) &&
                       !tokens[i].spaced && !tokens[i + 1].spaced;
    const bool pair = point && i > 1 && tokens[i - 2].is("(") && tokens[i + 2].is(")");
    if (!point || pair || (i > 1 && tokens[i - 2].is(","))) return;
    decimal = true;
  }
  if (!separated || !decimal || tokens.front().is("[") || tokens.front().is("{")) return;
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is(",")) {
      tokens[i - 1].text += "." + tokens[i + 1].text;
      tokens.erase(tokens.begin() + static_cast<long>(i),
                   tokens.begin() + static_cast<long>(i) + 2);
    }
    if (tokens[i].is(";")) tokens[i].text = ",";
  }
  notes.push_back("commas were read as decimal points");
}

// 3,5 * 4 + 1,25: between signs alone, where some number has other than three digits behind it.
void join_decimals(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  bool signs = false, decimal = false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token& each = tokens[i];
    const bool between = each.is(",") && i > 0 && is_whole(tokens[i - 1], 1, 9) && !each.spaced &&
                         is_whole(tokens[i + 1], 1, 9) && !tokens[i + 1].spaced;
    const bool twice = between && i > 1 && tokens[i - 2].is(",");
    const bool sign = each.is("+") || each.is("-") || each.is("*") || each.is("/") ||
                      each.is("×") || each.is("·") || each.is("^") || each.is("%");
    const bool unit = each.kind == Kind::word && (unit_named(each.text) || each.is_word("in") ||
                                                  each.is_word("to") || each.is_word("of"));
    if ((!between && !sign && !unit && each.kind != Kind::number) || twice) return;
    signs = signs || sign || unit;
    decimal = decimal || (between && tokens[i + 1].text.size() != 3);
  }
  if (!signs || !decimal) return;
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is(",")) continue;
    tokens[i - 1].text += "." + tokens[i + 1].text;
    tokens.erase(tokens.begin() + static_cast<long>(i), tokens.begin() + static_cast<long>(i) + 2);
  }
  notes.push_back("commas were read as decimal points");
}

// 2 1/2, which is no product
void join_mixed(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  for (size_t i = 0; i + 3 < tokens.size(); ++i) {
    const bool mixed = is_whole(tokens[i], 1, 9) && is_whole(tokens[i + 1], 1, 4) &&
                       tokens[i + 1].spaced && tokens[i + 2].is("/") && !tokens[i + 2].spaced &&
                       is_whole(tokens[i + 3], 1, 4) && !tokens[i + 3].spaced &&
                       std::stoi(tokens[i + 1].text) < std::stoi(tokens[i + 3].text);
    const bool raised = i > 0 && (tokens[i - 1].is("^") || tokens[i - 1].is("/"));
    if (!mixed || raised) continue;
    notes.push_back(concat(tokens[i].text, " ", tokens[i + 1].text, "/", tokens[i + 3].text,
                           " was read as a mixed number"));
    const Token all[] = {{Kind::mark, "(", tokens[i].at, tokens[i].spaced},
                         tokens[i],
                         {Kind::mark, "+", tokens[i].at, true},
                         tokens[i + 1],
                         tokens[i + 2],
                         tokens[i + 3],
                         {Kind::mark, ")", tokens[i].at, false}};
    tokens.erase(tokens.begin() + static_cast<long>(i), tokens.begin() + static_cast<long>(i) + 4);
    tokens.insert(tokens.begin() + static_cast<long>(i), std::begin(all), std::end(all));
    i += 6;
  }
}

// 25 °C; 100 F in C
void join_temperatures(std::vector<Token>& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const std::string letter = tokens[i + 1].text;
    if (!tokens[i].is("°") || tokens[i + 1].kind != Kind::word) continue;
    if (letter != "C" && letter != "F" && letter != "K") continue;
    tokens[i] = {Kind::word, letter == "K" ? "K" : "deg" + letter, tokens[i].at, true};
    tokens.erase(tokens.begin() + static_cast<long>(i) + 1);
  }
  const auto scale = [](const Token& token) {
    return token.is_word("C") || token.is_word("F") || token.is_word("K");
  };
  const size_t n = tokens.size();
  if (n < 5 || tokens[n - 5].kind != Kind::number || !scale(tokens[n - 4]) ||
      !scale(tokens[n - 2]) || !(tokens[n - 3].is_word("to") || tokens[n - 3].is_word("in"))) {
    return;
  }
  for (const size_t at : {n - 4, n - 2}) {
    if (tokens[at].text != "K") tokens[at].text = "deg" + tokens[at].text;
  }
}

// 10 in, but not 5 in cm
void name_inches(std::vector<Token>& tokens) {
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    const Token& next = tokens[i + 1];
    const bool ends = next.kind != Kind::word || next.is_word("in") || next.is_word("to") ||
                      next.is_word("into") || next.is_word("as");
    const bool bracket = next.is("[") || next.is("(") || next.is("{");
    if (tokens[i].is_word("in") && tokens[i - 1].kind == Kind::number && ends && !bracket) {
      tokens[i].text = "inches";
    }
  }
}

// Python's 2j: a number right before a "j" that is no name elsewhere.
void join_imaginary(std::vector<Token>& tokens) {
  const auto is_unit = [&](size_t i) {
    return tokens[i].is_word("j") && !tokens[i].spaced && i > 0 &&
           tokens[i - 1].kind == Kind::number;
  };
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is_word("j") && !is_unit(i)) return;
  }
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (!is_unit(i)) continue;
    const size_t at = tokens[i].at;
    const Token number = tokens[i - 1];
    const Token joined[] = {{Kind::mark, "(", number.at, number.spaced},
                            number,
                            {Kind::mark, "*", at, false},
                            {Kind::word, "I", at, false},
                            {Kind::mark, ")", at, false}};
    tokens.erase(tokens.begin() + static_cast<long>(i) - 1,
                 tokens.begin() + static_cast<long>(i) + 1);
    tokens.insert(tokens.begin() + static_cast<long>(i) - 1, std::begin(joined), std::end(joined));
    i += 3;
  }
}

// 2 x 3, where no x is meant
void name_times(std::vector<Token>& tokens, std::vector<std::string>& notes) {
  bool found = false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::word) continue;
    if (!tokens[i].is_word("x") || i == 0 || tokens[i - 1].kind != Kind::number ||
        tokens[i + 1].kind != Kind::number || !tokens[i].spaced || !tokens[i + 1].spaced) {
      return;
    }
    found = true;
  }
  if (!found) return;
  for (Token& token : tokens) {
    if (token.is_word("x")) token = {Kind::mark, "*", token.at, true};
  }
  notes.push_back("x was read as the sign of a product");
}

std::string last_word(const std::vector<Token>& tokens, const std::set<std::string_view>& wanted) {
  for (const Token& each : tokens) {
    if (each.kind == Kind::word && wanted.contains(each.text)) return each.text;
  }
  return "";
}

// 20C3 and 20P3
void name_choices(std::vector<Token>& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token word = tokens[i + 1];
    const bool choice = word.kind == Kind::word && word.text.size() > 1 && !word.spaced &&
                        (word.text[0] == 'C' || word.text[0] == 'P') &&
                        word.text.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!choice || !is_whole(tokens[i], 1, 9)) continue;
    const char* const name = word.text[0] == 'C' ? "binomial" : "permutations";
    const Token call[] = {{Kind::word, name, word.at, tokens[i].spaced},
                          {Kind::mark, "(", word.at, false},
                          tokens[i],
                          {Kind::mark, ",", word.at, false},
                          {Kind::number, word.text.substr(1), word.at, false},
                          {Kind::mark, ")", word.at, false}};
    tokens.erase(tokens.begin() + static_cast<long>(i), tokens.begin() + static_cast<long>(i) + 2);
    tokens.insert(tokens.begin() + static_cast<long>(i), std::begin(call), std::end(call));
  }
}

// variance of 1, 2, 3 (population)
void put_population_first(std::vector<Token>& tokens) {
  const size_t n = tokens.size();
  if (n < 6 || !tokens[n - 2].is(")") || !tokens[n - 4].is("(")) return;
  if (!tokens[n - 3].is_word("population") && !tokens[n - 3].is_word("sample")) return;
  const Token word = tokens[n - 3];
  tokens.erase(tokens.end() - 4, tokens.end() - 1);
  tokens.insert(tokens.begin(), word);
}

}  // namespace

void join_tokens(std::vector<Token>& tokens, Notation notation, std::vector<std::string>& notes) {
  // A sentence's first word, unless it is SymPy's: Matrix(…)
  std::string& first = tokens.front().text;
  if (tokens.front().kind == Kind::word && first.size() > 2 && !constant_named(first) &&
      !tokens[1].is("(") && !tokens[1].is(".")) {
    first[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(first[0])));
  }
  if (notation == Notation::plain) {
    join_points(tokens, notes);
    join_spaced_groups(tokens, notes);
    join_listed_decimals(tokens, notes);
    join_decimals(tokens, notes);
    join_thousands(tokens, notes);
    name_bases(tokens);
    join_mixed(tokens, notes);
    join_imaginary(tokens);
    name_times(tokens, notes);
    name_choices(tokens);
    put_population_first(tokens);
  }
  join_temperatures(tokens);
  name_inches(tokens);
}

std::optional<UnknownFunction> unknown_function_in(const std::vector<Token>& tokens) {
  const auto at = [&](size_t i) { return i < tokens.size() ? tokens[i] : tokens.back(); };
  const bool equation =
      std::any_of(tokens.begin(), tokens.end(), [](const Token& each) { return each.is("="); });
  const auto letter = [](const Token& token) {
    return token.kind == Kind::word && token.text.size() == 1 && token.text != "d";
  };
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is_word("dsolve")) {  // its last argument: f(x)
      for (size_t k = tokens.size(); k-- > i;) {
        if (letter(at(k)) && at(k + 1).is("(") && letter(at(k + 2)) && at(k + 3).is(")")) {
          return UnknownFunction{at(k).text, at(k + 2).text};
        }
      }
    }
    if (!equation) continue;
    if (letter(tokens[i]) && at(i + 1).is("'")) {
      size_t behind = i + 1;
      while (at(behind).is("'")) ++behind;
      if (at(behind).is("(") && letter(at(behind + 1)) && at(behind + 2).is(")")) {
        return UnknownFunction{tokens[i].text, at(behind + 1).text};
      }
      std::string variable = last_word(tokens, {"x", "t"});
      if (variable.empty() || variable == tokens[i].text) variable = "x";
      if (variable == tokens[i].text) variable = "t";
      return UnknownFunction{tokens[i].text, variable};
    }
    // dy/dx, d^2y/dx^2, \frac{dy}{dx}
    size_t k = i;
    if (tokens[i].kind == Kind::word && tokens[i].text.size() == 2 && tokens[i].text[0] == 'd' &&
        at(i + 1).is("/") && at(i + 2).text.size() == 2 && at(i + 2).text[0] == 'd') {
      return UnknownFunction{tokens[i].text.substr(1), at(i + 2).text.substr(1)};
    }
    if (!tokens[k].is_word("d")) continue;
    ++k;
    while (at(k).is("^") || at(k).is("{") || at(k).kind == Kind::number || at(k).is("²") ||
           (at(k).is("}") && at(k - 1).kind == Kind::number)) {
      ++k;
    }
    if (!letter(at(k))) continue;
    const std::string name = at(k++).text;
    while (at(k).is("}") || at(k).is("{") || at(k).is("/")) ++k;
    if (at(k).is_word("d") && letter(at(k + 1))) return UnknownFunction{name, at(k + 1).text};
    if (at(k).kind == Kind::word && at(k).text.size() == 2 && at(k).text[0] == 'd') {
      return UnknownFunction{name, at(k).text.substr(1)};
    }
  }
  return std::nullopt;
}

}  // namespace lsp::features::solve
