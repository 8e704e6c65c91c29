// Functions whose bodies are yet to be written.
#pragma once

#include <string>
#include <vector>

#include "lsp/syntax/tree.h"

namespace lsp::features::fill {

struct Hole {
  std::string function;
  syntax::Language language = syntax::Language::python;
  std::vector<std::string> parameters;  // JavaScript's
  syntax::Range name;                   // bytes
  syntax::Range definition;             // all of the function, with what stands for the body
  syntax::Range body;       // what a body is put in place of; empty where only a docstring is there
  std::string indentation;  // of the body's lines
  std::string before;       // what stands between the body and the text on both its sides
  std::string after;
};

// Python's functions at the top of a file whose body is `pass`, `...`, `raise NotImplementedError`
// or nothing, behind a docstring or without one; JavaScript's whose block holds nothing but
// comments, or throws an error that says so, and whose parameters are names. None for other
// languages.
std::vector<Hole> holes_in(const syntax::Tree& tree);

// These lines, in place of `hole.body`.
std::string body_text(const Hole& hole, const std::vector<std::string>& lines);

// The text with these lines for a body.
std::string filled(std::string_view text, const Hole& hole, const std::vector<std::string>& lines);

// Functions of JavaScript. Internal to this folder.
std::vector<Hole> javascript_holes(const syntax::Tree& tree);

}  // namespace lsp::features::fill
