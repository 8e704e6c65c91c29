// Integrals, derivatives, limits, sums and equations in words.
//
// Bounds, points and conditions may stand before the formula or behind it ("integrate x from 0 to
// 1", "integral from 0 to 1 of x"), and each in several wordings; the trees are those that SymPy's
// syntax gives.
#include <algorithm>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

}  // namespace

std::string Parser::variable_word() {
  const Token token = here();
  if (token.kind != Kind::word || constant_named(token.text)) {
    failed(at_end() ? std::string("the formula ends where the name of a variable should follow")
                    : concat("the name of a variable is missing before ", in_quotes(token.text),
                             " at ", token.at + 1));
    return "x";
  }
  ++at_;
  return token.text;
}

// from 0 to 1; from k = 1 to 10; for k in 1..10; between 0 and 1; over [0, 1]
Parser::Range Parser::range() {
  Range found;
  const auto names_variable = [&] {
    return here().kind == Kind::word && !is_stop_word(here().text) &&
           (here(1).is("=") || here(1).is_word("from") || here(1).is_word("in") ||
            here(1).is_word("goes") || here(1).is_word("between") || here(1).is_word("over"));
  };
  const Place before = place();
  take(",");
  skip_words({"for", "as", "over", "with", "where", "when"});
  if (names_variable()) {
    found.variable = variable_word();
    skip_words({"goes"});
  }
  const bool begins = take_word("from") || take("=") || take_word("in") || take_word("between") ||
                      take_word("over");
  if (!begins && !here().is("[")) {
    go_back(before);
    return {};
  }
  if (names_variable()) {
    found.variable = variable_word();
    take("=");
  }
  if (here().is("[") || here().is("(")) {  // an interval
    const Place bracket = place();
    const Expression ends = bracketed();
    if (!error_ && ends.arguments.size() == 2 && (ends.is_call("list") || ends.is_call("tuple"))) {
      found.low = ends.arguments[0];
      found.high = ends.arguments[1];
      return found;
    }
    go_back(bracket);
  }
  found.low = sum();
  if (!take_word("to") && !take("..") && !take_word("and") && !take_word("until") &&
      !take_word("through") && !take("->")) {
    failed("the upper bound is missing: 'from 0 to 1' is expected");
  }
  if (here(1).is("=") && here().is_word(found.variable)) at_ += 2;  // from t = 0 to t = 2
  found.high = sum();
  return found;
}

Expression Parser::integral_phrase() {
  skip_words({"of", "the"});
  Range bounds;
  if (take("_")) {
    bounds.low = argument();
    if (!take("^")) return failed("the integral has only one bound");
    bounds.high = argument();
  } else if (here().is_word("from") || here().is_word("between")) {
    bounds = range();
    skip_words({"of", "the"});
  }
  if (at_end()) return failed("there is nothing to integrate");
  ++integrals_;
  const std::string outer = std::exchange(differential_, "");
  Expression body = sum();
  std::string variable = std::exchange(differential_, outer);
  if (is_differential()) {
    variable = here().text.size() == 2 ? here().text.substr(1) : here(1).text;
    at_ += here().text.size() == 2 ? 1 : 2;
  }
  --integrals_;
  // Integrate \\int_0^1 x dx
  if (!bounds.low && variable.empty() && body.is_call("integrate") && at_end()) return body;
  if (take_words({"with", "respect", "to"}) || take_word("wrt")) variable = variable_word();
  if (!bounds.low) bounds = range();
  if (take_words({"with", "respect", "to"}) || take_word("wrt")) variable = variable_word();
  if (variable.empty()) variable = bounds.variable;
  if (variable.empty()) variable = inferred(body, "the integral");
  if (!bounds.low) return call("integrate", {std::move(body), symbol(variable)});
  return call("integrate",
              {std::move(body), call("tuple", {symbol(variable), *bounds.low, *bounds.high})});
}

Expression Parser::derivative_phrase(int order) {
  skip_words({"of", "the"});
  if (at_end()) return failed("there is nothing to differentiate");
  Expression body = relation();
  std::string variable;
  if (take_words({"with", "respect", "to"}) || take_word("wrt")) variable = variable_word();
  if (variable.empty() && here().is_word("by")) {
    ++at_;
    variable = variable_word();
  }
  if (variable.empty()) variable = inferred(body, "the derivative");
  return suffixes(call("diff", {std::move(body), symbol(variable), number(std::to_string(order))}));
}

// … at x = 2
Expression Parser::suffixes(Expression tree) {
  const Place before = place();
  take_word("evaluated");
  const bool valued = here().is_word("for") && here(1).kind == Kind::word && here(2).is("=");
  if (valued) ++at_;
  if (!valued && !take_word("at") && !take_word("where") && !take_word("when")) {
    go_back(before);
    return tree;
  }
  std::vector<Expression> arguments{std::move(tree)};
  do {
    Expression value = relation();
    if (!value.is_call("eq") || !value.arguments[0].is_symbol()) {
      return failed("after 'at' or 'where', a value is expected: 'at x = 2'");
    }
    arguments.push_back(std::move(value));
  } while (take(",") || take_word("and"));
  return call("at", std::move(arguments));
}

Expression Parser::point_and_side(std::string& side, Body body) {
  Expression point = body == Body::follows ? sign() : product();
  // lim x->pi/2 tan x: no formula begins with a division
  if (body == Body::follows && here().is("/") && here(1).kind == Kind::number) {
    ++at_;
    point = call("div", {std::move(point), operand()});
  }
  const auto signed_side = [&] {
    take("^");
    const bool braced = take("{");
    if (here().is("+") || here().is("-")) side = here().is("+") ? "right" : "left";
    ++at_;
    if (braced) take("}");
  };
  const bool raised = here().is("^");
  if (raised || (here().is("+") && !starts_operand(1)) || (here().is("-") && !starts_operand(1)) ||
      ((here().is("+") || here().is("-")) && !here().spaced && here(1).spaced)) {
    signed_side();
  } else {
    while (here().is("+") || here().is("-")) {
      const bool added = take("+");
      if (!added) take("-");
      point = call(added ? "add" : "sub", {std::move(point), product()});
    }
  }
  if (take_word("from")) {
    skip_words({"the"});
    if (take_word("right") || take_word("above")) side = "right";
    if (take_word("left") || take_word("below")) side = "left";
  }
  return point;
}

Expression Parser::limit_phrase() {
  skip_words({"of", "the"});
  std::string variable, side;
  std::optional<Expression> point;
  const auto arrow = [&] {
    return take("->") || take_word("approaches") || take_words({"tends", "to"}) ||
           take_words({"goes", "to"}) || take_word("to");
  };
  const auto read_point = [&](Body body) {
    variable = variable_word();
    if (!arrow()) failed("the limit does not say where: 'lim sin(x)/x as x -> 0'");
    point = point_and_side(side, body);
  };
  const bool first = here().kind == Kind::word && (here(1).is("->") || here(1).is_word("to"));
  const size_t opened_at = here(1).at;
  if (take("_")) {
    const bool braced = take("{") || take("(");
    read_point(braced ? Body::before : Body::follows);
    if (braced && !take("}")) expect(")", opened_at);
  } else if (first || here().is_word("as")) {
    take_word("as");
    read_point(Body::follows);
  }
  skip_words({"of"});
  take(",");
  Expression body = sum();
  if (!point) {
    take(",");
    skip_words({"as", "when", "for", "where"});
    read_point(Body::before);
  }
  if (point && point->is_symbol() && point->text.size() > 3 && !constant_named(point->text) &&
      !is_greek(point->text)) {
    return failed(concat(in_quotes(point->text), " is no place that a limit is taken at"));
  }
  return call("limit", {std::move(body), symbol(variable), std::move(*point),
                        symbol(side.empty() ? "both" : side)});
}

// The root of 196 divided by 7 is the one of 196 alone; that of x^2 + 1 is the one of all.
Expression Parser::under_root() {
  const Place before = place();
  Expression first = sign();
  const bool goes_on = here().is("+") || here().is("-") || here().is("*") || here().is("/") ||
                       here().is("·") || here().is("×") || here().is_word("plus") ||
                       here().is_word("minus") || here().is_word("times") ||
                       here().is_word("divided");
  if (error_ || !goes_on) {
    go_back(before);
    return relation();
  }
  if (names_in(first).empty()) {
    note(concat("the root was read as the one of ", to_text(first), " alone"));
    return first;
  }
  go_back(before);
  Expression all = relation();
  note(concat("the root was read as the one of ", to_text(all)));
  return all;
}

// the first 50 odd numbers
std::optional<Expression> Parser::first_numbers() {
  static const std::pair<std::string_view, const char*> kinds[] = {
      {"odd", "odd"},   {"even", "even"}, {"natural", ""},  {"positive", ""},
      {"integers", ""}, {"numbers", ""},  {"squares", "2"}, {"square", "2"},
      {"cubes", "3"},   {"cube", "3"},    {"perfect", "2"}};
  if (!here().is_word("first") || here(1).kind != Kind::number) return std::nullopt;
  for (const auto& [word, kind] : kinds) {
    if (!here(2).is_word(word)) continue;
    const Expression k = symbol("k");
    Expression term = k, last = number(here(1).text);
    at_ += 3;
    skip_words({"odd", "even", "positive", "natural", "whole", "square", "squares", "numbers",
                "integers"});
    if (kind == std::string_view("odd") || kind == std::string_view("even")) {
      term = call("mul", {number("2"), k});
      if (kind[0] == 'o') term = call("sub", {std::move(term), number("1")});
    } else if (kind[0] != 0) {
      term = call("pow", {k, number(kind)});
    }
    return call("tuple", {std::move(term), call("tuple", {k, number("1"), std::move(last)})});
  }
  return std::nullopt;
}

Expression Parser::sum_phrase(const std::string& head) {
  skip_words({"of", "the"});
  if (auto found = first_numbers()) return call(head, std::move(found->arguments));
  Range bounds;
  if (take("_")) {
    const Expression begin = argument();
    if (!begin.is_call("eq") || !take("^")) return failed("bounds are written as sum_{k=1}^{10}");
    bounds = {begin.arguments[0].text, begin.arguments[1], argument()};
  } else if (here().is_word("from") || here().is_word("for") || here().is_word("over") ||
             (here().kind == Kind::word && here(1).is("="))) {
    if (here(1).is("=")) {
      bounds.variable = variable_word();
    }
    Range found = range();
    if (found.variable.empty()) found.variable = bounds.variable;
    bounds = std::move(found);
    skip_words({"of", "the"});
  }
  if (at_end()) return failed("there is nothing to add or multiply");
  ++sums_;
  Expression body = sum();
  --sums_;
  if (!bounds.low && here().is(",") && !(here(1).kind == Kind::word && here(2).is("="))) {
    std::vector<Expression> all{std::move(body)};
    while (take(",") || take_word("and")) {
      take_word("and");
      all.push_back(sum());
    }
    return call(head == "summation" ? "sum" : "prod", {call("list", std::move(all))});
  }
  if (!bounds.low) bounds = range();
  if (!bounds.low && (body.is_call("list") || body.is_call("tuple"))) {
    return call(head == "summation" ? "sum" : "prod", {std::move(body)});
  }
  if (!bounds.low) return failed("the sum or product has no bounds: 'for k from 1 to 10'");
  if (bounds.variable.empty()) bounds.variable = inferred(body, "the sum");
  return call(
      head, {std::move(body), call("tuple", {symbol(bounds.variable), *bounds.low, *bounds.high})});
}

// of x^3 + 1 divided by x - 1: what is divided may be a sum
Expression Parser::division(const char* head) {
  skip_words({"the", "dividing", "division", "of"});
  for (size_t i = at_; i + 1 < tokens_.size(); ++i) {
    const bool by = tokens_[i].is_word("divided") && tokens_[i + 1].is_word("by");
    if (!by && !tokens_[i].is_word("by")) continue;
    tokens_[i].text = "with";  // which no product takes in
    if (by) tokens_.erase(tokens_.begin() + static_cast<long>(i) + 1);
    break;
  }
  Expression above = sum();
  take_word("is");
  if (!take_word("with") && !take_word("and") && above.is_call("div")) {
    return call(head[0] == 'r' ? "mod" : "floordiv", std::move(above.arguments));
  }
  if (at_end()) return failed(concat("a ", head, " is one 'of 17 divided by 5'"));
  Expression below = sum();
  const bool numbers = names_in(above).empty() && names_in(below).empty();
  if (numbers) head = head[0] == 'r' ? "mod" : "floordiv";
  return call(head, {std::move(above), std::move(below)});
}

Expression Parser::equations() {
  std::vector<Expression> all;
  while (!error_) {
    Expression next = relation();
    if (next.is_call("list") || next.is_call("tuple") || next.is_call("set")) {
      for (Expression& each : next.arguments) all.push_back(std::move(each));
    } else {
      all.push_back(std::move(next));
    }
    const Place before = place();
    if (!take(",") && !take(";") && !take_word("and")) break;
    take_word("and");
    // "a not 0" and "x > 0" behind a comma say what is assumed.
    const bool assumes =
        here().kind == Kind::word && here(1).kind == Kind::word &&
        (here(1).is_word("not") || here(1).is_word("nonzero") || here(1).is_word("positive") ||
         here(1).is_word("negative") || here(1).is_word("real") || here(1).is_word("in"));
    if (assumes || here().is_word("for") || here().is_word("where")) {
      go_back(before);
      break;
    }
  }
  return call("list", std::move(all));
}

// the reals, the integers
void Parser::domain_words(Expression& domain, Expression& assumed) {
  skip_words({"the", "all", "set", "of", "real", "complex"});
  const std::string& before = tokens_[at_ - 1].text;
  static const std::pair<const char*, const char*> names[] = {
      {"reals", "Reals"},         {"Reals", "Reals"},         {"R", "Reals"},
      {"integers", "Integers"},   {"Z", "Integers"},          {"Integers", "Integers"},
      {"rationals", "Rationals"}, {"Q", "Rationals"},         {"naturals", "Naturals"},
      {"N", "Naturals"},          {"complexes", "Complexes"}, {"C", "Complexes"},
      {"Complexes", "Complexes"}};
  if (take_word("numbers")) {
    domain = symbol(before == "complex" ? "Complexes" : "Reals");
    return;
  }
  for (const auto& [word, name] : names) {
    if (!take_word(word)) continue;
    skip_words({"numbers"});
    domain = symbol(name);
    return;
  }
  skip_words({"interval"});
  if (!here().is("[") && !here().is("(")) {
    failed(at_end() ? std::string("the formula ends where a set of numbers should follow")
                    : concat(in_quotes(here().text), " is no set of numbers that lemma knows"));
    return;
  }
  const bool open_low = here().is("(");
  const size_t opened_at = here().at;
  ++at_;
  Expression low = sum();
  expect(",", opened_at);
  Expression high = sum();
  const bool open_high = here().is(")");
  if (!take(")")) expect("]", opened_at);
  assumed.arguments.push_back(
      call("interval", {std::move(low), std::move(high), symbol(open_low ? "open" : "closed"),
                        symbol(open_high ? "open" : "closed")}));
}

// for x; over the reals; for 0 <= x < 2 pi; a not 0; x positive
void Parser::conditions(Expression& unknowns, Expression& domain, Expression& assumed) {
  while (!error_ && !at_end()) {
    const bool behind_comma = take(",");
    if (take_word("over") || take_word("in") || take_word("on") || take_word("within")) {
      domain_words(domain, assumed);
      continue;
    }
    const size_t before = at_;
    skip_words({"find", "solve", "for", "with", "where", "if", "when", "given", "and", "such",
                "assuming"});
    if (here().kind == Kind::word &&
        (here(1).is_word("not") || here(1).is_word("nonzero") || here(1).is_word("positive") ||
         here(1).is_word("negative") || here(1).is_word("real") || here(1).is_word("in"))) {
      Expression name = symbol(variable_word());
      if (take_word("not")) {
        skip_words({"equal", "to", "zero"});
        if (here().kind == Kind::number) ++at_;
        assumed.arguments.push_back(call("ne", {std::move(name), number("0")}));
      } else if (take_word("nonzero")) {
        assumed.arguments.push_back(call("ne", {std::move(name), number("0")}));
      } else if (take_word("positive")) {
        assumed.arguments.push_back(call("gt", {std::move(name), number("0")}));
      } else if (take_word("negative")) {
        assumed.arguments.push_back(call("lt", {std::move(name), number("0")}));
      } else if (take_word("real")) {
        domain = symbol("Reals");
      } else {
        take_word("in");
        domain_words(domain, assumed);
      }
    } else {
      const bool begins = here().is("(") || here().kind == Kind::word ||
                          (behind_comma && here().kind == Kind::number);  // , 0 <= x <= 3
      if (at_ == before && !begins) return;
      Expression each = relation();
      if (each.is_symbol()) {
        unknowns.arguments.push_back(std::move(each));
      } else if (each.is_call("tuple") || each.is_call("list")) {
        for (Expression& name : each.arguments) unknowns.arguments.push_back(std::move(name));
      } else {
        assumed.arguments.push_back(std::move(each));
      }
    }
    if (at_ == before) return;
  }
}

Expression Parser::solve_phrase() {
  skip_words({"of", "the", "for", "equation", "equations", "system", "inequality"});
  if (at_end()) return failed("there is nothing to solve");
  Expression unknowns = call("list"), assumed = call("list");
  Expression domain = symbol("unknown");
  // "solve for x: 2x = 4"
  if (here().kind == Kind::word && here().text.size() == 1 &&
      (here(1).is(":") || here(1).is(","))) {
    unknowns.arguments.push_back(symbol(variable_word()));
    ++at_;
  }
  // "solve for x and y: x + y = 3, x - y = 1"
  if (here(1).is_word("and") && here(2).kind == Kind::word && here(3).is(":")) {
    for (int i = 0; i < 2; ++i, ++at_) unknowns.arguments.push_back(symbol(variable_word()));
  }
  Expression relations = equations();
  const bool congruent =
      relations.arguments.size() == 1 && relations.arguments[0].is_call("congruence");
  if (congruent && at_end()) return std::move(relations.arguments[0]);
  conditions(unknowns, domain, assumed);
  return call("solve",
              {std::move(relations), std::move(unknowns), std::move(domain), std::move(assumed)});
}

}  // namespace lsp::features::solve
