#include "flood_fill.cpp"

#include <cassert>

int main() {
  Picture wide = {"aaaaaaa", "bbbbbba"};
  assert(fill(wide, 0, 0, 'x') == 8);
  assert((wide == Picture{"xxxxxxx", "bbbbbbx"}));
  Picture tall = {"ab", "ab", "aa", "ba"};
  assert(fill(tall, 3, 1, 'z') == 5);
  assert((tall == Picture{"zb", "zb", "zz", "bz"}));
  assert(areas({"..#..#", "..####", "#.....", "##..#."}, '#') == 3);
  assert(areas({"..#..#", "..####", "#.....", "##..#."}, '.') == 2);
  assert(areas({}, 'a') == 0 && areas({"aaa"}, 'a') == 1);
  Picture ring = {"ooo", "o.o", "ooo"};
  assert(fill(ring, 2, 1, '*') == 8 && ring[1] == "*.*");
}
