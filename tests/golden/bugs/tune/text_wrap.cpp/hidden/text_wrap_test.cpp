#include "text_wrap.cpp"

#include <cassert>

int main() {
  using Lines = std::vector<std::string>;
  assert((wrap("aaa bbb", 7) == Lines{"aaa bbb"}));
  assert((wrap("aaa bbb", 6) == Lines{"aaa", "bbb"}));
  assert((wrap("a b c d e", 3) == Lines{"a b", "c d", "e"}));
  assert((wrap("a b c", 1) == Lines{"a", "b", "c"}));
  unsigned random = 5;
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (int k = 0; k < 12; ++k) {
      random = random * 1664525u + 1013904223u;
      text += std::string(1 + (random >> 20) % 6, 'x') + " ";
    }
    const std::size_t width = 6 + i % 9;
    const Lines lines = wrap(text, width);
    std::string joined;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      assert(!lines[k].empty() && lines[k].size() <= width);
      joined += lines[k] + " ";
      if (k == 0) continue;
      const std::size_t first_word = lines[k].substr(0, lines[k].find(' ')).size();
      assert(lines[k - 1].size() + 1 + first_word > width);
    }
    assert(joined == text);
  }
}
