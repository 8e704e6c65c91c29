#include "lsp/features/solve/read.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/solve/assigned.h"
#include "lsp/features/solve/definition.h"
#include "lsp/features/solve/languages.h"
#include "lsp/features/solve/letters.h"
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"
#include "lsp/features/solve/phrasings.h"
#include "lsp/features/solve/written.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using engine::base::Result;
using Kind = Token::Kind;

constexpr size_t max_bytes = 10'000;

// 0.333...
bool ends_in_period(std::string_view text) {
  if (!text.ends_with("...")) return false;
  text.remove_suffix(3);
  const size_t digits = text.find_last_not_of("0123456789");
  return digits != std::string_view::npos && digits + 1 < text.size() && text[digits] == '.';
}

// Spaces, and what asks for an answer at the end: "=", "=>", "?", ".".
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  constexpr std::string_view asks[] = {"=>", "=", "?", "."};
  while (!text.empty() && space.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  for (bool changed = true; changed;) {
    changed = false;
    while (!text.empty() && space.find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
      changed = true;
    }
    for (const std::string_view end : asks) {
      if (!text.ends_with(end) || ends_in_period(text)) continue;
      text.remove_suffix(end.size());
      changed = true;
    }
  }
  return text;
}

// Without a comment's sign, which no formula begins with: what stood in a line of code was copied.
std::string_view without_comment(std::string_view text) {
  for (const std::string_view open : {"#", "//", "/*", "<!--"}) {
    if (!text.starts_with(open)) continue;
    text.remove_prefix(open.size());
    while (!text.empty() && (text.front() == open.back())) text.remove_prefix(1);
    for (const std::string_view close : {"*/", "-->"}) {
      if (text.ends_with(close)) text.remove_suffix(close.size());
    }
    return trimmed(text);
  }
  return text;
}

// \[ … \], \( … \) and $ … $
std::string_view without_delimiters(std::string_view text) {
  for (const auto& [open, close] : {std::pair{"\\[", "\\]"}, std::pair{"\\(", "\\)"}}) {
    if (text.starts_with(open) && text.ends_with(close) && text.size() >= 4) {
      return trimmed(text.substr(2, text.size() - 4));
    }
  }
  for (const size_t dollars : {2u, 1u}) {
    if (text.size() <= 2 * dollars || text.find_first_not_of('$') != dollars) continue;
    const std::string_view inside = text.substr(dollars, text.size() - 2 * dollars);
    const bool closed = inside.find('$') == std::string_view::npos &&
                        text.substr(text.size() - dollars) == text.substr(0, dollars);
    if (closed) return trimmed(inside);
  }
  return text;
}

// Euler's totient
std::string without_possessives(std::string_view text) {
  std::string all;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto letter = [&](size_t at) { return at < text.size() && std::isalpha(text[at]) != 0; };
    const bool owns = i >= 2 && letter(i - 1) && letter(i - 2) && text.substr(i).starts_with("'s ");
    // 5'10", but 1'000'000
    const auto digit = [&](size_t at) { return at < text.size() && std::isdigit(text[at]) != 0; };
    const bool group = text[i] == '\'' && i > 0 && digit(i - 1) && digit(i + 1) && digit(i + 2) &&
                       digit(i + 3) && !digit(i + 4);
    if (owns) {
      ++i;
    } else if (group) {
      all += '_';
    } else if (text[i] == '\'' && i > 0 && digit(i - 1) && digit(i + 1)) {
      all += " feet ";
    } else if (text[i] == '"' && i > 0 && digit(i - 1)) {
      all += " inches";
    } else {
      all += text[i];
    }
  }
  return all;
}

bool binds(const std::string& head) {
  return head == "integrate" || head == "summation" || head == "product" || head == "diff" ||
         head == "limit" || head == "sum" || head == "prod" || head == "solve" ||
         head == "solveset" || head == "dsolve";
}

// e and i are constants, unless something binds them: \sum_{i=1}^{n} i.
void resolve(Expression& tree, std::set<std::string> bound) {
  if (tree.is_symbol()) {
    if (bound.contains(tree.text)) return;
    if (tree.text == "e") tree.text = "E";
    if (tree.text == "i") tree.text = "I";
    return;
  }
  if (tree.kind == Expression::Kind::call && binds(tree.text)) {
    for (size_t i = 1; i < tree.arguments.size(); ++i) {
      const Expression& each = tree.arguments[i];
      if (each.is_symbol()) bound.insert(each.text);
      if (each.is_call("tuple") && !each.arguments.empty() && each.arguments[0].is_symbol()) {
        bound.insert(each.arguments[0].text);
      }
      if (each.is_call("list")) {
        for (const Expression& name : each.arguments) {
          if (name.is_symbol()) bound.insert(name.text);
        }
      }
    }
  }
  for (Expression& argument : tree.arguments) resolve(argument, bound);
}

bool is_relation(const Expression& tree) {
  static const std::set<std::string> heads{"eq", "ne", "lt", "le", "gt", "ge", "and", "or"};
  return tree.kind == Expression::Kind::call && heads.contains(tree.text);
}

bool all_relations(const Expression& tree) {
  return (tree.is_call("list") || tree.is_call("tuple")) && !tree.arguments.empty() &&
         std::all_of(tree.arguments.begin(), tree.arguments.end(), is_relation);
}

Expression solve_task(Expression relations, Expression unknowns) {
  if (!relations.is_call("list")) relations = call("list", {std::move(relations)});
  return call("solve",
              {std::move(relations), std::move(unknowns), symbol("unknown"), call("list")});
}

// x + y = 3 and x - y = 1; but "and x > 0" is a condition.
bool only_equations(const std::vector<Token>& tokens, size_t from) {
  return std::none_of(tokens.begin() + static_cast<long>(from), tokens.end(),
                      [](const Token& each) {
                        const char* head = relation_head(each);
                        return head != nullptr && head != std::string_view("eq");
                      });
}

// f(x) = a function in pieces, and no question about it
bool only_defines(const Expression& task) {
  if (!task.is_call("solve") || !task.arguments[0].is_call("list")) return false;
  const Expression& first = task.arguments[0].arguments[0];
  return first.is_call("eq") && first.arguments[0].is_call("mul") &&
         first.arguments[1].is_call("piecewise");
}

// 2^x = 32, x = ?: takes the unknowns from the list's end.
Expression named_behind(Expression& tree) {
  Expression unknowns = call("list");
  while (tree.is_call("list") && tree.arguments.size() > 1 && tree.arguments.back().is_symbol() &&
         is_relation(tree.arguments.front())) {
    unknowns.arguments.insert(unknowns.arguments.begin(), std::move(tree.arguments.back()));
    tree.arguments.pop_back();
  }
  return unknowns;
}

// x = 3, y = 4
bool gives_values(std::vector<Expression>::const_iterator begin,
                  std::vector<Expression>::const_iterator end) {
  return std::all_of(begin, end, [](const Expression& each) {
    return each.is_call("eq") && each.arguments[0].is_symbol();
  });
}

// a = 3, b = 4, sqrt(a^2 + b^2): the value of the last for those of the others; else a list.
Expression with_values(std::vector<Expression> all) {
  const bool values = gives_values(all.begin(), all.end() - 1);
  const bool asks = values && all.back().kind == Expression::Kind::call &&
                    !is_relation(all.back()) && !all.back().is_call("list");
  if (!asks) return call("list", std::move(all));
  std::rotate(all.begin(), all.end() - 1, all.end());
  return call("at", std::move(all));
}

}  // namespace

// 255 in hex; 0.2 as a percentage; 25 as a percentage of 200
Expression Parser::converted(Expression tree) {
  static constexpr std::pair<std::string_view, const char*> bases[] = {
      {"binary", "2"},       {"bin", "2"},  {"octal", "8"},   {"oct", "8"},
      {"hexadecimal", "16"}, {"hex", "16"}, {"decimal", "10"}};
  if (here().is_word("to") && here(1).kind == Kind::number &&
      (here(2).is_word("digits") || here(2).is_word("decimals"))) {
    at_ += 3;
    return call("evalf", {std::move(tree), number(tokens_[at_ - 2].text)});
  }
  if (take_words({"out", "of"})) tree = call("div", {std::move(tree), sum()});
  if (here().is_word("as") && (here(1).is_word("a") || here(1).is_word("percent")) &&
      (here(2).is_word("percentage") || here(2).is_word("percent") || here(1).is_word("percent"))) {
    at_ += here(1).is_word("a") ? 3 : 2;
    return call("what_percent", {std::move(tree), take_word("of") ? sum() : number("1")});
  }
  if (!here().is_word("in") && !here().is_word("to") && !here().is_word("as") &&
      !here().is_word("into")) {
    return tree;
  }
  static constexpr std::pair<std::string_view, const char*> forms[] = {{"vertex", "square"},
                                                                       {"factored", "factor"},
                                                                       {"expanded", "expand"},
                                                                       {"simplest", "simplify"}};
  for (const auto& [word, head] : forms) {
    if (!here(1).is_word(word) || !here(2).is_word("form")) continue;
    at_ += 3;
    return call(head, {std::move(tree)});
  }
  const size_t ahead = here(1).is_word("a") || here(1).is_word("base") ? 2 : 1;
  if (here(1).is_word("base") && here(2).kind == Kind::number) {
    at_ += 3;
    return call("base", {std::move(tree), number(tokens_[at_ - 1].text)});
  }
  if (here(ahead).is_word("fraction")) {
    at_ += ahead + 1;
    return tree;
  }
  const bool whole = tree.kind == Expression::Kind::number &&
                     tree.text.find_first_not_of("0123456789") == std::string::npos;
  if (here(ahead).is_word("decimal") && !whole) {
    at_ += ahead + 1;
    return call("evalf", {std::move(tree)});
  }
  for (const auto& [word, base] : bases) {
    if (!here(ahead).is_word(word)) continue;
    at_ += ahead + 1;
    return call("base", {std::move(tree), number(base)});
  }
  return tree;
}

// An equation with derivatives, and what holds at points.
Expression Parser::differential(Expression tree) {
  if (tree.is_call("dsolve")) return tree;
  if (tree.is_call("solve")) tree = Expression(tree.arguments[0]);
  const bool one = is_relation(tree);
  if (!one && !all_relations(tree)) {
    return failed(concat("what ", unknown_function_->name, " is is not said: an equation is"));
  }
  if (one) tree = call("list", {std::move(tree)});
  return call("dsolve", {call("list", std::move(tree.arguments)), symbol(unknown_function_->name),
                         symbol(unknown_function_->variable)});
}

// x^2 if x < 0 else x; x^2 if x < 0, x otherwise. Without a last piece, it is a condition.
Expression Parser::pieces(Expression value) {
  const bool whole = std::any_of(
      tokens_.begin() + static_cast<long>(at_), tokens_.end(),
      [](const Token& each) { return each.is_word("else") || each.is_word("otherwise"); });
  if (!whole) return value;
  constexpr int max_nested = 20;
  if (depth_ > max_nested) return failed("the pieces are nested too deeply");
  depth_ += 1;
  std::vector<Expression> all;
  while (!error_ && take_word("if")) {
    all.push_back(call("tuple", {std::move(value), relation()}));
    if (!take_word("else") && !take(",") && !take(";")) {
      failed("after a piece and its condition, 'else' is expected");
    }
    value = sum();
  }
  depth_ -= 1;
  take_word("otherwise");
  all.push_back(call("tuple", {std::move(value), symbol("True")}));
  return call("piecewise", std::move(all));
}

// 18 is what percent of 72; 60 is 15% of what
Expression Parser::share_of(Expression part) {
  if (here().kind == Kind::number) {
    Expression percent = power();
    if (take_words({"of", "what"})) return call("div", {std::move(part), std::move(percent)});
  } else if (take_words({"what", "percent", "of"}) || take_words({"what", "percentage", "of"})) {
    return call("what_percent", {std::move(part), sum()});
  }
  return failed("after 'is', 'what percent of' is expected, or '15% of what'");
}

Expression Parser::whole() {
  const auto skip_lead = [&] {
    skip_words({"whats", "let", "write", "express", "compute", "calculate", "evaluate", "find",
                "determine", "the", "please", "value", "of", "give", "show"});
  };
  skip_lead();
  if (here().is_word("what") && here(1).is_word("is")) at_ += 2;
  skip_lead();
  if (at_end()) return failed("there is no formula");
  if (units_ && take_words({"how", "many"})) {  // how many minutes are in 3 hours
    Expression target = product();
    skip_words({"are", "is", "there", "in"});
    return ended(call("convert", {sum(), std::move(target)}));
  }
  Expression tree = relation();
  if (take_word("is")) return ended(share_of(std::move(tree)));
  if (!units_) tree = converted(std::move(tree));
  if (units_ && (take_word("in") || take_word("to") || take_word("into") || take_word("as"))) {
    tree = call("convert", {std::move(tree), product()});
  }
  // find x where 2x = 4
  if (tree.is_symbol() && (take_word("where") || take_word("if") || take_word("when") ||
                           take_words({"such", "that"}) || take_words({"so", "that"}))) {
    Expression domain = symbol("unknown"), assumed = call("list");
    Expression unknowns = call("list", {std::move(tree)});
    Expression relations = equations();
    conditions(unknowns, domain, assumed);
    tree = call("solve",
                {std::move(relations), std::move(unknowns), std::move(domain), std::move(assumed)});
  }
  if (!tree.is_call("solve")) tree = suffixes(std::move(tree));
  // y = 3x + 2 for x = 4: both hold.
  if (tree.is_call("at") && is_relation(tree.arguments[0])) tree.text = "list";
  const bool congruent = tree.is_call("congruence");
  const bool both =
      here().is_word("and") && (is_relation(tree) || congruent) && only_equations(tokens_, at_);
  if (here().is(",") || here().is(";") || both) {
    std::vector<Expression> all{std::move(tree)};
    const bool equation = is_relation(all[0]) || congruent;
    while (take(",") || take(";") || take(".") || (both && take_word("and"))) {
      skip_words({"compute", "calculate", "evaluate", "then"});
      take_words({"what", "is"});
      if (equation && (here().is_word("find") || here().is_word("solve") ||
                       here().is_word("over") || here(1).is_word("in") || here(1).is_word("not"))) {
        break;
      }
      all.push_back(relation());
    }
    tree = equation                                   ? with_values(std::move(all))
           : gives_values(all.begin() + 1, all.end()) ? call("at", std::move(all))
                                                      : call("tuple", std::move(all));
  }
  if (unknown_function_ && !error_ && at_end()) return differential(std::move(tree));
  Expression unknowns = named_behind(tree);
  if (is_relation(tree) || all_relations(tree)) {
    tree = solve_task(std::move(tree), std::move(unknowns));
    conditions(tree.arguments[1], tree.arguments[2], tree.arguments[3]);
  }
  return ended(std::move(tree));
}

// Nothing is dropped: what follows and was not read is an error.
Expression Parser::ended(Expression tree) {
  if (error_ || at_end()) return tree;
  return failed(concat("what follows the formula at ", here().at + 1,
                       " is not understood: ", in_quotes(here().text)));
}

namespace {

// What stands behind a label: "period: 1/(250 MHz) in ns". Nothing where the words before the
// colon may say what is asked.
std::string_view behind_label(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 2 > text.size()) return {};
  for (const char c : text.substr(0, colon)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '.';
    if (!plain) return {};
  }
  auto tokens = tokens_of(text.substr(0, colon), Notation::plain);
  if (!tokens) return {};
  static const std::set<std::string_view> asking{"for", "over", "with", "where", "if", "given",
                                                 "let", "in",   "of",   "from",  "to", "as",
                                                 "and", "at",   "find", "when"};
  const bool asks = std::any_of(tokens->begin(), tokens->end(), [](const Token& each) {
    return asking.contains(each.text) || function_named(each.text) ||
           (each.kind == Kind::word && each.text.size() == 1);
  });
  const bool time = colon > 0 && std::isdigit(static_cast<unsigned char>(text[colon - 1])) != 0;
  return asks || time ? std::string_view() : text.substr(colon + 1);
}

// 2024-01-31 is no subtraction.
bool is_date_at(const std::vector<Token>& tokens, size_t at) {
  const auto digits = [&](size_t index, size_t count) {
    return tokens[index].kind == Kind::number && tokens[index].text.size() == count &&
           tokens[index].text.find('.') == std::string::npos &&
           (index == at || !tokens[index].spaced);
  };
  const auto joins = [&](size_t index) { return tokens[index].is("-") && !tokens[index].spaced; };
  return at + 5 < tokens.size() && digits(at, 4) && joins(at + 1) && digits(at + 2, 2) &&
         joins(at + 3) && digits(at + 4, 2);
}

// 2024-03-01 - 2024-02-01 as "days between 2024-02-01 and 2024-03-01"
void put_in_dates(std::vector<Token>& tokens) {
  const bool difference = tokens.size() == 12 && is_date_at(tokens, 0) && is_date_at(tokens, 6) &&
                          (tokens[5].is("-") || tokens[5].is_word("minus"));
  if (!difference) return;
  const auto word = [](const char* text) { return Token{Kind::word, text, 0, true}; };
  std::vector<Token> made{word("days"), word("between")};
  made.insert(made.end(), tokens.begin() + 6, tokens.begin() + 11);
  made.push_back(word("and"));
  made.insert(made.end(), tokens.begin(), tokens.begin() + 5);
  made.push_back(tokens.back());
  tokens = std::move(made);
}

bool has_date(const std::vector<Token>& tokens) {
  for (size_t i = 0; i + 5 < tokens.size(); ++i) {
    if (is_date_at(tokens, i)) return true;
  }
  return false;
}

Result<Reading> read_all(std::string_view text) {
  if (text.size() > max_bytes) {
    return fail("the formula has ", text.size(), " bytes, of which lemma reads up to ", max_bytes);
  }
  text = trimmed(without_delimiters(without_comment(trimmed(text))));
  const std::string prepared = without_preparation(text);
  const std::string english = in_plain_signs(in_english(prepared));
  text = english;
  std::string spelled;
  if (text.starts_with("what's ") || text.starts_with("What's ")) {
    spelled = concat("what is ", text.substr(7));
    text = spelled;
  }
  spelled = without_possessives(text);
  text = spelled;
  if (text.empty()) return fail("there is no formula");
  const bool latex =
      text.find('\\') != std::string_view::npos || text.find("{,}") != std::string_view::npos;
  const Notation notation = latex ? Notation::latex : Notation::plain;
  auto tokens = tokens_of(text, notation);
  if (!tokens) return tokens.error();
  put_in_dates(*tokens);
  if (latex) join_latex(*tokens);
  put_in_assignments(*tokens);
  if (const auto defined = put_in_definition(*tokens); !defined) return defined.error();
  const bool sentence = put_in_phrasing(*tokens);
  if (has_date(*tokens)) {
    return fail("what is asked of the date is not said: 'weekday of …', 'days between … and …'");
  }
  Parser parser(std::move(*tokens), notation);
  Expression task = parser.whole();
  if (parser.error()) return *parser.error();
  if (only_defines(task)) {
    return fail("what is asked of the function in pieces is not said: f(3), or its integral");
  }
  if (task.is_symbol() && task.text.size() > 2 && !constant_named(task.text)) {
    return fail(in_quotes(task.text), " alone is no formula");
  }
  std::vector<std::string> notes = parser.notes();
  name_letters(task, notes);
  std::set<std::string> bound;
  if (names_e(task, notes)) bound.insert("e");
  resolve(task, bound);
  return Reading{std::move(task), notation, std::move(notes), sentence};
}

}  // namespace

Result<Reading> read(std::string_view text) {
  auto whole = read_all(text);
  if (whole || text.size() > max_bytes) return whole;
  const std::string english = in_english(trimmed(without_comment(trimmed(text))));
  const std::string_view rest = behind_label(english);
  if (rest.empty()) return whole;
  auto labelled = read_all(rest);
  return labelled ? labelled : whole;
}

}  // namespace lsp::features::solve
