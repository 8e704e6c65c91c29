// What a program in JavaScript says that calls of its functions give: the comment before a function
// (`@example` or not), and the assertions of tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/syntax/nodes.h"

namespace lsp::features::debug {

struct Call {
  std::string source;    // `f(1, 2)`: a call of the function, and nothing around it
  std::string expected;  // an expression; empty where the call stands alone, before a bare `// =>`
};

// A function at the top of a file: declared, or a constant's only value.
struct TopFunction {
  std::string name;
  size_t statement;  // the node that the file has, `export` included
  size_t function;
  size_t body;                          // a block
  std::vector<std::string> parameters;  // empty as well where one of them is more than a name
  bool plain = true;                    // each parameter is a name, and it is not async
};
std::vector<TopFunction> top_functions(const syntax::Nodes& nodes);

struct Documented {
  std::string prose;  // without the examples
  std::vector<Call> calls;
};
// Of the comment right before the function's statement. A line `f(1) // => 2` says what a call
// gives, as does `// => 2` in the line after it; `console.log` around the call is left out.
Documented documented(const syntax::Nodes& nodes, const TopFunction& function);

// How tests in a file of their own reach a function.
enum class Export { none, named, only };  // only: it is all that the module gives
Export export_of(const syntax::Nodes& nodes, const TopFunction& function);

// What the assertions in a text of tests say of a function: node:assert's equalities, `===`, and
// expect().toBe() and its like.
std::vector<Call> asserted_calls(const std::string& tests, std::string_view function);

}  // namespace lsp::features::debug
