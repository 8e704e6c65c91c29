// What people ask for in words around a formula: "integrate x^2 from 0 to 1", "mean of 1, 2, 4".
#include <algorithm>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

struct Phrase {
  std::vector<std::string_view> words;
  const char* head;
};

// What applies to one formula, and takes as much of it as it can.
const std::vector<Phrase>& wide_phrases() {
  static const std::vector<Phrase> all{
      {{"expand"}, "expand"},
      {{"multiply", "out"}, "expand"},
      {{"factor"}, "factor"},
      {{"factorize"}, "factor"},
      {{"factorise"}, "factor"},
      {{"factorization", "of"}, "factor"},
      {{"prime", "factorization", "of"}, "factor"},
      {{"prime", "factors", "of"}, "factor"},
      {{"simplify"}, "simplify"},
      {{"reduce"}, "simplify"},
      {{"partial", "fractions", "of"}, "apart"},
      {{"partial", "fraction", "decomposition", "of"}, "apart"},
      {{"apart"}, "apart"},
      {{"together"}, "together"},
      {{"cancel"}, "cancel"},
      {{"real", "part", "of"}, "re"},
      {{"imaginary", "part", "of"}, "im"},
      {{"conjugate"}, "conjugate"},
      {{"complex", "conjugate"}, "conjugate"},
      {{"absolute", "value"}, "abs"},
      {{"modulus"}, "abs"},
      {{"argument"}, "arg"},
      {{"square", "root"}, "sqrt"},
      {{"cube", "root"}, "cbrt"},
      {{"gradient"}, "gradient"},
      {{"degree", "of"}, "degree"},
      {{"discriminant"}, "discriminant"},
      {{"complete", "the", "square"}, "square"},
      {{"completing", "the", "square"}, "square"},
      {{"vertex", "form"}, "square"},
  };
  return all;
}

// What applies to one matrix or number, which a sign or a product ends.
const std::vector<Phrase>& narrow_phrases() {
  static const std::vector<Phrase> all{
      {{"det"}, "det"},
      {{"determinant"}, "det"},
      {{"inverse"}, "inverse"},
      {{"invert"}, "inverse"},
      {{"transpose"}, "transpose"},
      {{"eigenvalues"}, "eigenvalues"},
      {{"eigenvectors"}, "eigenvectors"},
      {{"rank"}, "rank"},
      {{"trace"}, "trace"},
      {{"rref"}, "rref"},
      {{"row", "reduce"}, "rref"},
      {{"nullspace"}, "nullspace"},
      {{"null", "space"}, "nullspace"},
      {{"characteristic", "polynomial"}, "charpoly"},
      {{"number", "of", "divisors"}, "divisor_count"},
      {{"divisors"}, "divisors"},
      {{"totient"}, "totient"},
      {{"euler", "phi"}, "totient"},
      {{"factorial"}, "factorial"},
      {{"norm"}, "norm"},
      {{"length"}, "norm"},
      {{"magnitude"}, "norm"},
      {{"next", "prime", "after"}, "nextprime"},
      {{"next", "prime"}, "nextprime"},
      {{"first", "prime", "after"}, "nextprime"},
      {{"previous", "prime", "before"}, "prevprime"},
      {{"last", "prime", "before"}, "prevprime"},
      {{"prime", "before"}, "prevprime"},
      {{"prime", "after"}, "nextprime"},
      {{"previous", "prime"}, "prevprime"},
  };
  return all;
}

const std::vector<Phrase>& list_phrases() {
  static const std::vector<Phrase> all{
      {{"gcd"}, "gcd"},
      {{"greatest", "common", "divisor"}, "gcd"},
      {{"highest", "common", "factor"}, "gcd"},
      {{"greatest", "common", "factor"}, "gcd"},
      {{"hcf"}, "gcd"},
      {{"gcf"}, "gcd"},
      {{"lcm"}, "lcm"},
      {{"least", "common", "multiple"}, "lcm"},
      {{"mean"}, "mean"},
      {{"average"}, "mean"},
      {{"arithmetic", "mean"}, "mean"},
      {{"median"}, "median"},
      {{"mode"}, "mode"},
      {{"population", "variance"}, "pvariance"},
      {{"sample", "variance"}, "variance"},
      {{"variance"}, "variance"},
      {{"population", "standard", "deviation"}, "pstdev"},
      {{"sample", "standard", "deviation"}, "stdev"},
      {{"standard", "deviation"}, "stdev"},
      {{"maximum"}, "max"},
      {{"max"}, "max"},
      {{"minimum"}, "min"},
      {{"min"}, "min"},
      {{"stdev"}, "stdev"},
      {{"pstdev"}, "pstdev"},
      {{"std"}, "stdev"},
      {{"stddev"}, "stdev"},
      {{"largest"}, "max"},
      {{"smallest"}, "min"},
      {{"range", "of"}, "range"},
  };
  return all;
}

}  // namespace

// Nothing where no phrase begins here. SymPy's way to write it, with brackets directly behind the
// word, comes first unless words follow that belong to the phrase.
std::optional<Expression> Parser::phrase() {
  if (here(1).is("(") && !here(1).spaced && function_named(here().text)) {
    const Place before = place();
    std::string head = *function_named(here().text);
    const bool python = here().is_word("int");
    ++at_;
    const size_t bracket = at_;
    std::vector<Expression> arguments = call_arguments();
    // Python's int(7/2), which an integral of a number would not be meant by.
    if (python && arguments.size() == 1 && names_in(arguments[0]).empty()) head = "trunc";
    const bool alone =
        !error_ && (here().kind != Kind::word || !is_stop_word(here().text) ||
                    here().is_word("mod") || here().is_word("for") || here().is_word("and") ||
                    here().is_word("in") || here().is_word("to") || here().is_word("over"));
    const bool bounded = head == "integrate" && here().is_word("for");
    const bool power = here().is("^") && tokens_[bracket].is("(") && !is_elementary(head);
    if (error_ || (alone && !bounded && !(power && arguments.size() == 1))) {
      if (!error_ || !here().is_word("for")) {
        if (error_) return number("0");
        return called(head, std::move(arguments));
      }
    }
    go_back(before);
  }
  if (auto found = pair_phrase()) return found;
  if (auto found = part_phrase()) return found;
  if (auto found = extremum_phrase()) return found;
  if (auto found = list_phrase()) return found;
  const auto match = [&](const Phrase& each) {
    for (size_t i = 0; i < each.words.size(); ++i) {
      if (!here(i).is_word(each.words[i])) return false;
    }
    return true;
  };
  for (const Phrase& each : wide_phrases()) {
    if (!match(each)) continue;
    at_ += each.words.size();
    skip_words({"of", "the", "for", "in"});
    take(":");
    if (at_end()) return missing();
    const bool root = each.words.back() == "root";
    return call(each.head, {root ? under_root() : relation()});
  }
  for (const Phrase& each : narrow_phrases()) {
    if (!match(each)) continue;
    at_ += each.words.size();
    skip_words({"of", "the", "matrix"});
    if (at_end()) return missing();
    Expression of = sign();
    const bool inverts = each.head == std::string_view("inverse");
    if (inverts && (take_word("mod") || take_word("modulo"))) {
      return call("mod_inverse", {std::move(of), sign()});
    }
    return call(each.head, {std::move(of)});
  }
  return number_phrase();
}

// 1, 2 and 4; or a list in brackets
Expression Parser::comma_list() {
  std::vector<Expression> all;
  do {
    const bool last = take_word("and");
    const size_t begin = at_;
    all.push_back(sum());
    const bool bare = !tokens_[begin].is("(");
    if (last && bare && (all.back().is_call("add") || all.back().is_call("sub"))) {
      note("what follows 'and' was read as one entry of the list");
    }
  } while (!error_ && (take(",") || here().is_word("and")));
  const bool is_list = all.size() == 1 &&
                       (all[0].is_call("list") || all[0].is_call("tuple") || all[0].is_call("set"));
  return is_list ? call("list", all[0].arguments) : call("list", std::move(all));
}

std::optional<Expression> Parser::list_phrase() {
  for (const Phrase& each : list_phrases()) {
    bool matches = true;
    for (size_t i = 0; i < each.words.size(); ++i) {
      matches = matches && here(i).is_word(each.words[i]);
    }
    // "min" is also a unit.
    if (!matches || (units_ && each.words[0] == "min")) continue;
    at_ += each.words.size();
    if (each.words[0] == "variance" || each.words[0] == "standard" ||
        each.words[0].starts_with("std")) {
      note("the sample's (divided by n - 1) was taken, not the population's");
    }
    skip_words({"of", "the", "numbers"});
    take(":");
    Expression list = comma_list();
    const bool integers =
        std::string_view(each.head) == "gcd" || std::string_view(each.head) == "lcm";
    return integers ? call(each.head, std::move(list.arguments))
                    : call(each.head, {std::move(list)});
  }
  return std::nullopt;
}

// maximum of x e^-x on [0, 3]; critical points of x^3 - 3x. A list of numbers has its own maximum.
std::optional<Expression> Parser::extremum_phrase() {
  static constexpr std::pair<std::string_view, const char*> words[] = {
      {"maximum", "max"},       {"max", "max"},
      {"maximize", "max"},      {"maximise", "max"},
      {"greatest", "max"},      {"largest", "max"},
      {"maximal", "max"},       {"minimum", "min"},
      {"min", "min"},           {"minimize", "min"},
      {"minimise", "min"},      {"least", "min"},
      {"smallest", "min"},      {"minimal", "min"},
      {"extrema", "both"},      {"extremum", "both"},
      {"maxima", "both"},       {"minima", "both"},
      {"critical", "critical"}, {"stationary", "critical"}};
  const Place before = place();
  const bool local = take_word("local") || take_word("relative");
  if (!local) skip_words({"global", "absolute"});
  for (const auto& [word, kind] : words) {
    if (!take_word(word)) continue;
    if (units_) break;
    Expression unknowns = call("list"), assumed = call("list");
    Expression domain = symbol("unknown");
    if (take("_") && take("{")) {  // \max_{x \in [0, 2]}
      const size_t opened_at = here().at;
      conditions(unknowns, domain, assumed);
      expect("}", opened_at);
    }
    skip_words({"value", "values", "points", "point", "of", "the", "function"});
    take(":");
    if (here(1).is("(") && here(3).is(")") && here(4).is("=")) at_ += 5;  // of f(x) = …
    if (here().kind == Kind::word && here(1).is("=")) at_ += 2;
    Expression body = sum();
    const std::vector<std::string> names = names_in(body);
    const bool unknown = std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return !constant_named(name) && name != "e" && name != "i";
    });
    const bool relates = std::any_of(tokens_.begin() + static_cast<long>(at_), tokens_.end(),
                                     [](const Token& each) { return relation_head(each); });
    const bool listed = body.is_call("list") || body.is_call("tuple") || body.is_call("set");
    if (error_ || !unknown || listed || (here().is(",") && !relates)) break;
    const bool all = local || kind[0] == 'b' || kind[0] == 'c';
    const char* const which = kind[0] == 'm' && local ? "both" : kind;
    if (here().is_word("from") || here().is_word("between")) {
      Range bounds = range();
      if (bounds.low) {
        assumed.arguments.push_back(
            call("interval", {*bounds.low, *bounds.high, symbol("closed"), symbol("closed")}));
      }
    }
    conditions(unknowns, domain, assumed);
    return call(all ? "extrema" : "extremum", {symbol(which), std::move(body), std::move(unknowns),
                                               std::move(domain), std::move(assumed)});
  }
  go_back(before);
  return std::nullopt;
}

// dot [1,2] [3,4]; cross product of a and b; divide 7 by 2
std::optional<Expression> Parser::pair_phrase() {
  struct Pair {
    std::vector<std::string_view> words;
    const char* head;
  };
  static const std::vector<Pair> vectors{{{"dot", "product"}, "dot"},
                                         {{"inner", "product"}, "dot"},
                                         {{"scalar", "product"}, "dot"},
                                         {{"cross", "product"}, "cross"},
                                         {{"vector", "product"}, "cross"},
                                         {{"angle", "between"}, "angle"},
                                         {{"dot"}, "dot"},
                                         {{"cross"}, "cross"}};
  for (const Pair& each : vectors) {
    bool matches = true;
    for (size_t i = 0; i < each.words.size(); ++i) {
      matches = matches && here(i).is_word(each.words[i]);
    }
    if (!matches || here(each.words.size()).is("(")) continue;
    at_ += each.words.size();
    skip_words({"of", "the", "vectors"});
    Expression first = power();
    if (!take(",")) skip_words({"and", "with"});
    Expression second = power();
    if (each.head != std::string_view("angle")) {
      return call(each.head, {std::move(first), std::move(second)});
    }
    Expression lengths = call("mul", {call("norm", {first}), call("norm", {second})});
    return call("acos", {call("div", {call("dot", {first, second}), std::move(lengths)})});
  }
  static constexpr std::pair<std::string_view, std::string_view> verbs[] = {
      {"divide", "by"}, {"multiply", "by"}, {"add", "to"}, {"add", "and"}, {"subtract", "from"}};
  const Place before = place();
  for (const auto& [verb, between] : verbs) {
    if (!take_word(verb)) continue;
    Expression first = sum();
    if (error_ || !take_word(between)) {
      go_back(before);
      continue;
    }
    Expression second = sum();
    if (verb == "divide") {
      return call("simplify", {call("div", {std::move(first), std::move(second)})});
    }
    if (verb == "subtract") return call("sub", {std::move(second), std::move(first)});
    return call(verb == "add" ? "add" : "mul", {std::move(first), std::move(second)});
  }
  return std::nullopt;
}

// half of 10, twice 7
std::optional<Expression> Parser::part_phrase() {
  static constexpr std::pair<std::string_view, const char*> parts[] = {
      {"half", "2"}, {"third", "3"}, {"quarter", "4"}, {"tenth", "10"}};
  for (const auto& [word, below] : parts) {
    const size_t begin = here().is_word("a") || here().is_word("one") ? 1 : 0;
    if (!here(begin).is_word(word) || !here(begin + 1).is_word("of")) continue;
    at_ += begin + 2;
    return call("div", {sign(), number(below)});
  }
  if (take_word("twice") || take_word("double")) return call("mul", {number("2"), sign()});
  return std::nullopt;
}

// series of sin x at 0 to order 5
Expression Parser::series_phrase() {
  skip_words({"series", "expansion", "polynomial", "of", "the", "for"});
  if (at_end()) return failed("there is no function to expand");
  Expression body = sum();
  Expression point = number("0");
  std::string variable, order = "5";
  while (!error_ && !at_end()) {
    take(",");
    if (take_word("at") || take_word("around") || take_word("about")) {
      if (here().kind == Kind::word && here(1).is("=")) {
        variable = variable_word();
        ++at_;
      }
      point = sum();
    } else if (take_word("to") || take_word("of") || take_word("up")) {
      skip_words({"to", "the"});
      take_word("order");
      take_word("degree");
      if (here().kind == Kind::word && here(1).is("^")) at_ += 2;  // up to x^5
      order = here().text;
      if (here().kind != Kind::number) return failed("the order of a series is a number");
      ++at_;
      skip_words({"terms"});
    } else {
      break;
    }
  }
  if (variable.empty()) variable = inferred(body, "the series");
  Expression terms = call("add", {number(order), number("1")});
  return call("series", {std::move(body), symbol(variable), std::move(point), std::move(terms)});
}

// Questions about numbers, and what begins with the name of a task.
std::optional<Expression> Parser::number_phrase() {
  const std::string& first = here().text;
  if (first == "is" && !at_end()) {
    ++at_;
    Expression value = sum();
    take_word("a");
    if (!take_word("prime")) return failed("the question is not understood: 'is 97 prime' is");
    take_word("number");
    return call("isprime", {std::move(value)});
  }
  if (take_words({"what", "percent", "of"}) || take_words({"what", "percentage", "of"})) {
    Expression whole = sum();
    if (!take_word("is")) return failed("the question is not understood: what percent of 72 is 18");
    return call("what_percent", {sum(), std::move(whole)});
  }
  if (take_words({"percent", "change"}) || take_words({"percentage", "change"})) {
    take_word("from");
    Expression from = sum();
    if (!take_word("to")) return failed("a change is written as 'percent change from 50 to 65'");
    return call("percent_change", {std::move(from), sum()});
  }
  if (here().kind == Kind::number) {  // 10th prime
    static const std::set<std::string_view> endings{"st", "nd", "rd", "th"};
    if (here(1).spaced || here(1).kind != Kind::word || !endings.contains(here(1).text)) {
      return std::nullopt;
    }
    const char* head = here(2).is_word("prime")                                       ? "prime"
                       : here(2).is_word("fibonacci") || here(2).is_word("Fibonacci") ? "fibonacci"
                                                                                      : nullptr;
    if (head == nullptr) return std::nullopt;
    Expression place = number(here().text);
    at_ += 3;
    take_word("number");
    return call(head, {std::move(place)});
  }
  if (first == "increase" || first == "decrease") {
    const bool more = first == "increase";
    ++at_;
    Expression from = sum();
    if (!take_word("by")) return failed("a change is written as 'increase 50 by 10%'");
    return call(more ? "add" : "sub", {std::move(from), sum()});
  }
  if (take_words({"quotient", "of"})) return division("quotient");
  if (take_words({"remainder", "of"}) || take_words({"remainder", "when"})) {
    return division("remainder");
  }
  if (take_word("convert")) return sum();
  static const std::set<std::string_view> tasks{
      "integrate", "integral",  "antiderivative", "primitive", "derivative", "differentiate",
      "diff",      "lim",       "limit",          "sum",       "product",    "solve",
      "roots",     "zeros",     "first",          "second",    "third",      "indefinite",
      "definite",  "int",       "prod",           "fourth",    "partial",    "area",
      "taylor",    "maclaurin", "Taylor",         "Maclaurin", "series"};
  if (!tasks.contains(first)) return std::nullopt;
  if (units_ && first == "second") return std::nullopt;
  return task();
}

Expression Parser::task() {
  static constexpr std::pair<std::string_view, int> orders[] = {
      {"first", 1}, {"second", 2}, {"third", 3}, {"fourth", 4}};
  for (const auto& [name, order] : orders) {
    if (!take_word(name)) continue;
    if (!take_word("derivative")) return missing();
    return derivative_phrase(order);
  }
  if (take_words({"area", "under"})) {
    skip_words({"the", "curve", "graph", "of"});
    if (here().is_word("y") && here(1).is("=")) at_ += 2;
    return integral_phrase();
  }
  const bool named = take_word("taylor") || take_word("maclaurin") || take_word("Taylor") ||
                     take_word("Maclaurin");
  if (named || here().is_word("series")) return series_phrase();
  skip_words({"indefinite", "definite", "partial"});
  const std::string verb = here().text;
  ++at_;
  if (verb == "integrate" || verb == "integral" || verb == "antiderivative" || verb == "int" ||
      verb == "primitive") {
    return integral_phrase();
  }
  if (verb == "derivative" || verb == "derivatives" || verb == "differentiate" || verb == "diff")
    return derivative_phrase(1);
  if (verb == "lim" || verb == "limit") return limit_phrase();
  if (verb == "sum" || verb == "product" || verb == "prod") {
    return sum_phrase(verb == "sum" ? "summation" : "product");
  }
  if (verb == "solve" || verb == "roots" || verb == "zeros") return solve_phrase();
  --at_;
  return missing();
}

// The variable that a formula is about, where nobody names it.
std::string Parser::inferred(const Expression& body, const char* what) {
  std::vector<std::string> names = names_in(body);
  std::erase_if(names, [](const std::string& name) {
    return constant_named(name).has_value() || name == "e" || name == "i";
  });
  for (const char* usual : {"x", "t", "y", "z", "n", "k", "u", "s", "r", "theta"}) {
    if (std::find(names.begin(), names.end(), usual) == names.end()) continue;
    if (names.size() > 1) note(concat(what, " was read as one over ", usual));
    return usual;
  }
  return names.empty() ? "x" : names.front();
}

}  // namespace lsp::features::solve
