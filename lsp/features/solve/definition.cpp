#include "lsp/features/solve/definition.h"

#include <algorithm>
#include <string>

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

 private:
  void mark(const char* text) { made_.push_back({Kind::mark, text, place_, false}); }
  void word(const std::string& text) { made_.push_back({Kind::word, text, place_, false}); }
  void add(const Tokens& tokens) { made_.insert(made_.end(), tokens.begin(), tokens.end()); }

  // f, f(x), f'(x) or f(3)
  void use() {
    place_ = all_[at_].at;
    const bool spaced = all_[at_++].spaced;
    const size_t begin = made_.size();
    int order = 0;
    for (; all_[at_].is("'"); ++at_) ++order;
    Tokens argument;
    const size_t close = all_[at_].is("(") ? closing(all_, at_) : all_.size() - 1;
    if (all_[close].is(")")) {
      argument.assign(all_.begin() + static_cast<long>(at_) + 1,
                      all_.begin() + static_cast<long>(close));
      at_ = close + 1;
    }
    const bool placed =
        !argument.empty() && !(argument.size() == 1 && argument[0].is_word(variable_));
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
    made_[begin].spaced = spaced;
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
  Tokens made_;
};

// "… where f(x) = x^2" as "f(x) = x^2, …"
void put_definition_first(Tokens& tokens) {
  for (size_t i = 1; i + 6 < tokens.size(); ++i) {
    if (introduces(tokens[i]) && defines(tokens, i + 1)) return put_values_first(tokens, i);
  }
}

bool put_in_one(Tokens& tokens) {
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
  while (end + 1 < tokens.size() && !ends(tokens[end])) depth += depth_of(tokens[end++]);
  if (end == begin || end + 1 >= tokens.size() || has(tokens, begin, end, name) ||
      !has(tokens, end, tokens.size(), name)) {
    return false;
  }
  Tokens body(tokens.begin() + static_cast<long>(begin), tokens.begin() + static_cast<long>(end));
  const auto uses = std::count_if(tokens.begin() + static_cast<long>(end), tokens.end(),
                                  [&](const Token& each) { return each.is_word(name); });
  if (static_cast<size_t>(uses) * body.size() + tokens.size() > most_defined_tokens) return false;
  while (ends(tokens[end]) && !tokens[end].is_word("find")) ++end;
  tokens = DefinedQuestion(tokens, name, variable, std::move(body)).from(end);
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

void put_in_definition(Tokens& tokens) {
  put_in_curve(tokens);
  if (!defines(tokens, 0)) put_definition_first(tokens);
  while (put_in_one(tokens)) {
  }
}

}  // namespace lsp::features::solve
