#include "lsp/features/values/values.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <random>

#include "engine/base/format.h"
#include "lsp/syntax/nodes.h"
#include "sandbox/languages/language.h"

namespace lsp::features::values {
namespace {

using engine::base::concat;
using engine::base::Result;
using syntax::Language;
using syntax::no_node;
using syntax::Nodes;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

constexpr std::string_view space = " \t\r";

bool is_asking(std::string_view comment, Language language) {
  const std::string_view sign = syntax::line_comment(language);
  if (!comment.starts_with(sign)) return false;
  comment.remove_prefix(sign.size());
  const size_t first = comment.find_first_not_of(space);
  const size_t last = comment.find_last_not_of(space);
  return first != std::string_view::npos && comment.substr(first, last + 1 - first) == "=>";
}

struct Place {
  size_t line;
  syntax::Range expression;
  bool is_statement = false;  // by itself
};

// What an expression is put into. No name of the program's can stand in its way: __import__ and
// console are all that it takes. In a script without semicolons a bracket at a statement's begin
// would make a call of what stands before it.
std::string wrapped(Language language, std::string_view mark, const Place& place,
                    std::string_view expression) {
  const size_t line = place.line;
  if (language == Language::python) {
    return concat("(lambda v, o: (o.write(\"\\n", mark, ' ', line, "\\n%r\\n", mark,
                  "\\n\" % (v,)), o.flush(), v)[2])((", expression,
                  "), __import__(\"sys\").__stdout__)");
  }
  return concat(place.is_statement ? "void " : "", "(v=>(console.log(\"\\n", mark, ' ', line,
                "\"),console.dir(v,{breakLength:Infinity,compact:true}),console.log(\"", mark,
                "\"),v))((", expression, "))");
}

// The expression whose value a statement is about; nothing where it has none.
std::optional<syntax::Range> expression_of(const Nodes& nodes, size_t statement) {
  const std::string_view kind = nodes[statement].kind;
  if (kind == "variable_declarator") {
    const size_t value = nodes.child(statement, "value");
    return value == no_node ? std::nullopt : std::optional(nodes[value].range);
  }
  if (kind != "expression_statement" && kind != "return_statement") return std::nullopt;
  const auto children = nodes.children(statement);
  if (children.empty()) return std::nullopt;
  size_t expression = children.front();
  while (nodes[expression].kind == "assignment") {  // Python's, which is no expression
    expression = nodes.child(expression, "right");
    if (expression == no_node) return std::nullopt;
  }
  // Neither is its x += 1.
  if (nodes[expression].kind == "augmented_assignment" || nodes[expression].broken) {
    return std::nullopt;
  }
  if (children.size() == 1) return nodes[expression].range;
  // a, b without brackets.
  return syntax::Range{nodes[children.front()].range.begin, nodes[children.back()].range.end};
}

// The last expression that ends in the line before the comment; of several that end there, the
// outermost statement's.
std::optional<Place> place_before(const Nodes& nodes, const text::Document& document,
                                  size_t comment) {
  const size_t line = document.line_at(comment);
  std::optional<Place> best;
  for (size_t node = 0; node < nodes.size(); ++node) {
    const auto range = expression_of(nodes, node);
    if (!range || range->end > comment || range->begin == range->end) continue;
    if (document.line_at(range->end - 1) != line) continue;
    if (best && range->end <= best->expression.end) continue;
    best = Place{line, *range, nodes[node].kind == "expression_statement"};
  }
  return best;
}

std::vector<Place> places_in(const syntax::Tree& tree) {
  const Nodes nodes(tree);
  std::vector<Place> places;
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (nodes[node].kind != "comment" || !is_asking(nodes.text(node), tree.language())) continue;
    if (auto place = place_before(nodes, tree.document(), nodes[node].range.begin)) {
      places.push_back(*place);
    }
  }
  return places;
}

std::string new_mark() {
  std::random_device random;
  return concat("lemma-", std::hex, random(), random());
}

std::vector<Value> read_values(std::string_view output, const std::string& mark) {
  std::map<size_t, Value> by_line;
  const std::string begin_mark = "\n" + mark + " ", end_mark = "\n" + mark + "\n";
  for (size_t at = 0; (at = output.find(begin_mark, at)) != std::string_view::npos;) {
    at += begin_mark.size();
    const size_t text = output.find('\n', at);
    const size_t end = text == std::string_view::npos ? text : output.find(end_mark, text);
    if (end == std::string_view::npos) break;
    size_t line = 0;
    std::from_chars(output.data() + at, output.data() + text, line);
    Value& value = by_line.try_emplace(line, Value{line, "", 0}).first->second;
    value.text = text < end ? output.substr(text + 1, end - text - 1) : "";
    std::replace(value.text.begin(), value.text.end(), '\n', ' ');
    ++value.times;
    at = end;
  }
  std::vector<Value> values;
  for (auto& [line, value] : by_line) values.push_back(std::move(value));
  return values;
}

std::string problem_of(const languages::Run& run, uint32_t deadline_ms) {
  using runner::Verdict;
  if (run.outcome.verdict == Verdict::passed || run.outcome.verdict == Verdict::cancelled)
    return "";
  if (run.outcome.verdict == Verdict::timed_out) {
    return concat("the program was still running after ", deadline_ms / 1000.0, " s");
  }
  if (!run.findings.failures.empty()) {
    const languages::Failure& failure = run.findings.failures.front();
    const bool repeats = failure.message.starts_with(failure.type);
    const std::string type = repeats ? "" : failure.type;
    const char* between = type.empty() || failure.message.empty() ? "" : ": ";
    return concat("the program ended with ", type, between, failure.message);
  }
  return run.outcome.reason.empty()
             ? concat("the program ended badly: ", runner::verdict_name(run.outcome.verdict))
             : run.outcome.reason;
}

}  // namespace

std::vector<size_t> asking_lines(std::string_view text, Language language) {
  std::vector<size_t> lines;
  if (language != Language::python && language != Language::javascript &&
      language != Language::typescript) {
    return lines;
  }
  const std::string_view sign = syntax::line_comment(language);
  size_t number = 0;
  for (size_t begin = 0; begin <= text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const size_t comment = line.rfind(sign);
    if (comment != std::string_view::npos && line.find_first_not_of(space) < comment &&
        is_asking(line.substr(comment), language)) {
      lines.push_back(number);
    }
    begin = end + 1;
  }
  return lines;
}

std::string with_prints(const syntax::Tree& tree, std::string_view mark) {
  std::string text(tree.document().text());
  std::vector<Place> places = places_in(tree);
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.expression.begin > b.expression.begin; });
  size_t changed_from = text.size() + 1;
  for (const Place& place : places) {
    const syntax::Range expression = place.expression;
    if (expression.end > changed_from) continue;  // around one that is wrapped already
    changed_from = expression.begin;
    const size_t size = expression.end - expression.begin;
    const std::string inner = text.substr(expression.begin, size);
    text.replace(expression.begin, size, wrapped(tree.language(), mark, place, inner));
  }
  return text;
}

Result<Found> evaluate(const Question& question, runner::Runner& sandbox) {
  const std::string mark = new_mark();
  languages::Program program{.file = question.file,
                             .text = with_prints(*question.tree, mark),
                             .workspace = question.workspace,
                             .deadline_ms = question.deadline_ms};
  for (const auto& [file, text] : question.others) program.buffers.push_back({file, text});
  if (question.tree->language() == Language::python) program.interpreter = question.python;
  auto prepared = languages::prepare(program);
  if (!prepared) return prepared.error();
  if (!prepared->missing.empty()) return engine::base::fail(prepared->missing);
  prepared->request.stop = question.stop;
  const languages::Run run = languages::run(sandbox, *prepared);
  return Found{read_values(run.outcome.output.text(), mark), problem_of(run, question.deadline_ms)};
}

}  // namespace lsp::features::values
