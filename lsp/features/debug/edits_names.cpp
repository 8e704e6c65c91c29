// Names: another one of those in reach, a slip of the pen, a forgotten `self.`.
#include <algorithm>
#include <map>
#include <set>

#include "lsp/features/debug/edits.h"
#include "lsp/features/debug/likeness.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

constexpr size_t longest_key = 64;  // bytes of a string; what is longer is a text

// Names by the function that holds them; under 0 those of the whole file.
std::map<size_t, std::set<std::string>> names_of(const Edits& edits, Role role) {
  std::map<size_t, std::set<std::string>> names;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) != role) continue;
    names[edits.function_around(node)].insert(edits.text(node));
    names[0].insert(edits.text(node));
  }
  return names;
}

// In C and C++ a member that the program does not declare is one of a library's type, and is taken
// for another of these; one that it does declare, for one of its own.
std::set<std::string> members_like(const Edits& edits, size_t node,
                                   const std::set<std::string>& all) {
  std::set<std::string> others;
  const bool own = edits.types.is_member(edits.text(node));
  for (const std::string& name : all) {
    if (edits.types.is_member(name) == own) others.insert(name);
  }
  return others;
}

bool mentions(const std::string& message, const std::string& name) {
  for (const char* quote : {"'", "`", "\xE2\x80\x98", "\""}) {
    if (message.find(quote + name) != std::string::npos) return true;
  }
  return message.find(name + " is not defined") != std::string::npos ||
         message.find("." + name + " is not") != std::string::npos;
}

// What values of a language's own types have, where an error says that one of them has no such
// member.
std::set<std::string> members_of_builtins(syntax::Language language) {
  static constexpr std::string_view of_scripts[] = {
      "at",          "catch",     "charAt",  "charCodeAt", "concat",      "endsWith",    "entries",
      "every",       "fill",      "filter",  "find",       "findIndex",   "flat",        "flatMap",
      "forEach",     "get",       "has",     "includes",   "indexOf",     "join",        "keys",
      "lastIndexOf", "length",    "map",     "match",      "padEnd",      "padStart",    "pop",
      "push",        "reduce",    "repeat",  "replace",    "replaceAll",  "reverse",     "set",
      "shift",       "size",      "slice",   "some",       "sort",        "splice",      "split",
      "startsWith",  "substring", "then",    "toFixed",    "toISOString", "toLowerCase", "toString",
      "toUpperCase", "trim",      "trimEnd", "trimStart",  "unshift",     "values"};
  static constexpr std::string_view of_python[] = {
      "add",     "append", "capitalize", "clear",      "copy",    "count",   "decode",
      "discard", "encode", "endswith",   "extend",     "find",    "format",  "get",
      "index",   "insert", "isalnum",    "isalpha",    "isdigit", "islower", "isspace",
      "isupper", "items",  "join",       "keys",       "lower",   "lstrip",  "pop",
      "popitem", "remove", "replace",    "reverse",    "rsplit",  "rstrip",  "setdefault",
      "sort",    "split",  "splitlines", "startswith", "strip",   "title",   "union",
      "update",  "upper",  "values",     "zfill"};
  if (language == syntax::Language::python) return {std::begin(of_python), std::end(of_python)};
  if (is_script(language)) return {std::begin(of_scripts), std::end(of_scripts)};
  return {};
}

// Parameters that their function never reads: where another name stands, one of them may be meant.
std::set<std::string> unread(const Edits& edits, size_t function) {
  std::set<std::string> names;
  const size_t body = edits.nodes.child(function, "body");
  if (edits.role(function) != Role::function || body == no_node) return names;
  for (const std::string& name : edits.parameters(function)) names.insert(name);
  for (size_t node = body; node < edits.nodes[body].end && !names.empty(); ++node) {
    if (edits.role(node) == Role::identifier) names.erase(edits.text(node));
  }
  return names;
}

// Variables that a function sets and never reads, and where they are set: something is to become of
// them.
std::map<std::string, size_t> unread_variables(const Edits& edits, size_t function) {
  std::map<std::string, size_t> names;
  const size_t body = edits.nodes.child(function, "body");
  if (edits.role(function) != Role::function || body == no_node) return names;
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    const bool declares = edits.nodes[node].kind == "variable_declarator";
    if (!declares && edits.nodes[node].kind != "assignment") continue;
    const size_t left = edits.nodes.child(node, declares ? "name" : "left");
    if (left == no_node) continue;
    const std::string_view kind = edits.nodes[left].kind;
    if (kind != "identifier" && kind.find("pattern") == kind.npos) continue;
    for (size_t each = left; each < edits.nodes[left].end; ++each) {
      const bool own = edits.nodes[each].kind == "identifier" && !edits.is_value(each);
      const std::string name = edits.text(each);
      if (own && !name.starts_with('_')) names.emplace(name, edits.nodes[node].range.end);
    }
  }
  for (size_t node = body; node < edits.nodes[body].end && !names.empty(); ++node) {
    const bool read = edits.role(node) == Role::identifier && edits.is_value(node);
    if (read || edits.nodes[node].kind.starts_with("shorthand_property")) {
      names.erase(edits.text(node));
    }
  }
  return names;
}

// What was meant may be one of them, or what stands there added to one.
void add_unread(Edits& edits, size_t node, const std::map<std::string, size_t>& unread) {
  for (const auto& [name, set] : unread) {
    if (edits.nodes[node].range.begin < set || edits.nodes[node].field == "function") continue;
    edits.replace(node, name, "wrong variable", 1);
    edits.replace(node, name + " + " + edits.text(node), "operation", 1);
  }
}

void add_others(Edits& edits, size_t node, const std::set<std::string>& others,
                std::string_view what, double prior) {
  const std::string name = edits.text(node);
  const text::Range range = edits.nodes[node].range;
  const bool unresolved = mentions(edits.clues.message, name);
  if (!edits.wants(range, unresolved ? 2 : prior)) return;
  for (const std::string& other : others) {
    if (other == name || other == "self" || other == "this") continue;
    // How alike they are takes longer to find out than how alike they can be, by their lengths.
    const auto [shorter, longer] = std::minmax(name.size(), other.size());
    const double most =
        static_cast<double>(shorter) / static_cast<double>(std::max<size_t>(longer, 1));
    if (!unresolved && !edits.wants(range, prior * (0.6 + 0.4 * most))) continue;
    if (!edits.types.are_alike(name, other)) continue;
    const double like = likeness(name, other);
    const bool slip = unresolved && like > 0.5;
    edits.replace(node, other, slip ? spelling : what,
                  slip ? 1 + like : prior * (0.6 + 0.4 * like));
  }
}

}  // namespace

void add_name_edits(Edits& edits) {
  const auto variables = names_of(edits, Role::identifier);
  const auto fields = names_of(edits, Role::field_name);
  auto strings = names_of(edits, Role::string);
  std::erase_if(strings[0], [](const std::string& one) { return one.size() > longest_key; });
  const bool python = edits.grammar.language == syntax::Language::python;
  std::set<std::string> attributes;
  for (size_t node = 1; python && node < edits.nodes.size(); ++node) {
    if (edits.nodes[node].field == "attribute") attributes.insert(edits.text(node));
  }
  std::map<size_t, std::set<std::string>> unread_in;
  std::map<size_t, std::map<std::string, size_t>> unread_set;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) != Role::function) continue;
    unread_in[node] = unread(edits, node);
    unread_set[node] = unread_variables(edits, node);
  }
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    const std::string text = edits.text(node);
    if (role == Role::field_name || edits.nodes[node].field == "attribute") {
      const auto& all = python ? attributes : fields.at(0);
      const bool typed = edits.is_c_like();
      add_others(edits, node, typed ? members_like(edits, node, all) : all, "wrong name", 0.4);
      if (mentions(edits.clues.message, text)) {
        add_others(edits, node, members_of_builtins(edits.grammar.language), "wrong name", 0.2);
      }
    } else if (role == Role::string && text.size() <= longest_key && edits.is_value(node)) {
      add_others(edits, node, strings.at(0), "wrong key", 0.5);
    } else if (role == Role::identifier && edits.is_value(node)) {
      const size_t function = edits.function_around(node);
      const bool called = edits.nodes[node].field == "function";
      const auto near = variables.find(called ? 0 : function);
      if (near != variables.end()) add_others(edits, node, near->second, "wrong variable", 0.7);
      const auto forgotten = unread_in.find(function);
      if (forgotten != unread_in.end()) {
        add_others(edits, node, forgotten->second, "wrong variable", 2);
      }
      const auto set = unread_set.find(function);
      if (set != unread_set.end()) add_unread(edits, node, set->second);
      const auto& members = python ? attributes : fields.contains(0) ? fields.at(0) : attributes;
      if (members.contains(text)) {
        edits.replace(node, std::string(edits.grammar.itself) + text, "missing self", 0.7);
      } else if (mentions(edits.clues.message, text)) {
        add_others(edits, node, variables.at(0), "wrong variable", 0.5);
        if (fields.contains(0)) add_others(edits, node, fields.at(0), "wrong variable", 0.3);
      }
    }
  }
}

}  // namespace lsp::features::debug
