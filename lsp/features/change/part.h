// What a change by instruction is about: whole lines of a document.
#pragma once

#include <string>
#include <string_view>

#include "lsp/syntax/tree.h"
#include "lsp/text/document.h"

namespace lsp::features::change {

// From the first of these lines to the end of the last, without its line ending; empty where
// something new is to be written into an empty line.
struct Part {
  text::Range lines;
  size_t first, last;       // lines, from 0
  std::string indentation;  // that all of them share, or that new ones are to have
};

bool is_blank(std::string_view text);

// Behind the first byte of a line that is no blank: within what begins there.
size_t inside_of_line(const text::Document& document, size_t line);
// Whether what begins in the line, or goes on in it, is a comment.
bool is_comment_line(const text::Document& document, const syntax::Tree& tree, size_t line);

// The lines that `selection` touches. Where it is empty: the line, if that is blank; else the
// innermost function around it; else the statement, or the line; and the comment right before
// these. `tree` may be null.
Part part_at(const text::Document& document, const syntax::Tree* tree, text::Range selection);

// Lines `first` to `last`, from 0, both of the document.
Part part_of_lines(const text::Document& document, size_t first, size_t last);

}  // namespace lsp::features::change
