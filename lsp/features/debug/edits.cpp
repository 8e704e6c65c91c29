#include "lsp/features/debug/edits.h"

#include <algorithm>
#include <cctype>

#include "lsp/features/debug/protect.h"
#include "lsp/features/debug/subject.h"

namespace lsp::features::debug {

using syntax::no_node;

constexpr size_t max_edits = 20'000;

static bool is_cpp_or_c(const Grammar& grammar) {
  return grammar.language == syntax::Language::cpp || grammar.language == syntax::Language::c;
}

static bool ends_lines_in_crlf(std::string_view text) {
  const size_t first = text.find('\n');
  return first != text.npos && first > 0 && text[first - 1] == '\r';
}

Edits::Edits(const syntax::Nodes& its_nodes, const Grammar& its_grammar, const Clues& its_clues,
             const Wanted& wanted)
    : nodes(its_nodes),
      grammar(its_grammar),
      clues(its_clues),
      types(is_cpp_or_c(its_grammar) ? DeclaredTypes(its_nodes) : DeclaredTypes()),
      wanted_(wanted),
      crlf_(ends_lines_in_crlf(its_nodes.text())),
      protected_(protected_ranges(its_nodes)) {}

double Edits::weight(text::Range range, std::string_view what) const {
  return wanted_.weight ? wanted_.weight(range, what) : 1;
}

bool Edits::wants(text::Range range, double prior) const {
  return prior * weight(range, "") > floor_;
}

bool Edits::is_over() const {
  return wanted_.stop.stop_requested() || std::chrono::steady_clock::now() > wanted_.until;
}

// Leaves the likeliest; of those that are equally likely the first.
void Edits::thin() {
  if (found_.size() <= max_edits) return;
  std::vector<double> scores;
  for (const Edit& edit : found_) scores.push_back(edit.score);
  const auto next = scores.begin() + static_cast<std::ptrdiff_t>(max_edits);
  std::nth_element(scores.begin(), next, scores.end(), std::greater<>());
  floor_ = *next;
  auto room = static_cast<std::ptrdiff_t>(max_edits) -
              std::count_if(scores.begin(), scores.end(), [&](double one) { return one > floor_; });
  std::erase_if(found_, [&](const Edit& edit) {
    return edit.score < floor_ || (edit.score == floor_ && room-- <= 0);
  });
}

std::vector<Edit> Edits::take() {
  thin();
  return std::move(found_);
}

void Edits::add(Edit edit) {
  if (crlf_) {
    for (size_t at = 0; (at = edit.text.find('\n', at)) != std::string::npos; ++at) {
      if (at == 0 || edit.text[at - 1] != '\r') edit.text.insert(at++, 1, '\r');
    }
  }
  edit.score = edit.prior * weight(edit.range, edit.what);
  if (edit.score <= floor_) return;
  const std::string_view before = nodes.text();
  if (before.substr(edit.range.begin, edit.range.end - edit.range.begin) == edit.text) return;
  // What is only moved, or moved past, stays as it is.
  const auto stays = [&](text::Range range) {
    return edit.range.begin <= range.begin && range.end <= edit.range.end &&
           edit.text.find(before.substr(range.begin, range.end - range.begin)) != before.npos;
  };
  const bool touches = std::any_of(protected_.begin(), protected_.end(), [&](text::Range range) {
    return edit.range.begin < range.end && range.begin < edit.range.end && !stays(range);
  });
  if (touches) return;
  found_.push_back(std::move(edit));
  if (found_.size() == 2 * max_edits) thin();
}

void Edits::swap(size_t first, size_t second, std::string_view what, double prior) {
  const text::Range one = nodes[first].range, other = nodes[second].range;
  const std::string between(nodes.text().substr(one.end, other.begin - one.end));
  add({{one.begin, other.end}, text(second) + between + text(first), what, prior});
}

void Edits::add_parts(std::vector<Part> parts, std::string_view what, double prior) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.range.begin < b.range.begin; });
  const size_t begin = parts.front().range.begin;
  std::string made;
  size_t at = begin;
  for (const Part& part : parts) {
    made += nodes.text().substr(at, part.range.begin - at);
    made += part.text;
    at = part.range.end;
  }
  add({{begin, at}, std::move(made), what, prior});
}

bool Edits::is_c_like() const { return is_cpp_or_c(grammar); }

bool Edits::is_value(size_t node) const {
  switch (role(node)) {
    case Role::binary:
    case Role::negation:
    case Role::call:
    case Role::member:
    case Role::subscript:
    case Role::identifier:
    case Role::number:
    case Role::string:
    case Role::constant:
    case Role::collection:
      break;
    default:
      return false;
  }
  const size_t parent = nodes[node].parent;
  if (parent == no_node) return false;
  const std::string_view field = nodes[node].field;
  const std::string_view kind = nodes[parent].kind;
  if (field == "name" || field == "declarator" || field == "parameters" || field == "parameter" ||
      field == "type" || field == "attribute" || field == "property") {
    return false;
  }
  if (kind == "parameters" || kind == "formal_parameters" || kind.find("import") == 0 ||
      kind == "dotted_name" || kind == "lambda_parameters" || kind.find("pattern") != kind.npos ||
      kind == "parameter_list" || kind == "expression_statement" || kind == "labeled_statement") {
    return false;
  }
  return field != "left" || role(parent) == Role::binary;
}

bool Edits::is_statement(size_t node) const {
  const size_t parent = nodes[node].parent;
  if (parent == no_node || !nodes[node].named || nodes[node].kind == "comment") return false;
  return role(parent) == Role::block || nodes[parent].kind == "case_statement";
}

size_t Edits::function_around(size_t node) const {
  while (node != 0 && role(node) != Role::function) node = nodes[node].parent;
  return node;
}

bool Edits::can_await(size_t node) const {
  const size_t function = function_around(node);
  if (function != 0) return nodes.text(function).starts_with("async");
  return is_script(grammar.language) && is_module(nodes.text());
}

std::string Edits::indentation(size_t node) const {
  const std::string_view before = nodes.text().substr(0, nodes[node].range.begin);
  const size_t line = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  const std::string_view rest = nodes.text().substr(line);
  return std::string(rest.substr(0, rest.find_first_not_of(" \t")));
}

std::vector<std::string> Edits::parameters(size_t function) const {
  static constexpr std::string_view owners[] = {
      "parameters",           "formal_parameters",  "parameter_declaration",
      "reference_declarator", "default_parameter",  "typed_parameter",
      "pointer_declarator",   "required_parameter", "optional_parameter"};
  std::vector<std::string> names;
  for (size_t node = function + 1; node < nodes[function].end; ++node) {
    if (role(node) == Role::block) break;
    const std::string_view parent = nodes[nodes[node].parent].kind;
    const bool own = std::find(std::begin(owners), std::end(owners), parent) != std::end(owners);
    if (nodes[node].kind == "identifier" && own) names.push_back(text(node));
  }
  std::erase(names, "self");
  return names;
}

// A line of the text from `begin` on, without what ends it.
static std::string_view line_from(std::string_view text, size_t begin) {
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Of Python, where a line that opens a block lacks its colon.
static void add_colons(Edits& edits) {
  static constexpr std::string_view openers[] = {"def ", "class ", "if ",   "elif ", "else",
                                                 "for ", "while ", "with ", "try",   "except"};
  const std::string_view text = edits.nodes.text();
  for (size_t begin = 0; begin < text.size();) {
    const std::string_view line = line_from(text, begin);
    const size_t end = begin + line.size();
    const std::string_view code = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool opens = std::any_of(std::begin(openers), std::end(openers),
                                   [&](std::string_view word) { return code.starts_with(word); });
    if (opens && !code.ends_with(':')) edits.add({{end, end}, ":", "missing token", 3});
    begin = std::min(text.find('\n', end), text.size()) + 1;
  }
}

// Of Python, where lines are indented other than their neighbours: what belongs below a line with a
// colon, and what is deeper than the line before without reason.
static void add_indentations(Edits& edits) {
  const std::string_view text = edits.nodes.text();
  const bool deeper = edits.clues.message.find("expected an indented block") != std::string::npos;
  const bool other = edits.clues.message.find("indent") != std::string::npos;
  if (edits.grammar.language != syntax::Language::python || !other) return;
  const std::string step = text.find("\n\t") != text.npos ? "\t" : "    ";
  std::string_view before;  // the last line that holds something
  for (size_t begin = 0; begin < text.size();
       begin = std::min(text.find('\n', begin), text.size()) + 1) {
    const std::string_view line = line_from(text, begin);
    const size_t depth = line.find_first_not_of(" \t"), last = before.find_last_not_of(" \t");
    if (depth == line.npos) continue;
    const size_t above = before.empty() ? 0 : before.find_first_not_of(" \t");
    const std::string blanks(before.substr(0, above));
    const bool opens = last != before.npos && before[last] == ':';
    if (deeper && opens && depth <= above) {
      edits.add({{begin, begin + depth}, blanks + step, "indentation", 3});
      std::vector<Part> all;  // as far as they are as deep
      for (size_t at = begin; at < text.size() && text.compare(at, depth, line, 0, depth) == 0;) {
        const std::string_view next = line_from(text, at);
        if (depth >= next.size() || std::isspace(static_cast<unsigned char>(next[depth])) != 0)
          break;
        all.push_back({{at, at + depth}, blanks + step});
        at = std::min(text.find('\n', at), text.size()) + 1;
      }
      if (all.size() > 1) edits.add_parts(std::move(all), "indentation", 3.2);
    } else if (!deeper && depth != above && (depth < above || !opens)) {
      edits.add({{begin, begin + depth}, blanks, "indentation", 3});
    }
    before = line;
  }
}

// What the grammar misses at a place: a bracket, a semicolon. Not where a block ends, which
// indentation tells better (edits_brackets.cpp).
static void add_missing_tokens(Edits& edits) {
  if (edits.clues.message.find("expected ':'") != std::string::npos) add_colons(edits);
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    const auto& each = edits.nodes[node];
    if (!each.broken || each.named || each.range.begin != each.range.end) continue;
    if (each.kind == "}") continue;
    edits.add({each.range, std::string(each.kind), "missing token", 3});
  }
}

// What keeps a program from running at all comes first, should time be short.
std::vector<Edit> edits_of(const syntax::Nodes& nodes, const Grammar& grammar, const Clues& clues,
                           const Wanted& wanted) {
  Edits edits(nodes, grammar, clues, wanted);
  for (const auto add :
       {add_import_edits, add_missing_tokens, add_bracket_edits, add_indentations, add_token_edits,
        add_expression_edits, add_name_edits, add_constant_edits, add_statement_edits,
        add_await_edits, add_update_edits, add_loop_edits, add_condition_edits, add_cpp_edits}) {
    if (!edits.is_over()) add(edits);
  }
  return edits.take();
}

std::string applied(std::string_view text, const Edit& edit) {
  std::string changed(text.substr(0, edit.range.begin));
  changed += edit.text;
  changed += text.substr(edit.range.end);
  return changed;
}

void Versions::add(std::string text) {
  if (!seen_.insert(text).second) return;
  const auto parsed = parse(text, alike_.language(), &alike_);
  if (parsed && !parsed->has_error({0, text.size()})) texts_.push_back(std::move(text));
}

void Versions::add(std::string_view text, std::vector<Edit> edits, size_t most) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.prior > b.prior; });
  for (const Edit& edit : edits) {
    if (texts_.size() >= most) return;
    add(applied(text, edit));
  }
}

}  // namespace lsp::features::debug
