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
    const std::string head = *function_named(here().text);
    ++at_;
    const size_t bracket = at_;
    std::vector<Expression> arguments = call_arguments();
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
    skip_words({"of", "the"});
    if (at_end()) return missing();
    return call(each.head, {relation()});
  }
  for (const Phrase& each : narrow_phrases()) {
    if (!match(each)) continue;
    at_ += each.words.size();
    skip_words({"of", "the", "matrix"});
    if (at_end()) return missing();
    Expression of = sign();
    if (each.head == std::string_view("inverse") && take_word("mod")) {
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
    take_word("and");
    all.push_back(sum());
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
    if (each.words[0] == "variance" || each.words[0] == "standard") {
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
  if (first == "increase" || first == "decrease") {
    const bool more = first == "increase";
    ++at_;
    Expression from = sum();
    if (!take_word("by")) return failed("a change is written as 'increase 50 by 10%'");
    return call(more ? "add" : "sub", {std::move(from), sum()});
  }
  if (take_word("convert")) return sum();
  if (first == "log" || first == "sin") return std::nullopt;
  static const std::set<std::string_view> tasks{
      "integrate", "integral", "antiderivative", "primitive", "derivative", "differentiate",
      "diff",      "lim",      "limit",          "sum",       "product",    "solve",
      "roots",     "zeros",    "first",          "second",    "third",      "indefinite",
      "definite",  "int",      "prod",           "fourth"};
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
  skip_words({"indefinite", "definite"});
  const std::string verb = here().text;
  ++at_;
  if (verb == "integrate" || verb == "integral" || verb == "antiderivative" || verb == "int" ||
      verb == "primitive") {
    return integral_phrase();
  }
  if (verb == "derivative" || verb == "differentiate" || verb == "diff")
    return derivative_phrase(1);
  if (verb == "lim" || verb == "limit") return limit_phrase();
  if (verb == "sum" || verb == "product" || verb == "prod") {
    return sum_phrase(verb == "sum" ? "summation" : "product");
  }
  return solve_phrase();
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
