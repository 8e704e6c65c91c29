#include "lsp/features/solve/definition.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/base/format.h"

namespace lsp::features::solve {
namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

bool is_one_letter(const Token& token) {
  return token.kind == Kind::word && token.text.size() == 1 && token.text != "d";
}

// Where the bracket that is open at `from` ends, or the end of all.
size_t closing(const Tokens& tokens, size_t from) {
  int depth = 0;
  for (size_t i = from; i + 1 < tokens.size(); ++i) {
    depth += depth_of(tokens[i]);
    if (depth == 0) return i;
  }
  return tokens.size() - 1;
}

bool has(const Tokens& tokens, size_t begin, size_t end, const std::string& name) {
  return std::any_of(tokens.begin() + static_cast<long>(begin),
                     tokens.begin() + static_cast<long>(end),
                     [&](const Token& each) { return each.is_word(name); });
}

constexpr size_t most_defined_tokens = 10'000;  // with the bodies in place of the names

// f(x) = …
bool defines(const Tokens& tokens, size_t at) {
  return tokens.size() >= at + 6 && is_one_letter(tokens[at]) && tokens[at + 1].is("(") &&
         is_one_letter(tokens[at + 2]) && tokens[at + 3].is(")") && tokens[at + 4].is("=");
}

// Collects the tokens of the question, each at the place of the one it stands for.
class DefinedQuestion {
 public:
  // `all` ends with a token of kind `end`.
  DefinedQuestion(const Tokens& all, std::string name, std::string variable, Tokens body)
      : all_(all), name_(std::move(name)), variable_(std::move(variable)), body_(std::move(body)) {}

  Tokens from(size_t begin) {
    for (at_ = begin; at_ < all_.size();) {
      if (all_[at_].is_word(name_)) {
        use();
      } else {
        made_.push_back(all_[at_++]);
      }
    }
    return std::move(made_);
  }
  // A sentence, where what is asked of the function is not clear.
  const std::string& unclear() const { return unclear_; }

 private:
  void mark(const char* text) { made_.push_back({Kind::mark, text, place_, false}); }
  void word(const std::string& text) { made_.push_back({Kind::word, text, place_, false}); }
  void add(const Tokens& tokens) { made_.insert(made_.end(), tokens.begin(), tokens.end()); }

  // f, f(x), f'(x), f(3), f(f(x)) or f^-1(x)
  void use() {
    place_ = all_[at_].at;
    const bool spaced = all_[at_++].spaced;
    const size_t begin = made_.size();
    int order = 0;
    for (; all_[at_].is("'"); ++at_) ++order;
    const bool inverse = order == 0 && raised();
    const Tokens argument = argument_of_call();
    const bool placed =
        !argument.empty() && !(argument.size() == 1 && argument[0].is_word(variable_));
    if (inverse) {
      put_inverse(placed, argument);
    } else {
      if (placed) {
        word("subs");
        mark("(");
      }
      derivative(order);
      if (placed) {
        mark(",");
        word(variable_);
        mark(",");
        add(argument);
        mark(")");
      }
    }
    made_[begin].spaced = spaced;
  }

  // What stands in the brackets that follow, with the function's own uses put in.
  Tokens argument_of_call() {
    const size_t close = all_[at_].is("(") ? closing(all_, at_) : all_.size() - 1;
    if (!all_[close].is(")")) return {};
    Tokens inside(all_.begin() + static_cast<long>(at_) + 1,
                  all_.begin() + static_cast<long>(close));
    at_ = close + 1;
    inside.push_back(all_.back());
    DefinedQuestion question(inside, name_, variable_, body_);
    Tokens made = question.from(0);
    if (unclear_.empty()) unclear_ = question.unclear();
    made.pop_back();
    return made;
  }

  // Takes the power of a function that is its inverse: f^-1, f^{-1}(x). Another one before an
  // argument is not clear.
  bool raised() {
    const bool square = all_[at_].is("²") || all_[at_].is("³");
    if (!square && !all_[at_].is("^")) return false;
    size_t next = at_ + 1;
    const bool bracket = all_[next].is("(") || all_[next].is("{");
    const size_t end = square    ? next
                       : bracket ? closing(all_, next) + 1
                                 : next + (all_[next].is("-") ? 2 : 1);
    if (end >= all_.size()) return false;
    if (bracket) ++next;
    const bool minus_one = !square && all_[next].is("-") && all_[next + 1].text == "1" &&
                           next + (bracket ? 3 : 2) == end;
    if (minus_one) {
      at_ = end;
    } else if (all_[end].is("(") && !all_[end].spaced) {
      unclear_ = engine::base::concat(
          "a power between ", name_, " and its argument may be one of the value or say how often ",
          name_, " is applied: ", name_, "(2)^2 or ", name_, "(", name_, "(2))");
    }
    return minus_one;
  }

  // The inverse function, or where the function has this value.
  void put_inverse(bool placed, const Tokens& value) {
    word(placed ? "solveset" : "inverse_function");
    mark("(");
    mark("(");
    add(body_);
    mark(")");
    if (placed) {
      mark("-");
      mark("(");
      add(value);
      mark(")");
    }
    mark(",");
    word(variable_);
    if (placed) {
      mark(",");
      word("Reals");
    }
    mark(")");
  }

  void derivative(int order) {
    if (order > 0) word("diff");
    mark("(");
    add(body_);
    if (order > 0) {
      mark(",");
      word(variable_);
      mark(",");
      made_.push_back({Kind::number, std::to_string(order), place_, false});
    }
    mark(")");
  }

  const Tokens& all_;
  const std::string name_, variable_;
  const Tokens body_;
  size_t at_ = 0, place_ = 0;
  std::string unclear_;
  Tokens made_;
};

bool composes(const Token& token) {
  return token.is("∘") || token.is_word("o") || token.is_command("circ");
}

// f∘g, (f∘g)(2) and (f o g)(x), of functions that are defined, as f(g(x))
void put_in_compositions(Tokens& tokens) {
  std::map<std::string, std::string> variables;  // of each function
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (defines(tokens, i)) variables[tokens[i].text] = tokens[i + 2].text;
  }
  const auto named = [&](size_t at) {
    return at < tokens.size() && tokens[at].kind == Kind::word &&
           variables.contains(tokens[at].text);
  };
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!named(i) || !composes(tokens[i + 1]) || !named(i + 2)) continue;
    size_t last = i + 2;
    while (composes(tokens[last + 1]) && named(last + 2)) last += 2;
    const bool bracket = i > 0 && tokens[i - 1].is("(") && tokens[last + 1].is(")");
    const size_t begin = bracket ? i - 1 : i;
    size_t end = last + (bracket ? 2 : 1);
    Tokens made, argument{{Kind::word, variables[tokens[last].text], tokens[i].at, false}};
    if (tokens[end].is("(")) {
      const size_t close = closing(tokens, end);
      argument.assign(tokens.begin() + static_cast<long>(end) + 1,
                      tokens.begin() + static_cast<long>(close));
      end = close + 1;
    }
    for (size_t each = i; each <= last; each += 2) {
      made.push_back(tokens[each]);
      made.push_back({Kind::mark, "(", tokens[each].at, false});
    }
    made.insert(made.end(), argument.begin(), argument.end());
    for (size_t each = i; each <= last; each += 2) {
      made.push_back({Kind::mark, ")", tokens[each].at, false});
    }
    tokens.erase(tokens.begin() + static_cast<long>(begin),
                 tokens.begin() + static_cast<long>(end));
    tokens.insert(tokens.begin() + static_cast<long>(begin), made.begin(), made.end());
    i = begin + made.size() - 1;
  }
}

// "… where f(x) = x^2" as "f(x) = x^2, …"
void put_definition_first(Tokens& tokens) {
  for (size_t i = 1; i + 6 < tokens.size(); ++i) {
    if (introduces(tokens[i]) && defines(tokens, i + 1)) return put_values_first(tokens, i);
  }
}

// f(x) = x^2 + 1, x = 3: as f(3). Nothing where something else follows.
Tokens value_asked(const Tokens& tokens, size_t end, const std::string& name,
                   const std::string& variable) {
  while (end < tokens.size() &&
         (tokens[end].is(",") || tokens[end].is(";") || introduces(tokens[end]) ||
          tokens[end].is_word("at") || tokens[end].is_word("when"))) {
    ++end;
  }
  if (end + 3 >= tokens.size() || !tokens[end].is_word(variable) || !tokens[end + 1].is("=")) {
    return {};
  }
  const auto value = tokens.begin() + static_cast<long>(end) + 2;
  const bool single = std::all_of(value, tokens.end() - 1, [&](const Token& each) {
    return !each.is("=") && !each.is(",") && !each.is(";") && !each.is_word(variable);
  });
  if (!single) return {};
  Tokens made{{Kind::word, name, value->at, true}, {Kind::mark, "(", value->at, false}};
  made.insert(made.end(), value, tokens.end() - 1);
  made.push_back({Kind::mark, ")", tokens.back().at, false});
  made.push_back(tokens.back());
  return made;
}

bool put_in_one(Tokens& tokens, std::string& unclear) {
  size_t at = 0;
  for (const char* lead : {"let", "Let", "if", "If", "given", "Given", "for", "For"}) {
    if (tokens[at].is_word(lead)) ++at;
  }
  if (!defines(tokens, at)) return false;
  const std::string name = tokens[at].text, variable = tokens[at + 2].text;
  const size_t begin = at + 5;
  int depth = 0;
  size_t end = begin;
  const auto ends = [&](const Token& token) {
    return depth == 0 && (token.is(",") || token.is(";") || token.is(".") || token.is(":") ||
                          token.is_word("then") || token.is_word("find") || token.is_word("and"));
  };
  const auto places = [&] {  // at x = 3
    const bool word =
        introduces(tokens[end]) || tokens[end].is_word("at") || tokens[end].is_word("when");
    return depth == 0 && word && end + 3 < tokens.size() && tokens[end + 1].is_word(variable) &&
           tokens[end + 2].is("=");
  };
  while (end + 1 < tokens.size() && !ends(tokens[end]) && !places()) {
    depth += depth_of(tokens[end++]);
  }
  if (end == begin || end + 1 >= tokens.size() || has(tokens, begin, end, name)) return false;
  Tokens body(tokens.begin() + static_cast<long>(begin), tokens.begin() + static_cast<long>(end));
  if (Tokens asked = value_asked(tokens, end, name, variable); !asked.empty()) {
    tokens = std::move(asked);
    end = 0;
  } else if (!has(tokens, end, tokens.size(), name) || places()) {
    return false;
  }
  const auto uses = std::count_if(tokens.begin() + static_cast<long>(end), tokens.end(),
                                  [&](const Token& each) { return each.is_word(name); });
  if (static_cast<size_t>(uses) * body.size() + tokens.size() > most_defined_tokens) return false;
  while (ends(tokens[end]) && !tokens[end].is_word("find")) ++end;
  DefinedQuestion question(tokens, name, variable, std::move(body));
  Tokens made = question.from(end);
  if (unclear.empty()) unclear = question.unclear();
  tokens = std::move(made);
  return true;
}

// "dy/dx of y = x^2" and "y = x^2, find dy/dx" as a derivative
void put_in_curve(Tokens& tokens) {
  for (size_t i = 0; i + 3 < tokens.size(); ++i) {
    const std::string above = tokens[i].text, below = tokens[i + 2].text;
    if (tokens[i].kind != Kind::word || above.size() != 2 || above[0] != 'd' ||
        !tokens[i + 1].is("/") || below.size() != 2 || below[0] != 'd') {
      continue;
    }
    const std::string y = above.substr(1);
    const auto begin = std::find_if(tokens.begin(), tokens.end() - 1, [&](const Token& each) {
      return each.is_word(y) && (&each + 1)->is("=");
    });
    if (begin == tokens.end() - 1) return;
    const auto slope = tokens.begin() + static_cast<long>(i);
    const bool first = slope < begin;
    auto end = first ? tokens.end() - 1 : slope;
    while (!first && end > begin + 2 &&
           ((end - 1)->is(",") || (end - 1)->is(";") || (end - 1)->is(".") ||
            (end - 1)->is_word("find") || (end - 1)->is_word("then"))) {
      --end;
    }
    const bool alone =
        first ? slope + 4 == begin || slope + 3 == begin : slope + 4 == tokens.end() && end < slope;
    const bool plain = std::none_of(begin + 2, end, [&](const Token& each) {
      return each.is_word(y) || each.is("=") || each.is("'") || each.is(",") || each.is_word(above);
    });
    if (!alone || !plain || end <= begin + 2) return;
    Tokens made{{Kind::word, "diff", 0, false}, {Kind::mark, "(", 0, false}};
    made.insert(made.end(), begin + 2, end);
    for (Token each :
         {Token{Kind::mark, ",", 0, false}, Token{Kind::word, below.substr(1), 0, false},
          Token{Kind::mark, ")", 0, false}, tokens.back()}) {
      made.push_back(std::move(each));
    }
    tokens = std::move(made);
    return;
  }
}

}  // namespace

bool introduces(const Token& token) {
  static const char* const words[] = {"where", "with", "if", "given", "for"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](const char* word) { return token.is_word(word); });
}

void put_values_first(Tokens& tokens, size_t middle) {
  const auto word = tokens.begin() + static_cast<long>(middle);
  Tokens turned(word + 1, tokens.end() - 1);
  turned.push_back({Kind::mark, ",", word->at, false});
  turned.insert(turned.end(), tokens.begin(), word);
  turned.push_back(tokens.back());
  tokens = std::move(turned);
}

engine::base::Status put_in_definition(Tokens& tokens) {
  put_in_curve(tokens);
  put_in_compositions(tokens);
  if (!defines(tokens, 0)) put_definition_first(tokens);
  std::string unclear;
  while (put_in_one(tokens, unclear)) {
  }
  if (!unclear.empty()) return engine::base::fail(unclear);
  return engine::base::Done{};
}

}  // namespace lsp::features::solve
