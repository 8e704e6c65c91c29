#include "lsp/features/solve/joined.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/solve/names.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using Kind = Token::Kind;

bool is_whole(const Token& token, size_t least, size_t most) {
  return token.kind == Kind::number && token.text.size() >= least && token.text.size() <= most &&
         token.text.find_first_not_of("0123456789") == std::string::npos;
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
    if (!is_whole(tokens[i], 1, 3) || !may_group(tokens, i)) continue;
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

std::optional<long> whole_of(const Expression& tree) {
  if (tree.is_call("neg")) {
    const auto inside = whole_of(tree.arguments[0]);
    return inside ? std::optional(-*inside) : std::nullopt;
  }
  long value = 0;
  const char* end = tree.text.data() + tree.text.size();
  const auto [stop, error] = std::from_chars(tree.text.data(), end, value);
  const bool whole = tree.kind == Expression::Kind::number && stop == end && error == std::errc();
  return whole && value < 1'000'000'000 ? std::optional(value) : std::nullopt;
}

Expression whole(long value) {
  return value < 0 ? call("neg", {number(std::to_string(-value))}) : number(std::to_string(value));
}

// One term of a sum as a function of k: what is the same in all terms stays, whole numbers with a
// constant difference become first + step * k. The last term says how far k goes.
class Progression {
 public:
  // Nothing where the terms differ otherwise.
  std::optional<Expression> unified(const std::vector<const Expression*>& terms,
                                    const Expression& last) {
    const auto [first, step] = step_of(terms);
    if (step != 0) return varying(first, step, last);
    for (const Expression* each : terms) {
      if (each->kind != terms[0]->kind || each->text != terms[0]->text ||
          each->arguments.size() != terms[0]->arguments.size()) {
        return std::nullopt;
      }
    }
    if (last.kind != terms[0]->kind || last.text != terms[0]->text ||
        last.arguments.size() != terms[0]->arguments.size()) {
      return std::nullopt;
    }
    Expression all = *terms[0];
    for (size_t i = 0; i < all.arguments.size(); ++i) {
      std::vector<const Expression*> parts;
      for (const Expression* each : terms) parts.push_back(&each->arguments[i]);
      auto part = unified(parts, last.arguments[i]);
      if (!part) return std::nullopt;
      all.arguments[i] = std::move(*part);
    }
    return all;
  }
  std::optional<Expression> summed(Expression term) const {
    if (!end_) return std::nullopt;
    return call("summation", {std::move(term), call("tuple", {symbol("k"), whole(begin_), *end_})});
  }

 private:
  // {first, difference}; the difference is 0 where there is none.
  static std::pair<long, long> step_of(const std::vector<const Expression*>& terms) {
    const auto first = whole_of(*terms[0]), second = whole_of(*terms[1]);
    if (!first || !second) return {0, 0};
    for (size_t i = 2; i < terms.size(); ++i) {
      const auto value = whole_of(*terms[i]);
      if (!value || *value != *first + static_cast<long>(i) * (*second - *first)) return {0, 0};
    }
    return {*first, *second - *first};
  }

  std::optional<Expression> varying(long first, long step, const Expression& last) {
    const Expression k = symbol("k");
    const bool begins = !end_;
    if (begins) begin_ = step == 1 ? first : 0;
    std::optional<Expression> end;
    if (last.is_symbol() && step == 1) {
      end = first == begin_ ? last : call("sub", {last, whole(first - begin_)});
    } else if (const auto value = whole_of(last); value && (*value - first) % step == 0) {
      const long count = (*value - first) / step;
      if (count > 0) end = whole(count + begin_);
    }
    if (!end || (!begins && to_text(*end) != to_text(*end_))) return std::nullopt;
    end_ = std::move(end);
    const long offset = first - step * begin_;
    Expression scaled = step == 1 ? k : call("mul", {whole(step), k});
    return offset == 0 ? scaled : call("add", {whole(offset), std::move(scaled)});
  }

  long begin_ = 0;
  std::optional<Expression> end_;
};

}  // namespace

namespace {

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
    join_decimals(tokens, notes);
    join_thousands(tokens, notes);
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

namespace {

// The ratio that leads from each value to the next and at last to the end, and in how many steps;
// 0 steps where there is none. A ratio of 1 leads nowhere, and so anywhere.
std::pair<long, long> geometric(const std::vector<long>& values, long end) {
  const long first = values[0];
  const long ratio = first != 0 && values[1] % first == 0 ? values[1] / first : 0;
  for (size_t i = 1; i < values.size(); ++i) {
    if (ratio < 1 || values[i] != values[i - 1] * ratio) return {0, 0};
  }
  if (ratio == 1) return {1, end == first ? -1 : 0};
  long count = 0, value = first;
  for (; std::abs(value) < std::abs(end); ++count) value *= ratio;
  return {ratio, value == end ? count : 0};
}

// first * ratio^k
Expression geometric_term(long first, long ratio) {
  if (ratio == 1) return whole(first);
  return call("mul", {whole(first), call("pow", {whole(ratio), symbol("k")})});
}

// 1/2 + 1/4 + … + 1/64
std::optional<Expression> sum_of_fractions(const std::vector<Expression>& terms,
                                           const Expression& last) {
  std::vector<long> above, below;
  for (const Expression& term : terms) {
    const bool fraction = term.is_call("div");
    above.push_back(whole_of(fraction ? term.arguments[0] : term).value_or(0));
    below.push_back(fraction ? whole_of(term.arguments[1]).value_or(0) : 1);
  }
  if (!last.is_call("div")) return std::nullopt;
  const auto [up, steps_up] = geometric(above, whole_of(last.arguments[0]).value_or(0));
  const auto [down, steps_down] = geometric(below, whole_of(last.arguments[1]).value_or(0));
  const bool agree = steps_up == steps_down || steps_up == -1 || steps_down == -1;
  const long steps = std::max(steps_up, steps_down);
  if (steps_up == 0 || steps_down == 0 || !agree || steps < 1) return std::nullopt;
  Expression term = call("div", {geometric_term(above[0], up), geometric_term(below[0], down)});
  return call("summation",
              {std::move(term), call("tuple", {symbol("k"), number("0"), whole(steps)})});
}

}  // namespace

std::optional<Expression> sum_of_progression(const std::vector<Expression>& terms,
                                             const Expression& last) {
  if (terms.size() < 2) return std::nullopt;
  std::vector<const Expression*> each;
  for (const Expression& term : terms) each.push_back(&term);
  Progression progression;
  if (auto term = progression.unified(each, last)) return progression.summed(std::move(*term));
  // 1 + 2 + 4 + … + 64
  if (last.is_call("div")) return sum_of_fractions(terms, last);
  std::vector<long> values;
  for (const Expression& term : terms) values.push_back(whole_of(term).value_or(0));
  const auto [ratio, steps] = geometric(values, whole_of(last).value_or(0));
  if (ratio < 2 || steps < 1) return std::nullopt;
  return call("summation", {geometric_term(values[0], ratio),
                            call("tuple", {symbol("k"), number("0"), whole(steps)})});
}

}  // namespace lsp::features::solve
