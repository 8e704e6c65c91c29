#include "lsp/features/testing/proposals.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::testing {
namespace {

using engine::base::concat;
using engine::base::fail;
using syntax::no_node;
using syntax::Nodes;

constexpr const char* instructions =
    "You write further examples for a Python function, as doctests: a line with >>> and one "
    "expression that calls the function, then what the interpreter prints, then an empty line. "
    "Take values at the boundaries of what the function is for (empty, zero, negative, equal, "
    "largest), and properties that hold for it, as >>> f(f(x)) == f(x) with concrete values and "
    "True. Say what the function is meant to give by its name and its docstring, even where its "
    "body gives something else. Reply with at most 10 examples and nothing else.";
constexpr const char* javascript_instructions =
    "You write further examples for a JavaScript function, a line each: an expression that calls "
    "the "
    "function, then // => and what it gives, as f([1, 2]) // => 3. Take literal values at the "
    "boundaries of "
    "what the function is for (empty, zero, negative, equal, largest), and properties that hold "
    "for it, as f(f(2)) === f(2) // => true. Say what the function is meant to give by its name "
    "and its comment, even where its body gives something else. Reply "
    "with at most 10 such lines and nothing else.";
constexpr int max_tokens = 4'096;
constexpr size_t most_proposals = 20;

const std::set<std::string, std::less<>> computing{
    "abs", "all",   "any",      "bool",  "dict", "float",  "int", "len", "list", "max",
    "min", "range", "reversed", "round", "set",  "sorted", "str", "sum", "tuple"};

// The names that a comprehension binds, and those of keyword arguments.
std::set<std::string, std::less<>> own_names(const Nodes& nodes) {
  std::set<std::string, std::less<>> names;
  for (size_t node = 0; node < nodes.size(); ++node) {
    const bool loop = nodes[node].kind == "for_in_clause";
    if (!loop && nodes[node].kind != "keyword_argument") continue;
    const size_t named = nodes.child(node, loop ? "left" : "name");
    if (named == no_node) continue;
    for (size_t each = named; each < nodes[named].end; ++each) {
      if (nodes[each].kind == "identifier") names.emplace(nodes.text(each));
    }
  }
  return names;
}

bool is_harmless(const std::string& source, const std::string& function) {
  const auto tree = debug::parse(source + "\n", syntax::Language::python);
  if (!tree || tree->has_error({0, source.size()})) return false;
  const Nodes nodes(*tree);
  const auto own = own_names(nodes);
  bool calls_it = false;
  for (size_t node = 0; node < nodes.size(); ++node) {
    const std::string_view kind = nodes[node].kind;
    if (kind == "attribute" || kind == "lambda" || kind == "interpolation") return false;
    if (kind == "call") {
      const size_t called = nodes.child(node, "function");
      if (called == no_node || nodes[called].kind != "identifier") return false;
      calls_it |= nodes.text(called) == function;
      if (own.contains(nodes.text(called))) return false;
    }
    if (kind == "identifier") {
      const std::string_view name = nodes.text(node);
      if (name != function && !computing.contains(name) && !own.contains(name)) return false;
    }
  }
  return calls_it;
}

// Literals, what computes with them, and where `function` is not empty calls of it.
bool is_harmless_javascript(const std::string& source, std::string_view function) {
  static const std::set<std::string_view> kinds{"program",
                                                "expression_statement",
                                                "parenthesized_expression",
                                                "number",
                                                "string",
                                                "string_fragment",
                                                "escape_sequence",
                                                "array",
                                                "object",
                                                "pair",
                                                "property_identifier",
                                                "true",
                                                "false",
                                                "null",
                                                "undefined",
                                                "unary_expression",
                                                "binary_expression",
                                                "arguments"};
  // In brackets of another kind as well: "f(1)) + (f(2)" is none.
  const auto row = debug::parse("[" + source + "]", syntax::Language::javascript);
  const auto tree = debug::parse("(" + source + ")", syntax::Language::javascript);
  if (!row || row->has_error({0, source.size() + 2})) return false;
  if (!tree || tree->has_error({0, source.size() + 2})) return false;
  const Nodes nodes(*tree);
  bool calls_it = function.empty();
  for (size_t node = 0; node < nodes.size(); ++node) {
    const std::string_view kind = nodes[node].kind, text = nodes.text(node);
    if (!nodes[node].named || kinds.contains(kind)) continue;
    const bool called = kind == "call_expression" && !function.empty() &&
                        nodes.text(nodes.child(node, "function")) == function;
    const bool named =
        kind == "identifier" && (text == "NaN" || text == "Infinity" || text == "undefined" ||
                                 nodes[node].field == "function");
    const bool length = kind == "member_expression" && text.ends_with(".length");
    if (!called && !named && !length) return false;
    calls_it |= called;
  }
  return calls_it && nodes.children(0).size() == 1;
}

chat::Result<std::string> reply_of(chat::Model& model, const char* words, const char* language,
                                   const std::string& definition, std::stop_token stop) {
  using Role = chat::Message::Role;
  const auto reply = model.chat(
      {{Role::system, words}, {Role::user, concat("```", language, "\n", definition, "\n```")}},
      {.max_tokens = max_tokens}, [](const chat::Piece&) { return true; }, std::move(stop));
  if (!reply) return reply.error();
  return reply->text;
}

}  // namespace

std::vector<Proposal> proposals_in(const std::string& reply, const std::string& function) {
  std::vector<Proposal> all;
  bool within = false;
  size_t indentation = 0;
  std::istringstream lines(reply);
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = line.find_first_not_of(" \t\r");
    const bool prompt = begin != std::string::npos && line.compare(begin, 4, ">>> ") == 0;
    if (prompt) {
      within = true;
      indentation = begin;
      all.push_back(
          {line.substr(line.find_first_not_of(" \t", begin + 4) == std::string::npos ? line.size()
                                                                                     : begin + 4),
           ""});
    } else if (within && begin != std::string::npos && line.compare(begin, 3, "```") != 0) {
      all.back().expected += line.substr(std::min(indentation, begin)) + "\n";
    } else {
      within = false;
    }
  }
  std::erase_if(all, [&](const Proposal& each) {
    const bool quotes = (each.source + each.expected).find("\"\"\"") != std::string::npos;
    return each.expected.empty() || quotes || each.source.ends_with('\\') ||
           !is_harmless(each.source, function);
  });
  if (all.size() > most_proposals) all.resize(most_proposals);
  return all;
}

std::vector<debug::Call> javascript_proposals_in(const std::string& reply,
                                                 const std::string& function) {
  constexpr std::string_view gives = "// =>";
  const auto trimmed = [](std::string text) {
    while (!text.empty() && std::string_view(" \t\r;").find(text.back()) != std::string::npos) {
      text.pop_back();
    }
    return text.substr(std::min(text.size(), text.find_first_not_of(" \t")));
  };
  std::vector<debug::Call> all;
  std::istringstream text(reply);
  for (std::string line; std::getline(text, line) && all.size() < most_proposals;) {
    const size_t at = line.find(gives);
    if (at == std::string::npos) continue;
    debug::Call call{trimmed(line.substr(0, at)), trimmed(line.substr(at + gives.size()))};
    if (is_harmless_javascript(call.source, function) &&
        is_harmless_javascript(call.expected, "")) {
      all.push_back(std::move(call));
    }
  }
  return all;
}

chat::Result<std::vector<Proposal>> propose(const std::string& definition,
                                            const std::string& function, chat::Model& model,
                                            std::stop_token stop) {
  const auto reply = reply_of(model, instructions, "python", definition, std::move(stop));
  if (!reply) return reply.error();
  auto all = proposals_in(*reply, function);
  if (all.empty()) return fail("its reply has no example that calls ", function, "() and is safe");
  return all;
}

chat::Result<std::vector<debug::Call>> propose_javascript(const std::string& definition,
                                                          const std::string& function,
                                                          chat::Model& model,
                                                          std::stop_token stop) {
  const auto reply =
      reply_of(model, javascript_instructions, "javascript", definition, std::move(stop));
  if (!reply) return reply.error();
  auto all = javascript_proposals_in(*reply, function);
  if (all.empty()) return fail("its reply has no example that calls ", function, "() and is safe");
  return all;
}

std::string with_proposals(const std::string& program, const std::vector<Proposal>& proposals) {
  std::string text = concat(program, "\n\ndef ", proposals_function, "():\n    r\"\"\"\n");
  for (const Proposal& each : proposals) {
    text += concat("    >>> ", each.source, "\n");
    std::istringstream lines(each.expected);
    for (std::string line; std::getline(lines, line);) text += concat("    ", line, "\n");
    text += "\n";
  }
  return text + "    \"\"\"\n";
}

}  // namespace lsp::features::testing
