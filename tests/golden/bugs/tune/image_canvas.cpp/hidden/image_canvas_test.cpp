#include "image_canvas.cpp"

#include <cassert>

int main() {
  for (int x = 0; x < 3; ++x) {
    for (int y = 0; y < 3; ++y) {
      for (int width = 1; width < 6; ++width) {
        for (int height = 1; height < 6; ++height) {
          Canvas framed(8, 9), expected(8, 9);
          framed.frame(x, y, width, height, '#');
          for (int py = y; py < y + height; ++py) {
            for (int px = x; px < x + width; ++px) {
              const bool border = px == x || px == x + width - 1 || py == y || py == y + height - 1;
              if (border) expected.set(px, py, '#');
            }
          }
          assert(framed.text() == expected.text());
          Canvas turned(9, 8);
          turned.frame(y, x, height, width, '#');
          assert(framed.transposed().text() == turned.text());
        }
      }
    }
  }
}
