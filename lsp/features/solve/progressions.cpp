// Sums that are begun and go on: 1 + 2 + … + n.
#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "lsp/features/solve/joined.h"

namespace lsp::features::solve {
namespace {

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
