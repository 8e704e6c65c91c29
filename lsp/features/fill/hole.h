// Functions whose bodies are yet to be written.
#pragma once

#include <string>
#include <vector>

#include "lsp/syntax/tree.h"

namespace lsp::features::fill {

struct Hole {
  std::string function;
  syntax::Range name;        // bytes
  syntax::Range definition;  // from "def" to the end of what stands for the body
  syntax::Range body;       // what a body is put in place of; empty where only a docstring is there
  std::string indentation;  // of the body's lines
};

// Python's functions at the top of a file whose body is `pass`, `...`, `raise NotImplementedError`
// or nothing, behind a docstring or without one. None for other languages.
std::vector<Hole> holes_in(const syntax::Tree& tree);

// These lines, in place of `hole.body`.
std::string body_text(const Hole& hole, const std::vector<std::string>& lines);

// The text with these lines for a body.
std::string filled(std::string_view text, const Hole& hole, const std::vector<std::string>& lines);

}  // namespace lsp::features::fill
