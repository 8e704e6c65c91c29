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

chat::Result<std::vector<Proposal>> propose(const std::string& definition,
                                            const std::string& function, chat::Model& model,
                                            std::stop_token stop) {
  using Role = chat::Message::Role;
  const auto reply = model.chat(
      {{Role::system, instructions}, {Role::user, concat("```python\n", definition, "\n```")}},
      {.max_tokens = max_tokens}, [](const chat::Piece&) { return true; }, std::move(stop));
  if (!reply) return reply.error();
  auto all = proposals_in(reply->text, function);
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
