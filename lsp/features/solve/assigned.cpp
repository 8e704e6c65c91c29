#include "lsp/features/solve/assigned.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "lsp/features/solve/definition.h"
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

constexpr size_t most_tokens = 10'000;  // with the values in place of the names

bool relates(const Tokens& tokens) {
  int depth = 0;
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& each) {
    depth += depth_of(each);
    return depth == 0 && relation_head(each) != nullptr;
  });
}

bool mentions(const Tokens& tokens, const std::string& name) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& each) { return each.is_word(name); });
}

std::vector<Tokens> statements(const Tokens& tokens) {
  std::vector<Tokens> all(1);
  int depth = 0;
  for (auto each = tokens.begin(); each + 1 < tokens.end(); ++each) {
    depth += depth_of(*each);
    const bool ends =
        each->is(",") || each->is(";") || each->is(":") || (each->is(".") && (each + 1)->spaced) ||
        each->is_word("find") || each->is_word("compute") || each->is_word("calculate") ||
        each->is_word("then") ||
        (each->is_word("and") && (each + 1)->kind == Kind::word && (each + 2)->is("="));
    if (depth == 0 && ends) {
      if (!all.back().empty()) all.emplace_back();
    } else {
      all.back().push_back(*each);
    }
  }
  return all;
}

bool is_number(const Tokens& body) {
  return std::all_of(body.begin(), body.end(), [](const Token& each) {
    return each.kind == Kind::number || each.is("-") || each.is("/") || each.is("^") ||
           each.is("²") || each.is("³") || each.is_word("pi") ||
           (each.kind == Kind::word && unit_named(each.text));
  });
}

// 90 km/h: a number, and behind it a unit that is no letter of a formula, or one over another.
bool has_unit_behind(const Tokens& body) {
  if (!is_number(body) || body.size() < 2 || body[0].kind != Kind::number ||
      body[1].kind != Kind::word || !body[1].spaced) {
    return false;
  }
  return std::any_of(body.begin(), body.end(), [](const Token& each) {
    return (each.kind == Kind::word && each.text.size() > 1) || each.is("/");
  });
}

struct Definition {
  std::string name;
  std::vector<std::string> parameters;
  Tokens body;
};

// NAME = …, NAME(a, b) = …, NAME = lambda a, b: …
std::optional<Definition> definition_of(const Tokens& all) {
  size_t at = 0;
  for (const char* lead : {"let", "Let", "if", "If", "given", "Given", "for", "For", "with"}) {
    if (all.size() > 2 && all[at].is_word(lead)) ++at;
  }
  if (all.size() < at + 3 || all[at].kind != Kind::word) return std::nullopt;
  const std::string name = all[at].text;
  if ((function_named(name) && name.size() > 1) || constant_named(name)) return std::nullopt;
  Definition found{name, {}, {}};
  ++at;
  if (all[at].is("(")) {
    for (++at; at + 1 < all.size() && all[at].kind == Kind::word; at += 2) {
      found.parameters.push_back(all[at].text);
      if (!all[at + 1].is(",")) break;
    }
    at += 2;
    if (found.parameters.size() < 2 || at >= all.size() || !all[at - 1].is(")"))
      return std::nullopt;
  }
  if (at >= all.size() || !all[at].is("=")) return std::nullopt;
  found.body.assign(all.begin() + static_cast<long>(at) + 1, all.end());
  if (found.body.empty() || relates(found.body) || mentions(found.body, name)) return std::nullopt;
  if (name == "d" && !has_unit_behind(found.body)) return std::nullopt;  // it differentiates
  return found;
}

// m for meter in full, since m may be a name of the question.
void name_units(Tokens& body) {
  for (Token& each : body) {
    if (each.kind == Kind::word) each.text = unit_named(each.text).value_or(each.text);
  }
}

bool in_one_bracket(const Tokens& body) {
  int depth = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    depth += depth_of(body[i]);
    if (depth == 0) return i + 1 == body.size();
  }
  return false;
}

class AssignedQuestion {
 public:
  explicit AssignedQuestion(const Definition& definition) : definition_(definition) {}

  Tokens put_in(const Tokens& question) {
    for (at_ = 0; at_ < question.size(); ++at_) {
      const Token& each = question[at_];
      const bool member = at_ > 0 && question[at_ - 1].is(".") && !each.spaced;
      if (!each.is_word(definition_.name) || member) {
        made_.push_back(each);
      } else if (definition_.parameters.empty()) {
        value(each);
      } else {
        called(question);
      }
    }
    return std::move(made_);
  }

 private:
  void value(const Token& name) {
    const bool alone = definition_.body.size() > 1 && in_one_bracket(definition_.body);
    const size_t begin = made_.size();
    if (!alone) made_.push_back({Kind::mark, "(", name.at, true});
    made_.insert(made_.end(), definition_.body.begin(), definition_.body.end());
    if (!alone) made_.push_back({Kind::mark, ")", name.at, false});
    made_[begin].spaced = true;
  }
  // f(2, 3): subs(body, x, 2, y, 3)
  void called(const Tokens& question) {
    const Token name = question[at_];
    std::vector<Tokens> arguments(1);
    size_t next = at_ + 1;
    int depth = 0;
    for (; next < question.size(); ++next) {
      const int before = depth;
      depth += depth_of(question[next]);
      if (depth == 0) break;
      if (before == 0) continue;
      if (depth == 1 && question[next].is(",")) {
        arguments.emplace_back();
      } else {
        arguments.back().push_back(question[next]);
      }
    }
    if (arguments.size() != definition_.parameters.size()) {
      value(name);
      return;
    }
    made_.push_back({Kind::word, "subs", name.at, true});
    made_.push_back({Kind::mark, "(", name.at, false});
    value(name);
    for (size_t i = 0; i < arguments.size(); ++i) {
      made_.push_back({Kind::mark, ",", name.at, false});
      made_.push_back({Kind::word, definition_.parameters[i], name.at, false});
      made_.push_back({Kind::mark, ",", name.at, false});
      made_.insert(made_.end(), arguments[i].begin(), arguments[i].end());
    }
    made_.push_back({Kind::mark, ")", name.at, false});
    at_ = next;
  }

  const Definition& definition_;
  size_t at_ = 0;
  Tokens made_;
};

// AB and uv, where each letter has a value
void split_products(Tokens& question, const std::map<std::string, bool>& names) {
  Tokens made;
  for (const Token& each : question) {
    const bool product = each.kind == Kind::word && each.text.size() > 1 &&
                         !function_named(each.text) &&
                         std::all_of(each.text.begin(), each.text.end(),
                                     [&](char c) { return names.contains(std::string(1, c)); });
    if (!product) {
      made.push_back(each);
      continue;
    }
    for (const char c : each.text) made.push_back({Kind::word, std::string(1, c), each.at, true});
  }
  question = std::move(made);
}

// f = lambda x: … as f(x) = …
void name_lambdas(Tokens& tokens) {
  for (size_t i = 1; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].is_word("lambda") || !tokens[i - 1].is("=")) continue;
    const auto colon = std::find_if(tokens.begin() + static_cast<long>(i), tokens.end(),
                                    [](const Token& each) { return each.is(":"); });
    if (colon == tokens.end()) return;
    Tokens head{{Kind::mark, "(", tokens[i].at, false}};
    head.insert(head.end(), tokens.begin() + static_cast<long>(i) + 1, colon);
    head.push_back({Kind::mark, ")", tokens[i].at, false});
    head.push_back(tokens[i - 1]);
    const auto begin = tokens.begin() + static_cast<long>(i) - 1;
    tokens.insert(tokens.erase(begin, colon + 1), head.begin(), head.end());
  }
}

// "det A where A = …" as "A = …, det A"
void put_structures_first(Tokens& tokens) {
  for (size_t i = 1; i + 4 < tokens.size(); ++i) {
    const bool structured = tokens[i + 3].is("[") || tokens[i + 3].is_word("Matrix") ||
                            tokens[i + 3].kind == Kind::command;
    if (introduces(tokens[i]) && tokens[i + 2].is("=") && structured) {
      return put_values_first(tokens, i);
    }
  }
}

bool asks_for_names(const Tokens& question) {
  static const char* const asking[] = {"solve", "for", "over", "in", "where", "find", "on"};
  return std::any_of(std::begin(asking), std::end(asking), [&](const char* word) {
    return question.front().is_word(word) && (question.size() < 2 || !question[1].is("("));
  });
}

// s = v t, v = 90 km/h, t = 2 h: what is asked for is the formula among the values.
void take_formula(std::vector<Definition>& definitions, Tokens& question) {
  auto last = definition_of(question);
  if (!last || !is_number(last->body)) return;
  const auto is_formula = [](const Definition& each) { return !is_number(each.body); };
  const auto formula = std::find_if(definitions.begin(), definitions.end(), is_formula);
  if (std::count_if(definitions.begin(), definitions.end(), is_formula) != 1) return;
  question = formula->body;
  *formula = std::move(*last);
}

}  // namespace

void put_in_assignments(Tokens& tokens) {
  name_lambdas(tokens);
  put_structures_first(tokens);
  std::vector<Tokens> all = statements(tokens);
  if (all.back().empty()) all.pop_back();
  if (all.size() < 2) return;
  std::vector<Definition> definitions;
  std::map<std::string, bool> names;
  size_t at = 0;
  for (; at + 1 < all.size(); ++at) {
    auto found = definition_of(all[at]);
    if (!found) break;
    names[found->name] = true;
    definitions.push_back(std::move(*found));
  }
  if (definitions.empty() || at + 1 != all.size()) return;
  Tokens question = std::move(all.back());
  const bool has_rows =
      std::any_of(definitions.begin(), definitions.end(), [](const Definition& each) {
        return std::any_of(each.body.begin(), each.body.end(),
                           [](const Token& token) { return token.is("["); });
      });
  const bool quantities = std::any_of(definitions.begin(), definitions.end(), [](const auto& each) {
    return each.parameters.empty() && has_unit_behind(each.body);
  });
  if (quantities) {
    take_formula(definitions, question);
    for (Definition& each : definitions) {
      if (is_number(each.body)) name_units(each.body);
    }
    // F = m a, where F is what is asked for
    const bool asks = question.size() > 2 && question[0].kind == Kind::word &&
                      question[1].is("=") && !names.contains(question[0].text);
    if (asks) question.erase(question.begin(), question.begin() + 2);
  }
  // What is asked of names is solved as a system, but for matrices: A x = b.
  if (!has_rows && (relates(question) || asks_for_names(question))) return;
  const bool numbers = std::all_of(definitions.begin(), definitions.end(),
                                   [](const Definition& each) { return is_number(each.body); });
  split_products(question, names);
  const bool names_one =
      question.size() == 1 && !has_rows && !in_one_bracket(definitions.back().body);
  if (!quantities && (numbers || names_one)) return;
  const auto open = [&] {  // a name that has a value
    return std::find_if(definitions.rbegin(), definitions.rend(),
                        [&](const Definition& each) { return mentions(question, each.name); });
  };
  // A value may have names of its own, given before it or after: F = m a, m = 2, a = 3, F.
  size_t put_in = 0;
  for (auto each = open(); each != definitions.rend(); each = open()) {
    if (++put_in > definitions.size()) return;  // in a circle
    question = AssignedQuestion(*each).put_in(question);
    if (question.size() > most_tokens) return;
  }
  if (put_in == 0) return;
  question.push_back(tokens.back());
  tokens = std::move(question);
}

}  // namespace lsp::features::solve
