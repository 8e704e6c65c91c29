// Statements write into a text and expressions give values; both are walked as the tree has them.
// Names are looked up from the innermost scope outwards: a loop's body and a macro have a scope of
// their own, a choice has none, and a loop's ends with each round, as in Jinja2, where only a
// namespace carries anything out of it. Each step is counted, with the size of what it made, and
// how deep statements and expressions stand within each other: a template may ask for anything.
#include "lsp/features/jinja/renderer.h"

#include <algorithm>
#include <ctime>

#include "engine/base/format.h"
#include "lsp/features/jinja/lexer.h"

namespace lsp::features::jinja {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using engine::base::Result;

// A turn of a conversation takes a hundred or two; large values count as many steps.
constexpr size_t most_steps = 2'000'000;
constexpr size_t bytes_of_a_step = 256, elements_of_a_step = 64;
// Of statements and expressions within each other; macros may call themselves.
constexpr int most_depth = 500;
constexpr int64_t most_numbers = 100'000;

constexpr const char* functions[] = {"namespace", "range", "dict", "raise_exception",
                                     "strftime_now"};

Result<Value> range(const Arguments& arguments) {
  int64_t bounds[3] = {0, 0, 1};  // first, end, step
  const size_t count = arguments.values.size();
  for (size_t i = 0; i < count && i < 3; ++i) {
    const int64_t* const value = arguments.values[i].integer();
    if (value == nullptr) return fail("range() of ", arguments.values[i].kind());
    bounds[count == 1 ? 1 : i] = *value;
  }
  const auto [first, end, step] = bounds;
  if (count == 0 || step == 0) return fail("range() without an end");
  List numbers;
  for (int64_t i = first; step > 0 ? i < end : i > end; i += step) {
    if (static_cast<int64_t>(numbers.size()) == most_numbers) return fail("range() of too many");
    numbers.emplace_back(i);
  }
  return Value(std::move(numbers));
}

Result<Value> strftime_now(const Arguments& arguments) {
  const Value* const format = arguments.get(0, "format");
  if (format == nullptr || format->text() == nullptr) return fail("strftime_now() of no text");
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[256];
  const size_t size = std::strftime(text, sizeof text, format->text()->bytes.c_str(), &parts);
  return Value(Text::own({text, size}));
}

Value loop_state(size_t index, const List& elements) {
  const auto number = [](size_t value) { return Value(static_cast<int64_t>(value)); };
  const size_t size = elements.size();
  Dict state{{"index0", number(index)},          {"index", number(index + 1)},
             {"revindex", number(size - index)}, {"revindex0", number(size - index - 1)},
             {"length", number(size)},           {"first", Value(index == 0)},
             {"last", Value(index + 1 == size)}};
  if (index > 0) state.emplace_back("previtem", elements[index - 1]);
  if (index + 1 < size) state.emplace_back("nextitem", elements[index + 1]);
  return Value(std::move(state));
}

}  // namespace

Renderer::Renderer(std::string_view source, const Dict& names) : source_(source) {
  scopes_.emplace_back();
  for (const char* function : functions) scopes_[0].emplace(function, Callable{function});
  for (const auto& [name, value] : names) scopes_[0].insert_or_assign(name, value);
}

Result<Text> Renderer::render(const std::vector<Statement>& body) {
  Text out;
  run(body, out);
  if (!ok()) return engine::base::Error{error_};
  return out;
}

void Renderer::refuse(size_t offset, const std::string& why) {
  if (ok()) error_ = problem_at(source_, offset, why).message;
}

bool Renderer::may_go_on(size_t offset) {
  if (++steps_ > most_steps) refuse(offset, "it takes too many steps");
  if (depth_ > most_depth) refuse(offset, "it goes deeper and deeper");
  return ok();
}

Renderer::Flow Renderer::run(const std::vector<Statement>& body, Text& out) {
  for (const Statement& statement : body) {
    if (!may_go_on(statement.offset)) return Flow::leave;
    ++depth_;
    const Flow flow = run(statement, out);
    --depth_;
    if (flow != Flow::on) return flow;
  }
  return Flow::on;
}

Renderer::Flow Renderer::run(const Statement& statement, Text& out) {
  using Kind = Statement::Kind;
  switch (statement.kind) {
    case Kind::text:
      write(Value(Text::own(statement.text)), statement.offset, out);
      return Flow::on;
    case Kind::output:
      write(evaluate(*statement.expression), statement.offset, out);
      return Flow::on;
    case Kind::choice:
      return run(evaluate(*statement.expression).is_true() ? statement.body : statement.otherwise,
                 out);
    case Kind::loop:
      return run_loop(statement, out);
    case Kind::assign:
      assign(statement);
      return Flow::on;
    case Kind::capture: {
      Text captured;
      run(statement.body, captured);
      scopes_.back().insert_or_assign(statement.text, Value(std::move(captured)));
      return Flow::on;
    }
    case Kind::macro:
      scopes_.back().insert_or_assign(statement.text, Value(Callable{statement.text, &statement}));
      return Flow::on;
    case Kind::block:
      return run(statement.body, out);
    case Kind::leave:
      return Flow::leave;
    case Kind::next:
      return Flow::next;
  }
  return Flow::on;
}

void Renderer::write(const Value& value, size_t offset, Text& out) {
  auto text = written(value);
  if (!text) return refuse(offset, text.message());
  out.append(*text);
  if (out.size() > most_bytes) refuse(offset, "it writes a text without end");
}

Renderer::Flow Renderer::run_loop(const Statement& loop, Text& out) {
  auto all = elements_of(evaluate(*loop.expression));
  if (!all) return refuse(loop.offset, all.message()), Flow::leave;
  List elements;
  for (Value& element : *all) {
    if (loop.condition != nullptr) {
      scopes_.emplace_back();
      bind(loop.names, element, loop.offset);
      const bool is_wanted = evaluate(*loop.condition).is_true();
      scopes_.pop_back();
      if (!is_wanted) continue;
    }
    elements.push_back(std::move(element));
  }
  if (elements.empty()) return run(loop.otherwise, out);
  for (size_t i = 0; i < elements.size() && may_go_on(loop.offset); ++i) {
    scopes_.emplace_back();  // what is set in a loop's body ends with it
    scopes_.back().emplace("loop", loop_state(i, elements));
    bind(loop.names, elements[i], loop.offset);
    const Flow flow = run(loop.body, out);
    scopes_.pop_back();
    if (flow == Flow::leave) break;
  }
  return ok() ? Flow::on : Flow::leave;
}

bool Renderer::bind(const std::vector<std::string>& names, const Value& value, size_t offset) {
  if (names.size() == 1) return scopes_.back().insert_or_assign(names[0], value), true;
  if (value.list() == nullptr || value.list()->size() != names.size()) {
    return refuse(offset, concat(value.kind(), " for ", names.size(), " names")), false;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    scopes_.back().insert_or_assign(names[i], (*value.list())[i]);
  }
  return true;
}

void Renderer::assign(const Statement& statement) {
  Value value = evaluate(*statement.expression);
  if (!ok()) return;
  if (statement.target.empty()) {
    bind(statement.names, value, statement.offset);
    return;
  }
  const Value target = look_up(statement.target);
  if (target.dict() == nullptr) {
    return refuse(statement.offset, concat(in_quotes(statement.target), " is no namespace"));
  }
  Value copy = value_or_undefined(copied(value), statement.offset);
  Dict& members = *target.dict();
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& member) {
    return member.first == statement.names[0];
  });
  if (found != members.end()) {
    found->second = std::move(copy);
  } else {
    members.emplace_back(statement.names[0], std::move(copy));
  }
}

Value Renderer::look_up(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->find(name);
    if (found != scope->end()) return found->second;
  }
  return Value();
}

Value Renderer::value_or_undefined(Result<Value> result, size_t offset) {
  if (result) return *std::move(result);
  refuse(offset, result.message());
  return Value();
}

Value Renderer::evaluate(const Expression& expression) {
  if (!may_go_on(expression.offset)) return Value();
  ++depth_;
  Value value = evaluate_any(expression);
  --depth_;
  if (value.text() != nullptr) steps_ += value.text()->size() / bytes_of_a_step;
  if (value.list() != nullptr) steps_ += value.list()->size() / elements_of_a_step;
  return value;
}

Value Renderer::evaluate_any(const Expression& expression) {
  using Kind = Expression::Kind;
  switch (expression.kind) {
    case Kind::literal:
      return expression.value;
    case Kind::name:
      return look_up(expression.text);
    case Kind::binary:
      return evaluate_binary(expression);
    case Kind::call:
      return evaluate_call(expression);
    case Kind::conditional:
      if (evaluate(*expression.parts[1]).is_true()) return evaluate(*expression.parts[0]);
      return expression.parts.size() > 2 ? evaluate(*expression.parts[2]) : Value();
    default:
      return evaluate_parts(expression);
  }
}

Value Renderer::evaluate_parts(const Expression& expression) {
  using Kind = Expression::Kind;
  List parts;
  for (const auto& part : expression.parts) parts.push_back(part ? evaluate(*part) : Value());
  if (!ok()) return Value();
  const auto checked = [&](Result<Value> result) {
    return value_or_undefined(std::move(result), expression.offset);
  };
  switch (expression.kind) {
    case Kind::attribute:
      return checked(item_of(parts[0], Value(Text::own(expression.text))));
    case Kind::item:
      return checked(item_of(parts[0], parts[1]));
    case Kind::slice:
      return checked(slice_of(parts[0], parts[1], parts[2], parts[3]));
    case Kind::filter:
      return checked(filter(expression.text, parts[0], arguments_of(expression, 1)));
    case Kind::test: {
      const auto result = test(expression.text, parts[0], arguments_of(expression, 1));
      return checked(result ? Result<Value>(Value(*result)) : result.error());
    }
    case Kind::unary:
      if (expression.text == "not") return Value(!parts[0].is_true());
      return checked(combine(expression.text, Value(int64_t{0}), parts[0]));
    case Kind::dict: {
      Dict dict;
      for (size_t i = 0; i + 1 < parts.size(); i += 2) {
        if (parts[i].text() == nullptr) return checked(fail("a dictionary by ", parts[i].kind()));
        dict.emplace_back(parts[i].text()->bytes, std::move(parts[i + 1]));
      }
      return checked(copied(Value(std::move(dict))));
    }
    default:
      return checked(copied(Value(std::move(parts))));
  }
}

Value Renderer::evaluate_binary(const Expression& expression) {
  Value left = evaluate(*expression.parts[0]);
  if (expression.text == "and" && !left.is_true()) return left;
  if (expression.text == "or" && left.is_true()) return left;
  const Value right = evaluate(*expression.parts[1]);
  if (!ok() || expression.text == "and" || expression.text == "or") return right;
  return value_or_undefined(combine(expression.text, left, right), expression.offset);
}

Arguments Renderer::arguments_of(const Expression& call, size_t first) {
  Arguments arguments;
  for (size_t i = first; i < call.parts.size(); ++i) {
    arguments.values.push_back(evaluate(*call.parts[i]));
  }
  for (const auto& [name, part] : call.named) arguments.named.emplace_back(name, evaluate(*part));
  return arguments;
}

Value Renderer::evaluate_call(const Expression& expression) {
  const Expression& callee = *expression.parts[0];
  const Arguments arguments = arguments_of(expression, 1);
  if (callee.kind == Expression::Kind::attribute) {
    const Value object = evaluate(*callee.parts[0]);
    if (!ok()) return Value();
    return value_or_undefined(call_method(callee.text, object, arguments), expression.offset);
  }
  const Value function = evaluate(callee);
  if (!ok()) return Value();
  const Callable* const callable = std::get_if<Callable>(&function.held);
  if (callable != nullptr) return call(*callable, arguments, expression.offset);
  refuse(expression.offset,
         callee.kind == Expression::Kind::name
             ? concat("the function ", in_quotes(callee.text), ", which lemma does not know")
             : concat(function.kind(), " is called"));
  return Value();
}

Value Renderer::call(const Callable& callable, const Arguments& arguments, size_t offset) {
  if (callable.macro != nullptr) return call_macro(*callable.macro, arguments);
  if (callable.name == "range") return value_or_undefined(range(arguments), offset);
  if (callable.name == "strftime_now") return value_or_undefined(strftime_now(arguments), offset);
  if (callable.name == "raise_exception") {
    const Value* const why = arguments.get(0);
    const bool says = why != nullptr && why->text() != nullptr;
    refuse(offset, says ? "it refuses: " + why->text()->bytes : "it refuses the conversation");
    return Value();
  }
  return value_or_undefined(copied(Value(arguments.named)), offset);  // namespace and dict
}

// A macro sees the template's own names and its parameters, not those of who calls it.
Value Renderer::call_macro(const Statement& macro, const Arguments& arguments) {
  Names parameters;
  const size_t first_default = macro.names.size() - macro.defaults.size();
  for (size_t i = 0; i < macro.names.size(); ++i) {
    const Value* const given = arguments.get(i, macro.names[i]);
    Value value = given != nullptr ? *given : Value();
    if (given == nullptr && i >= first_default)
      value = evaluate(*macro.defaults[i - first_default]);
    parameters.insert_or_assign(macro.names[i], std::move(value));
  }
  std::vector<Names> callers;
  callers.push_back(scopes_.front());
  callers.push_back(std::move(parameters));
  std::swap(scopes_, callers);
  Text out;
  run(macro.body, out);
  std::swap(scopes_, callers);
  return Value(std::move(out));
}

}  // namespace lsp::features::jinja
