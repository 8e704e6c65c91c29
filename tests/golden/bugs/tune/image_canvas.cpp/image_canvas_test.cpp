#include "image_canvas.cpp"

#include <cassert>

void is_empty_at_first() { assert(Canvas(3, 2).text() == "...\n..."); }

void points() {
  Canvas canvas(3, 2);
  canvas.set(2, 0, '#');
  canvas.set(3, 0, '#');
  canvas.set(0, -1, '#');
  assert(canvas.text() == "..#\n...");
}

void rectangles() {
  Canvas canvas(4, 3);
  canvas.rectangle(1, 1, 2, 5, 'x');
  assert(canvas.text() == "....\n.xx.\n.xx.");
}

void transposing() {
  Canvas canvas(3, 1);
  canvas.set(1, 0, 'o');
  assert(canvas.transposed().text() == ".\no\n.");
}

void frames() {
  Canvas canvas(5, 4);
  canvas.frame(0, 0, 5, 4, '+');
  assert(canvas.text() == "+++++\n+...+\n+...+\n+++++");
}

int main() {
  is_empty_at_first();
  points();
  rectangles();
  transposing();
  frames();
}
