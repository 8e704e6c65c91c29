// A template as a tree.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/jinja/value.h"

namespace lsp::features::jinja {

struct Expression {
  enum class Kind {
    literal,      // value
    name,         // text
    list,         // parts
    dict,         // parts: names and values by turns
    attribute,    // parts[0] . text
    item,         // parts[0] [ parts[1] ]
    slice,        // parts[0] [ parts[1] : parts[2] : parts[3] ], any of these null
    call,         // parts[0] ( the other parts, named )
    filter,       // parts[0] | text ( the other parts, named )
    test,         // parts[0] is text ( the other parts )
    unary,        // text, which is "not", "-" or "+", parts[0]
    binary,       // parts[0] text parts[1]
    conditional,  // parts[0] if parts[1] else parts[2], which may be missing
  };
  Kind kind;
  size_t offset;  // into the template
  std::string text = {};
  Value value = {};
  std::vector<std::unique_ptr<Expression>> parts = {};
  std::vector<std::pair<std::string, std::unique_ptr<Expression>>> named = {};
};

struct Statement {
  enum class Kind {
    text,     // text
    output,   // expression
    choice,   // if expression: body, else: otherwise
    loop,     // for names in expression if condition: body, else (nothing to do): otherwise
    assign,   // names = expression; or target.text = expression
    capture,  // text = what body writes
    macro,    // text(names), the last ones with these defaults: body
    block,    // body, as it is
    leave,    // break
    next,     // continue
  };
  Kind kind;
  size_t offset;
  std::string text = {};
  std::string target = {};
  std::vector<std::string> names = {};
  std::unique_ptr<Expression> expression = {}, condition = {};
  std::vector<std::unique_ptr<Expression>> defaults = {};
  std::vector<Statement> body = {}, otherwise = {};
};

// An error says the line, and what lemma does not know there.
engine::base::Result<std::vector<Statement>> parse(std::string_view source);

}  // namespace lsp::features::jinja
