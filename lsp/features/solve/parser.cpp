// The levels of precedence; operands are parser_operands.cpp's and what stands behind them is
// parser_powers.cpp's, LaTeX's own constructs are parser_latex.cpp's, and what people ask for in
// words is parser_phrases.cpp's and parser_tasks.cpp's.
//
// A product without a sign is taken wherever an operand begins behind another. So words that may
// stand between the parts of a phrase ("from", "to", "of") must never begin one: names.h lists
// them.
#include "lsp/features/solve/parser.h"

#include <algorithm>
#include <array>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/numerals.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

constexpr int max_depth = 150;

// Counts how deep the grammar's functions call each other.
class Level {
 public:
  explicit Level(int& depth) : depth_(depth) { ++depth_; }
  ~Level() { --depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  int& depth_;
};

// Whether the formula is about quantities: all of its words are units or stand around them, and one
// of them says so, by its length or by being converted. "5 m" alone may be a product.
bool has_units(const std::vector<Token>& tokens) {
  // "10 m / 4 s", "220 V * 10 A": products would be written otherwise.
  const auto counted_unit = [&](size_t at) {
    return tokens[at].kind == Kind::number && tokens[at + 1].kind == Kind::word &&
           tokens[at + 1].spaced && unit_named(tokens[at + 1].text);
  };
  const bool joined = tokens.size() == 6 && (tokens[2].is("/") || tokens[2].is("*"));
  if (joined && counted_unit(0) && counted_unit(3)) return true;
  static const std::set<std::string_view> around{
      "in",   "to",    "into",    "as",   "per",     "convert", "what",     "dozen", "convert_to",
      "are",  "there", "is",      "how",  "many",    "and",     "the",      "plus",  "minus",
      "sqrt", "times", "compute", "find", "divided", "by",      "calculate"};
  bool says_so = false, counted = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    // sec 0, min 3 4: functions, which no number stands before
    const bool applied = token.kind == Kind::word && tokens[i + 1].kind == Kind::number &&
                         (i == 0 || tokens[i - 1].kind != Kind::number);
    if (applied && function_named(token.text) && unit_named(token.text)) return false;
    counted = counted || token.kind == Kind::number;
    if (token.kind == Kind::command) return false;
    if (token.kind != Kind::word) continue;
    const bool converts = token.is_word("in") || token.is_word("to") || token.is_word("into");
    says_so = says_so || converts || (unit_named(token.text) && token.text.size() > 1);
    if (!around.contains(token.text) && !unit_named(token.text)) return false;
  }
  return says_so && counted && std::any_of(tokens.begin(), tokens.end(), [](const Token& each) {
           return each.kind == Kind::word && unit_named(each.text);
         });
}

bool has_unit(const Expression& tree) {
  return tree.kind == Expression::Kind::unit ||
         std::any_of(tree.arguments.begin(), tree.arguments.end(), has_unit);
}

// [1, 2, 3], or a matrix of one column or row
bool is_vector(const Expression& tree) {
  if (tree.is_call("matrix") && tree.arguments.size() == 1) return is_vector(tree.arguments[0]);
  const bool list = tree.is_call("list") || tree.is_call("tuple");
  if (!list || tree.arguments.empty()) return false;
  const auto single = [](const Expression& row) {
    return !row.is_call("list") || row.arguments.size() == 1;
  };
  return std::all_of(tree.arguments.begin(), tree.arguments.end(), single) ||
         (tree.arguments.size() == 1 && is_vector(tree.arguments[0]));
}

// x^2 = 2 mod 7
bool is_congruence(const Expression& tree) {
  return tree.is_call("eq") && tree.arguments[1].is_call("mod") &&
         !tree.arguments[0].is_call("mod") && !names_in(tree.arguments[0]).empty() &&
         names_in(tree.arguments[1]).empty();
}

}  // namespace

const char* relation_head(const Token& token) {
  static constexpr std::array<std::pair<const char*, const char*>, 6> heads{
      {{"=", "eq"}, {"<", "lt"}, {"<=", "le"}, {">", "gt"}, {">=", "ge"}, {"!=", "ne"}}};
  for (const auto& [mark, head] : heads) {
    if (token.is(mark)) return head;
  }
  return token.is_word("equals") ? "eq" : nullptr;
}

Parser::Parser(std::vector<Token> tokens, Notation notation)
    : tokens_(std::move(tokens)), notation_(notation) {
  error_ = join_periods(tokens_, notes_);
  join_tokens(tokens_, notation_, notes_);
  units_ = has_units(tokens_);
  unknown_function_ = unknown_function_in(tokens_);
}

void Parser::go_back(Place place) {
  at_ = place.at;
  notes_ = std::move(place.notes);
  error_ = std::move(place.error);
}

const Token& Parser::here(size_t ahead) const {
  return error_ ? tokens_.back() : tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool Parser::take(std::string_view mark) {
  if (!here().is(mark)) return false;
  ++at_;
  return true;
}

bool Parser::take_word(std::string_view word) {
  if (!here().is_word(word)) return false;
  ++at_;
  return true;
}

bool Parser::take_words(std::initializer_list<std::string_view> words) {
  size_t ahead = 0;
  for (const std::string_view word : words) {
    if (!here(ahead++).is_word(word)) return false;
  }
  at_ += words.size();
  return true;
}

void Parser::skip_words(std::initializer_list<std::string_view> words) {
  while (std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return take_word(word); })) {
  }
}

Expression Parser::failed(const std::string& message) {
  if (!error_) error_ = engine::base::Error{message};
  return number("0");
}

Expression Parser::missing() {
  if (at_end()) return failed("the formula ends where a number, a name or a bracket should follow");
  return failed(concat("a number, a name or a bracket is missing before ", in_quotes(here().text),
                       " at ", here().at + 1));
}

void Parser::expect(std::string_view mark, size_t opened_at) {
  if (take(mark)) return;
  if (at_end()) {
    failed(concat("what is opened at ", opened_at + 1, " is never closed: ", in_quotes(mark),
                  " is missing"));
  } else {
    failed(concat(in_quotes(mark), " is missing before ", in_quotes(here().text), " at ",
                  here().at + 1));
  }
}

void Parser::note(std::string text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) {
    notes_.push_back(std::move(text));
  }
}

bool Parser::is_differential() const {
  if (integrals_ == 0 || here().kind != Kind::word) return false;
  const std::string& text = here().text;
  if (text.size() == 2 && text[0] == 'd') return true;
  return text == "d" && here(1).kind == Kind::word &&
         (here(1).text.size() == 1 || is_greek(here(1).text));
}

// [1,0,0] x [0,1,0]
bool Parser::stands_between_vectors(size_t ahead) const {
  return here(ahead).is_word("x") && at_ + ahead > 0 && tokens_[at_ + ahead - 1].is("]") &&
         here(ahead + 1).is("[");
}

bool Parser::starts_operand(size_t ahead) const {
  const Token& token = here(ahead);
  switch (token.kind) {
    case Kind::number:
      return true;
    case Kind::word:
      if (token.text == "a" && here(ahead + 1).is_word("prime")) return false;
      if (here(ahead + 1).is("->") || (sums_ > 0 && here(ahead + 1).is("="))) return false;
      if (stands_between_vectors(ahead)) return false;
      return !is_stop_word(token.text) && !(ahead == 0 && is_differential());
    case Kind::command:
      return token.text != "pmod" && token.text != "equiv" && token.text != "rfloor" &&
             token.text != "rceil" && !token.text.starts_with("end ");
    case Kind::mark:
      if (token.is("(") && here(ahead + 1).is_word("mod")) return false;  // 2 (mod 7)
      return token.is("(") || token.is("[") || token.is("{") ||
             (token.is("|") && bars_ == 0 && !here(ahead + 1).is("_"));
    case Kind::end:
      return false;
  }
  return false;
}

Expression Parser::relation() {
  Expression left = sum();
  if (here().is_word("if")) left = pieces(std::move(left));
  if (here().is_command("equiv")) return congruence(std::move(left));
  std::vector<Expression> chain;
  while (const char* head = relation_head(here())) {
    ++at_;
    Expression right = sum();
    chain.push_back(call(head, {left, right}));
    left = std::move(right);
  }
  if (chain.empty()) return left;
  if (take_word("or")) {  // x < 3 or x > 5
    Expression other = relation();
    Expression either = call("or", {chain.size() > 1 ? call("and", chain) : chain.front()});
    std::vector<Expression> rest{other};
    if (other.is_call("or")) rest = std::move(other.arguments);
    either.arguments.insert(either.arguments.end(), rest.begin(), rest.end());
    return either;
  }
  if (chain.size() > 1) return call("and", std::move(chain));
  Expression& only = chain.front();
  if (here().is("(") && here(1).is_word("mod") && only.is_call("eq")) {  // x^2 = 2 (mod 7)
    return congruence(std::move(only));
  }
  if (!is_congruence(only)) return std::move(only);
  note("the equation was read as one of remainders");
  std::vector<Expression>& mod = only.arguments[1].arguments;
  return call("congruence", {std::move(only.arguments[0]), std::move(mod[0]), std::move(mod[1])});
}

Expression Parser::sum() {
  const Level level(depth_);
  if (depth_ > max_depth) return failed("the brackets are nested too deeply");
  Expression left = product();
  while (true) {
    if (here().is("+") && here(1).is("...")) {
      left = progression(std::move(left));
    } else if (take("+") || take_word("plus")) {
      left = call("add", {std::move(left), product()});
    } else if (take("-") || take_word("minus")) {
      left = call("sub", {std::move(left), product()});
    } else if (units_ && here().kind == Kind::number) {  // 5 feet 3 inches
      left = call("add", {std::move(left), product()});
    } else if (here().is("|") && here(1).is("_")) {
      ++at_;
      left = evaluated(std::move(left));
    } else {
      return left;
    }
  }
}

// 1 + 2 + ... + 100
Expression Parser::progression(Expression begun) {
  std::vector<Expression> terms;
  while (begun.is_call("add")) {
    terms.insert(terms.begin(), begun.arguments[1]);
    begun = Expression(begun.arguments[0]);
  }
  terms.insert(terms.begin(), std::move(begun));
  at_ += 2;
  if (!take("+")) return failed("behind '...', a sign and the last term are expected");
  const Expression last = product();
  auto found = sum_of_progression(terms, last);
  if (!found) {
    return failed(
        "how the sum goes on is not clear: its terms have no constant difference or "
        "ratio that leads to the last one");
  }
  note("'...' was read as the progression that the terms before it begin");
  return std::move(*found);
}

bool Parser::is_share() const {
  return here().is_word("of") || here().is_word("off") ||
         ((here().is_word("less") || here().is_word("more")) && here(1).is_word("than"));
}

// 20% of 50, 20% off 50, 20% less than 50; 50% of 20% of 300
Expression Parser::share(Expression percent) {
  const std::string word = here().text;
  at_ += word == "of" || word == "off" ? 1 : 2;
  if (take_words({"what", "is"}) || take_words({"what", "number", "is"})) {  // 15% of what is 60
    return call("div", {sign(), std::move(percent)});
  }
  Expression whole = sign();
  if (whole.is_call("percent") && is_share()) whole = share(std::move(whole));
  if (word == "of") return call("mul", {std::move(percent), std::move(whole)});
  return call(word == "more" ? "add" : "sub", {std::move(whole), std::move(percent)});
}

// A product without a sign
Expression Parser::juxtaposed(Expression left) {
  using Is = Expression::Kind;
  const size_t begin = here().at;
  const bool behind_number = left.kind == Is::number || tokens_[at_ - 1].kind == Kind::number;
  if (here().kind == Kind::number && behind_number) {
    return failed(concat("there is nothing between two numbers at ", begin + 1));
  }
  const bool behind_digits = left.kind == Is::number && tokens_[at_ - 1].kind == Kind::number;
  Expression right = power();
  if (behind_digits && right.is_call("div") && right.arguments.size() == 2 &&
      right.arguments[0].kind == Is::number && right.arguments[1].kind == Is::number) {
    return failed(concat("a number before a fraction, as at ", begin + 1,
                         ", may be added or multiplied: write + or a sign of a product"));
  }
  return call("mul", {std::move(left), std::move(right)});
}

Expression Parser::product() {
  Expression left = sign();
  bool divided = false;
  while (!error_) {
    if (take("·") || take("@")) {
      const bool multiplies = !tokens_[at_ - 1].is("·");
      Expression right = sign();
      const bool dots = !multiplies && is_vector(left) && is_vector(right);
      left = call(dots ? "dot" : "mul", {std::move(left), std::move(right)});
    } else if (here().is("×") || stands_between_vectors(0)) {
      ++at_;
      Expression right = sign();
      const bool crosses = is_vector(left) && is_vector(right);
      left = call(crosses ? "cross" : "mul", {std::move(left), std::move(right)});
    } else if (take("*") || take_word("times") || (take_words({"multiplied", "by"}))) {
      left = call("mul", {std::move(left), sign()});
    } else if (take("/") || take_words({"divided", "by"}) || take_word("per")) {
      Expression right = sign();
      // 10 m / 4 s
      if (units_ && has_unit(left) && right.kind == Expression::Kind::number && starts_operand()) {
        right = call("mul", {std::move(right), power()});
      }
      left = call("div", {std::move(left), std::move(right)});
      divided = true;
    } else if (take("//")) {
      left = call("floordiv", {std::move(left), sign()});
    } else if (here().is("%") && here(1).kind == Kind::word && is_prose(here(1).text)) {
      return failed(concat("what '%' means before ", in_quotes(here(1).text), " is not clear"));
    } else if (!congruence_ && (take("%") || take_word("mod") || take_word("modulo"))) {
      left = call("mod", {std::move(left), sign()});
    } else if (!congruence_ && here().is_command("pmod")) {
      left = pmod(std::move(left));
    } else if (take_word("choose")) {
      left = call("binomial", {std::move(left), sign()});
    } else if (take_word("cross")) {
      left = call("cross", {std::move(left), sign()});
    } else if (take_word("dot")) {
      left = call("dot", {std::move(left), sign()});
    } else if (left.is_call("percent") && is_share()) {
      left = share(std::move(left));
    } else if (starts_operand() && !(units_ && here().kind == Kind::number)) {
      left = juxtaposed(std::move(left));
      if (divided && !units_) note("a/b c was read as (a/b)*c");
    } else {
      return left;
    }
  }
  return left;
}

Expression Parser::sign() {
  const Level level(depth_);
  if (depth_ > max_depth) return failed("the signs are nested too deeply");
  if (take("-")) return call("neg", {sign()});
  if (take("+")) return sign();
  return power();
}

Expression Parser::power() {
  Expression base = postfix();
  if (take("²")) return call("pow", {std::move(base), number("2")});
  if (take("³")) return call("pow", {std::move(base), number("3")});
  if (take_word("squared")) return call("pow", {std::move(base), number("2")});
  if (take_word("cubed")) return call("pow", {std::move(base), number("3")});
  if (take_words({"to", "the", "power", "of"}) ||
      (here(2).kind == Kind::number && take_words({"to", "the"}))) {
    return call("pow", {std::move(base), exponent()});
  }
  if (!here().is("^")) return base;
  if (here(1).is("'")) {  // f^\prime
    ++at_;
    return postfix_of(std::move(base));
  }
  const size_t sign_at = here(1).is("{") ? 2 : 1;
  const bool signs_side = (here(sign_at).is("+") || here(sign_at).is("-")) &&
                          (sign_at == 2 ? here(3).is("}") : !starts_operand(2) && !here(2).is("-"));
  if (signs_side) return base;  // x -> 0^+
  ++at_;
  if (here().is_command("circ")) {
    ++at_;
    return call("degrees", {std::move(base)});
  }
  Expression raised = exponent();
  if (raised.is_call("pow")) note("a^b^c was read as a^(b^c)");
  if (notation_ == Notation::plain) raised = end_of_power(base, std::move(raised));
  if (raised.is_symbol() && raised.text == "T" && base.kind == Expression::Kind::call) {
    return call("transpose", {std::move(base)});
  }
  return call("pow", {std::move(base), std::move(raised)});
}

Expression Parser::exponent() {
  const Level level(depth_);
  if (depth_ > max_depth) return failed("the powers are nested too deeply");
  if (notation_ == Notation::latex || here().is("{")) return argument();
  if (take("-")) return call("neg", {exponent()});
  if (take("+")) return exponent();
  return power();
}

std::vector<Expression> Parser::items(std::string_view end) {
  std::vector<Expression> all;
  while (!error_ && !here().is(end) && !at_end()) {
    all.push_back(relation());
    if (end == "}" && take(":")) all.back() = call("eq", {std::move(all.back()), relation()});
    if (!take(",")) break;
  }
  return all;
}

}  // namespace lsp::features::solve
