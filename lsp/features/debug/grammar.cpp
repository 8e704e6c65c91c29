#include "lsp/features/debug/grammar.h"

#include <algorithm>
#include <map>

namespace lsp::features::debug {
namespace {

using syntax::Language;

// The likeliest mistakes first: what borders on a comparison, then signs, then the rest.
constexpr Replacement all_operators[] = {
    {"<", "<=", 1},        {"<=", "<", 1},       {">", ">=", 1},        {">=", ">", 1},
    {"==", "!=", 0.6},     {"!=", "==", 0.6},    {"===", "!==", 0.6},   {"!==", "===", 0.6},
    {"<", ">", 0.7},       {">", "<", 0.7},      {"<=", ">=", 0.6},     {">=", "<=", 0.6},
    {"<", "!=", 0.2},      {">", "!=", 0.2},     {"==", "<=", 0.4},     {"==", ">=", 0.4},
    {"==", "===", 0.5},    {"!=", "!==", 0.5},   {"is", "==", 0.7},     {"is not", "!=", 0.7},
    {"==", "is", 0.2},     {"in", "not in", 0.5}, {"not in", "in", 0.5}, {"+", "-", 0.8},
    {"-", "+", 0.8},       {"*", "+", 0.4},      {"+", "*", 0.4},       {"*", "/", 0.5},
    {"/", "*", 0.5},       {"//", "/", 0.9},     {"/", "//", 0.8},      {"%", "/", 0.4},
    {"/", "%", 0.4},       {"//", "%", 0.4},     {"%", "//", 0.4},      {"*", "**", 0.5},
    {"**", "*", 0.5},      {"and", "or", 0.8},   {"or", "and", 0.8},    {"&&", "||", 0.8},
    {"||", "&&", 0.8},     {"||", "??", 0.8},    {"&", "|", 0.5},       {"|", "&", 0.5},
    {"^", "|", 0.4},       {"^", "&", 0.4},      {"<<", ">>", 0.4},     {">>", "<<", 0.4},
    {"&", "&&", 0.4},      {"|", "||", 0.4},     {">>", ">>>", 0.4},    {"+=", "-=", 0.8},
    {"-=", "+=", 0.8},     {"+=", "=", 0.6},     {"=", "+=", 0.6},      {"*=", "+=", 0.4},
    {"+=", "*=", 0.4},     {"-=", "=", 0.4},     {"=", "-=", 0.2},      {"++", "--", 0.4},
    {"--", "++", 0.4},     {"//=", "/=", 0.5},   {"/=", "//=", 0.5},    {"|=", "&=", 0.4},
    {"&=", "|=", 0.4},     {"^=", "|=", 0.3},    {"<=", "==", 0.2},     {">=", "==", 0.2},
    {"of", "in", 0.3},     {"in", "of", 0.7}};

constexpr Replacement python_words[] = {
    {"append", "extend", 0.8},     {"extend", "append", 0.8},       {"min", "max", 0.9},
    {"max", "min", 0.9},           {"any", "all", 0.9},             {"all", "any", 0.9},
    {"upper", "lower", 0.6},       {"lower", "upper", 0.6},         {"lstrip", "strip", 0.6},
    {"rstrip", "strip", 0.6},      {"strip", "rstrip", 0.4},        {"strip", "lstrip", 0.4},
    {"startswith", "endswith", 0.7}, {"endswith", "startswith", 0.7}, {"keys", "values", 0.6},
    {"values", "keys", 0.6},       {"values", "items", 0.6},        {"keys", "items", 0.6},
    {"items", "values", 0.6},      {"floor", "ceil", 0.8},          {"ceil", "floor", 0.8},
    {"find", "rfind", 0.6},        {"rfind", "find", 0.6},          {"pop", "popleft", 0.6},
    {"popleft", "pop", 0.6},       {"append", "appendleft", 0.5},   {"add", "discard", 0.4},
    {"discard", "remove", 0.3},    {"remove", "discard", 0.7},      {"heappush", "heappop", 0.2},
    {"split", "rsplit", 0.4},      {"rsplit", "split", 0.4},        {"isdigit", "isalnum", 0.4},
    {"isalpha", "isalnum", 0.6},   {"isalnum", "isalpha", 0.6},     {"isupper", "islower", 0.6},
    {"islower", "isupper", 0.6},   {"int", "round", 0.5},           {"int", "float", 0.6},
    {"round", "int", 0.5},         {"update", "setdefault", 0.2},   {"append", "add", 0.4},
    {"union", "intersection", 0.6}, {"intersection", "union", 0.6}, {"issubset", "issuperset", 0.7},
    {"reversed", "sorted", 0.4},   {"set", "list", 0.4},            {"list", "set", 0.4},
    {"sum", "len", 0.3},           {"len", "sum", 0.3},             {"bisect_left", "bisect_right", 0.9},
    {"bisect_right", "bisect_left", 0.9}, {"sort", "sorted", 0.3},  {"read", "readlines", 0.3},
    {"index", "find", 0.4},        {"copy", "deepcopy", 0.9}};

// `from` says where: "copy" of a value that is kept, "convert", "order", "guard" of an iterable.
constexpr Replacement python_wrappings[] = {
    {"value", "len(%)", 0.3},      {"value", "int(%)", 0.5},     {"value", "str(%)", 0.5},
    {"value", "float(%)", 0.4},    {"value", "list(%)", 0.6},    {"value", "sorted(%)", 0.5},
    {"value", "abs(%)", 0.5},      {"value", "set(%)", 0.4},     {"value", "%.copy()", 0.5},
    {"value", "%.lower()", 0.5},   {"value", "%.strip()", 0.5},  {"value", "reversed(%)", 0.3},
    {"value", "(% or 0)", 0.3},    {"value", "(% or [])", 0.3},  {"value", "-%", 0.4},
    {"value", "tuple(%)", 0.3},    {"value", "round(%)", 0.3},   {"value", "dict(%)", 0.3},
    {"value", "[%]", 0.4},         {"value", "range(%)", 0.4},   {"value", "enumerate(%)", 0.3},
    {"value", "%[::-1]", 0.4},     {"value", "%.items()", 0.5},  {"value", "range(len(%))", 0.3},
    {"value", "%()", 0.3},         {"value", "list(%.items())", 0.2}};

constexpr Replacement javascript_words[] = {
    {"push", "unshift", 0.7},      {"unshift", "push", 0.7},     {"pop", "shift", 0.8},
    {"shift", "pop", 0.8},         {"min", "max", 0.9},          {"max", "min", 0.9},
    {"floor", "ceil", 0.8},        {"ceil", "floor", 0.8},       {"floor", "round", 0.6},
    {"round", "floor", 0.6},       {"floor", "trunc", 0.5},      {"trunc", "floor", 0.5},
    {"some", "every", 0.9},        {"every", "some", 0.9},       {"map", "filter", 0.5},
    {"filter", "map", 0.5},        {"forEach", "map", 0.7},      {"map", "flatMap", 0.6},
    {"find", "filter", 0.6},       {"filter", "find", 0.5},      {"find", "findIndex", 0.4},
    {"indexOf", "lastIndexOf", 0.7}, {"lastIndexOf", "indexOf", 0.7}, {"slice", "splice", 0.7},
    {"splice", "slice", 0.7},      {"keys", "values", 0.7},      {"values", "keys", 0.7},
    {"keys", "entries", 0.6},      {"values", "entries", 0.6},   {"toUpperCase", "toLowerCase", 0.7},
    {"toLowerCase", "toUpperCase", 0.7}, {"trimStart", "trim", 0.5}, {"trimEnd", "trim", 0.5},
    {"startsWith", "endsWith", 0.7}, {"endsWith", "startsWith", 0.7}, {"concat", "push", 0.5},
    {"push", "concat", 0.3},       {"replace", "replaceAll", 0.9}, {"parseInt", "parseFloat", 0.6},
    {"parseInt", "Number", 0.5},   {"all", "allSettled", 0.6},   {"let", "const", 0.1},
    {"var", "let", 0.9},           {"sort", "toSorted", 0.6},    {"reverse", "toReversed", 0.6},
    {"has", "get", 0.3},           {"get", "has", 0.4},          {"match", "test", 0.2},
    {"padStart", "padEnd", 0.7},   {"padEnd", "padStart", 0.7},  {"then", "catch", 0.1},
    {"isArray", "isInteger", 0.1}, {"size", "length", 0.9},      {"length", "size", 0.9}};

constexpr Replacement javascript_wrappings[] = {
    {"value", "Number(%)", 0.6},   {"value", "String(%)", 0.5},  {"value", "[...%]", 0.7},
    {"value", "{ ...% }", 0.6},    {"value", "Math.floor(%)", 0.6}, {"value", "Math.abs(%)", 0.5},
    {"value", "%.slice()", 0.5},   {"value", "await %", 0.8},    {"value", "%.length", 0.4},
    {"value", "%.trim()", 0.4},    {"value", "%.toLowerCase()", 0.5}, {"value", "(% ?? 0)", 0.4},
    {"value", "(% || [])", 0.3},   {"value", "-%", 0.4},         {"value", "[%]", 0.3},
    {"value", "%.reverse()", 0.3}, {"value", "Object.keys(%)", 0.3}, {"value", "parseInt(%, 10)", 0.3},
    {"value", "Object.entries(%)", 0.4}, {"value", "%()", 0.3},  {"value", "structuredClone(%)", 0.5},
    {"value", "...%", 0.4},        {"value", "%.bind(this)", 0.4}};

constexpr Replacement cpp_words[] = {
    {"push_back", "push_front", 0.5}, {"push_front", "push_back", 0.6}, {"min", "max", 0.9},
    {"max", "min", 0.9},           {"floor", "ceil", 0.8},       {"ceil", "floor", 0.8},
    {"front", "back", 0.8},        {"back", "front", 0.8},       {"begin", "end", 0.5},
    {"end", "begin", 0.4},         {"rbegin", "begin", 0.5},     {"begin", "rbegin", 0.4},
    {"pop_back", "pop_front", 0.6}, {"pop_front", "pop_back", 0.6}, {"first", "second", 0.9},
    {"second", "first", 0.9},      {"lower_bound", "upper_bound", 0.9},
    {"upper_bound", "lower_bound", 0.9}, {"find", "rfind", 0.5}, {"any_of", "all_of", 0.8},
    {"all_of", "any_of", 0.8},     {"any_of", "none_of", 0.6},   {"none_of", "any_of", 0.6},
    {"toupper", "tolower", 0.7},   {"tolower", "toupper", 0.7},  {"isalpha", "isalnum", 0.6},
    {"isdigit", "isalnum", 0.4},   {"insert", "erase", 0.2},     {"sort", "stable_sort", 0.8},
    {"less", "greater", 0.7},      {"greater", "less", 0.7},     {"resize", "reserve", 0.3},
    {"reserve", "resize", 0.9},    {"min_element", "max_element", 0.9},
    {"max_element", "min_element", 0.9}, {"int", "long long", 0.9}, {"int", "double", 0.6},
    {"float", "double", 0.5},      {"unsigned", "int", 0.7},     {"size_t", "int", 0.6},
    {"size_t", "ptrdiff_t", 0.4},  {"int", "size_t", 0.3},       {"emplace", "insert_or_assign", 0.3},
    {"top", "front", 0.3},         {"set", "multiset", 0.5},     {"char", "unsigned char", 0.5}};

constexpr Replacement cpp_wrappings[] = {
    {"value", "static_cast<double>(%)", 0.6}, {"value", "static_cast<long long>(%)", 0.7},
    {"value", "static_cast<int>(%)", 0.6},    {"value", "std::abs(%)", 0.5},
    {"value", "-%", 0.4},                     {"value", "std::move(%)", 0.2},
    {"value", "&%", 0.3},                     {"value", "*%", 0.4},
    {"value", "%.size()", 0.3},               {"value", "static_cast<unsigned char>(%)", 0.4},
    {"value", "std::string(%)", 0.3}};

const Grammar grammars[] = {
    {Language::python, "", "None", "self.", "not ", "pass", false, python_words, python_wrappings},
    {Language::javascript, ";", "null", "this.", "!", ";", true, javascript_words,
     javascript_wrappings},
    {Language::cpp, ";", "nullptr", "this->", "!", ";", true, cpp_words, cpp_wrappings}};

const std::map<std::string_view, Role>& roles() {
  static const std::map<std::string_view, Role> all{
      {"function_definition", Role::function},
      {"function_declaration", Role::function},
      {"generator_function_declaration", Role::function},
      {"function_expression", Role::function},
      {"arrow_function", Role::function},
      {"method_definition", Role::function},
      {"lambda", Role::function},
      {"lambda_expression", Role::function},
      {"block", Role::block},
      {"statement_block", Role::block},
      {"compound_statement", Role::block},
      {"expression_statement", Role::expression_statement},
      {"assignment", Role::assignment},
      {"augmented_assignment", Role::assignment},
      {"assignment_expression", Role::assignment},
      {"augmented_assignment_expression", Role::assignment},
      {"lexical_declaration", Role::declaration},
      {"variable_declaration", Role::declaration},
      {"declaration", Role::declaration},
      {"return_statement", Role::returning},
      {"yield", Role::returning},
      {"break_statement", Role::jump},
      {"continue_statement", Role::jump},
      {"pass_statement", Role::jump},
      {"if_statement", Role::condition},
      {"elif_clause", Role::condition},
      {"conditional_expression", Role::condition},
      {"ternary_expression", Role::condition},
      {"while_statement", Role::loop},
      {"do_statement", Role::loop},
      {"for_statement", Role::loop},
      {"for_in_statement", Role::loop},
      {"for_range_loop", Role::loop},
      {"binary_operator", Role::binary},
      {"comparison_operator", Role::binary},
      {"boolean_operator", Role::binary},
      {"binary_expression", Role::binary},
      {"not_operator", Role::negation},
      {"unary_operator", Role::negation},
      {"unary_expression", Role::negation},
      {"call", Role::call},
      {"call_expression", Role::call},
      {"new_expression", Role::call},
      {"argument_list", Role::arguments},
      {"arguments", Role::arguments},
      {"attribute", Role::member},
      {"member_expression", Role::member},
      {"field_expression", Role::member},
      {"subscript", Role::subscript},
      {"subscript_expression", Role::subscript},
      {"identifier", Role::identifier},
      {"shorthand_property_identifier", Role::identifier},
      {"property_identifier", Role::field_name},
      {"field_identifier", Role::field_name},
      {"integer", Role::number},
      {"float", Role::number},
      {"number", Role::number},
      {"number_literal", Role::number},
      {"string", Role::string},
      {"string_literal", Role::string},
      {"char_literal", Role::string},
      {"true", Role::constant},
      {"false", Role::constant},
      {"none", Role::constant},
      {"null", Role::constant},
      {"undefined", Role::constant},
      {"list", Role::collection},
      {"array", Role::collection},
      {"dictionary", Role::collection},
      {"object", Role::collection},
      {"initializer_list", Role::collection},
      {"parenthesized_expression", Role::group},
      {"condition_clause", Role::group},
      {"assert_statement", Role::protected_part},
      {"except_clause", Role::protected_part},
      {"except_group_clause", Role::protected_part},
      {"finally_clause", Role::protected_part},
      {"catch_clause", Role::protected_part},
      {"raise_statement", Role::protected_part},
      {"throw_statement", Role::protected_part},
      {"static_assert_declaration", Role::protected_part}};
  return all;
}

}  // namespace

Role role_of(std::string_view kind) {
  const auto found = roles().find(kind);
  return found == roles().end() ? Role::other : found->second;
}

std::span<const Replacement> operators() { return all_operators; }

const Grammar* grammar_of(Language language) {
  if (language == Language::c) language = Language::cpp;
  const auto found = std::find_if(std::begin(grammars), std::end(grammars),
                                  [&](const Grammar& each) { return each.language == language; });
  return found == std::end(grammars) ? nullptr : found;
}

}  // namespace lsp::features::debug
