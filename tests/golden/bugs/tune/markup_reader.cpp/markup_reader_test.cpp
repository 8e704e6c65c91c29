#include "markup_reader.cpp"

#include <cassert>

void headings() {
  assert(to_html("# One\n### Three") == "<h1>One</h1>\n<h3>Three</h3>\n");
  assert(to_html("#none") == "<p>#none</p>\n");
}

void paragraphs() { assert(to_html("a\nb <c>") == "<p>a b &lt;c&gt;</p>\n"); }

void lists() { assert(to_html("- a\n- b") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"); }

void emphasis() {
  assert(to_html("*very* `a*b` 2*3") == "<p><em>very</em> <code>a*b</code> 2*3</p>\n");
}

void blank_lines_separate() { assert(to_html("a\n\nb\n") == "<p>a</p>\n<p>b</p>\n"); }

int main() {
  headings();
  paragraphs();
  lists();
  emphasis();
  blank_lines_separate();
}
