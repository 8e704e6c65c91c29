// What a program prints or names, what a file holds and what a model says must not steer the
// terminal of who looks at it.
#pragma once

#include <string>
#include <string_view>

namespace lsp {

// `text` with question marks for controls, the C1 ones included, and for bytes that are no UTF-8.
std::string without_controls(std::string_view text);

// From now on everything that is written to std::cout and std::cerr goes through it where that is a
// terminal; into a file or a pipe it goes as it is. On std::cerr the two signs with which a line of
// progress is drawn anew are let through: whoever writes others' text there takes them out himself.
void keep_controls_from_terminals();

// How far something is: a line on standard error, where that is a terminal. It goes at the end.
class ProgressLine {
 public:
  void show(const std::string& how_far);
  ~ProgressLine();

 private:
  bool shown_ = false;
};

}  // namespace lsp
