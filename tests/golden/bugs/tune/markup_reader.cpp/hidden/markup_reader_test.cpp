#include "markup_reader.cpp"

#include <cassert>

int main() {
  assert(to_html("") == "");
  assert(to_html("\n\n\n") == "");
  assert(to_html("\n\na\n\n\nb\n\n- c\n\n- d\n\n# e\n") ==
         "<p>a</p>\n<p>b</p>\n<ul>\n<li>c</li>\n</ul>\n<ul>\n<li>d</li>\n</ul>\n<h1>e</h1>\n");
  assert(to_html("a\n- b\nc") == "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<p>c</p>\n");
  assert(to_html("a\n## b\nc") == "<p>a</p>\n<h2>b</h2>\n<p>c</p>\n");
  assert(to_html("#### four") == "<p>#### four</p>\n");
  assert(to_html("###") == "<p>###</p>\n");
  assert(to_html("*a `b` c*") == "<p><em>a <code>b</code> c</em></p>\n");
  assert(to_html("`<*&*>`") == "<p><code>&lt;*&amp;*&gt;</code></p>\n");
  assert(to_html("`open") == "<p>`open</p>\n");
  assert(to_html("# *x*") == "<h1><em>x</em></h1>\n");
  assert(to_html("a\n\n- `y`") == "<p>a</p>\n<ul>\n<li><code>y</code></li>\n</ul>\n");
}
