#include "flood_fill.cpp"

#include <cassert>

void outside() {
  Picture picture = {"ab"};
  assert(fill(picture, 1, 0, 'x') == 0 && fill(picture, 0, 2, 'x') == 0);
  assert((picture == Picture{"ab"}));
}

void the_same_colour() {
  Picture picture = {"aa"};
  assert(fill(picture, 0, 0, 'a') == 0);
}

void one_place() {
  Picture picture = {"aba", "bab", "aba"};
  assert(fill(picture, 1, 1, 'x') == 1);
  assert((picture == Picture{"aba", "bxb", "aba"}));
}

void an_area() {
  Picture picture = {"aab", "bab", "bba"};
  assert(fill(picture, 0, 0, 'x') == 3);
  assert((picture == Picture{"xxb", "bxb", "bba"}));
}

void areas_touching_at_corners() { assert(areas({"a.a", ".a.", "a.."}, 'a') == 4); }

int main() {
  outside();
  the_same_colour();
  one_place();
  an_area();
  areas_touching_at_corners();
}
