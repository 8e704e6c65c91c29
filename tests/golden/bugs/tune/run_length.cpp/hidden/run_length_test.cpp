#include "run_length.cpp"

#include <cassert>

int main() {
  assert(encode("x") == "1x");
  assert(encode("xyx") == "1x1y1x");
  assert(encode(std::string(120, ' ') + "\n\n") == "120 2\n");
  unsigned random = 3;
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int k = 0; k < i % 40; ++k) {
      random = random * 1664525u + 1013904223u;
      text += static_cast<char>('a' + (random >> 20) % 3);
    }
    assert(decode(encode(text)) == text);
  }
}
