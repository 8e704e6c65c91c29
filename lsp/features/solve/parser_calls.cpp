// What SymPy, NumPy and Python call otherwise than lemma's trees do, and what they write behind a
// dot.
#include <algorithm>
#include <map>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

bool is_signed_number(const Expression& tree) {
  const Expression& inside = tree.is_call("neg") ? tree.arguments[0] : tree;
  return inside.kind == Expression::Kind::number;
}

// np.roots([1, -5, 6]): the polynomial with these coefficients
Expression polynomial_of(const Expression& list) {
  const size_t degree = list.arguments.size() - 1;
  Expression all = number("0");
  for (size_t i = 0; i <= degree; ++i) {
    Expression power = call("pow", {symbol("x"), number(std::to_string(degree - i))});
    all = call("add", {std::move(all), call("mul", {list.arguments[i], std::move(power)})});
  }
  return all;
}

Expression solved(const Expression& matrix, const Expression& right) {
  return call("mul", {call("inverse", {matrix}), call("matrix", {right})});
}

// Nothing where the head and its arguments are as they should be.
std::optional<Expression> of_library(const std::string& head, std::vector<Expression>& arguments) {
  const size_t count = arguments.size();
  if (count == 0) return std::nullopt;
  Expression& first = arguments.front();
  const bool list = first.is_call("list") && !first.arguments.empty();
  if (head == "solve" && count == 1 && list &&
      std::all_of(first.arguments.begin(), first.arguments.end(), is_signed_number)) {
    return call("solve", {polynomial_of(first)});
  }
  const bool rows = first.is_call("matrix") || (list && first.arguments.front().is_call("list"));
  if ((head == "solve" || head == "LUsolve") && count == 2 && rows) {
    return solved(first, arguments[1]);
  }
  if (head == "list" && count == 1) return std::move(first);
  if (head == "Poly") return std::move(first);
  if ((head == "degree" || head == "discriminant" || head == "leading_coefficient") && count == 2 &&
      arguments[1].is_symbol()) {
    return call(head, {std::move(first)});
  }
  if (head == "primerange" && count == 2) {
    return call("primes", {std::move(first), call("sub", {arguments[1], number("1")})});
  }
  if (head == "isqrt" && count == 1) return call("floor", {call("sqrt", {std::move(first)})});
  if (head == "complex" && count == 2) {
    return call("add", {std::move(first), call("mul", {arguments[1], symbol("I")})});
  }
  if (head == "dist" && count == 2) {
    return call("norm", {call("sub", {call("matrix", {first}), call("matrix", {arguments[1]})})});
  }
  if (head == "to_degrees" && count == 1) {
    return call("div", {call("mul", {number("180"), std::move(first)}), symbol("pi")});
  }
  if (head == "matrix_power" && count == 2) return call("pow", std::move(arguments));
  return std::nullopt;
}

}  // namespace

// Matrix([[1, 2], [3, 4]]).det(), A.T, f.subs(x, 3)
Expression Parser::method(Expression object) {
  ++at_;
  const std::string name = here().text;
  static const std::map<std::string_view, const char*> members{
      {"real", "re"},           {"imag", "im"},         {"union", "set_union"},
      {"roots", "solve"},       {"all_roots", "solve"}, {"intersection", "set_intersection"},
      {"coeff", "coefficient"}, {"LUsolve", "LUsolve"}, {"solve", "solve"},
      {"adjugate", "adjugate"}};
  auto head = function_named(name);
  if (const auto found = members.find(name); found != members.end()) head = found->second;
  if (!head) return failed(concat("there is no method ", in_quotes(name), " of a formula"));
  ++at_;
  std::vector<Expression> arguments{std::move(object)};
  if (here().is("(")) {
    for (Expression& each : call_arguments()) arguments.push_back(std::move(each));
  }
  if (*head == "doit") return arguments.front();
  return called(*head, std::move(arguments));
}

// f.subs(x, 3), f.subs({x: 3}), f.subs([(x, 3), (y, 4)]), subs(f, x, 3, y, 4)
Expression Parser::substitution(std::vector<Expression> arguments) {
  std::vector<Expression> all{std::move(arguments.front())};
  arguments.erase(arguments.begin());
  const auto put = [&](Expression& name, Expression& value) {
    all.push_back(call("eq", {std::move(name), std::move(value)}));
  };
  if (arguments.size() == 1 && (arguments[0].is_call("set") || arguments[0].is_call("list"))) {
    for (Expression& each : arguments[0].arguments) {
      const bool pair = each.is_call("tuple") || each.is_call("eq");
      if (pair && each.arguments.size() == 2) put(each.arguments[0], each.arguments[1]);
    }
    if (all.size() != arguments[0].arguments.size() + 1) arguments.clear();
  } else if (arguments.size() % 2 == 0) {
    for (size_t i = 0; i < arguments.size(); i += 2) put(arguments[i], arguments[i + 1]);
  }
  if (arguments.empty() || all.size() == 1) {
    return failed("subs takes a name and its value: f.subs(x, 3)");
  }
  return call("at", std::move(all));
}

// What SymPy and Python write otherwise than lemma's trees do.
Expression Parser::called(const std::string& head, std::vector<Expression> arguments) {
  if (head == "pow" && arguments.size() == 3) {
    return call("mod", {call("pow", {arguments[0], arguments[1]}), arguments[2]});
  }
  if (auto found = of_library(head, arguments)) return *found;
  const bool folds = head == "product" || head == "summation";
  const bool sums = head == "sum" || head == "summation";
  if (sums && arguments.size() == 1 && arguments[0].is_call("range")) {  // sum(range(1, 51))
    std::vector<Expression> ends = std::move(arguments[0].arguments);
    if (ends.size() == 1) ends.insert(ends.begin(), number("0"));
    if (ends.size() != 2) return failed("range takes one or two bounds here");
    ends[1] = call("sub", {ends[1], number("1")});
    return call("summation", {symbol("k"), call("tuple", {symbol("k"), ends[0], ends[1]})});
  }
  if (folds && arguments.size() == 1) {
    return call(head == "product" ? "prod" : "sum", std::move(arguments));
  }
  if (head == "hex" || head == "bin" || head == "oct") {
    arguments.push_back(number(head == "hex" ? "16" : head == "bin" ? "2" : "8"));
    return call("base", std::move(arguments));
  }
  if (head == "trunc" && arguments.size() == 1) {
    return call("mul", {call("sign", {arguments[0]}), call("floor", {call("abs", arguments)})});
  }
  if (head == "dsolve") {
    if (!unknown_function_) return failed("dsolve takes an equation and a function: f(x)");
    return call("dsolve", {call("list", {arguments.front()}), symbol(unknown_function_->name),
                           symbol(unknown_function_->variable)});
  }
  if (head == "subs") {
    return substitution(std::move(arguments));
  }
  return call(head, std::move(arguments));
}

}  // namespace lsp::features::solve
