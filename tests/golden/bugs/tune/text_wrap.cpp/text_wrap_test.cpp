#include "text_wrap.cpp"

#include <cassert>

using Lines = std::vector<std::string>;

void nothing_to_wrap() {
  assert(wrap("", 10).empty());
  assert(wrap("  \n ", 10).empty());
}

void one_line() { assert((wrap("to be  or", 20) == Lines{"to be or"})); }

void a_long_word() {
  assert((wrap("an incomprehensible thing", 8) == Lines{"an", "incomprehensible", "thing"}));
}

void columns() {
  assert(pad("ab", 4, true) == "  ab" && pad("ab", 4, false) == "ab  ");
  assert(pad("abcdef", 4, true) == "abcdef");
}

void a_frame() { assert(framed("aaa bbb cc", 6) == "|aaa   |\n|bbb cc|\n"); }

int main() {
  nothing_to_wrap();
  one_line();
  a_long_word();
  columns();
  a_frame();
}
