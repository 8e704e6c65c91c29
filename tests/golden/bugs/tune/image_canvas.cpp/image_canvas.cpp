// A small picture of characters.
#include <algorithm>
#include <string>
#include <vector>

class Canvas {
 public:
  Canvas(int width, int height) : width_(width), height_(height) {
    rows_.assign(static_cast<std::size_t>(height),
                 std::string(static_cast<std::size_t>(width), '.'));
  }

  // Sets the point in column x and row y, both from 0; points outside are left out.
  void set(int x, int y, char c) {
    if (x >= 0 && x < width_ && y >= 0 && y < height_) rows_[y][x] = c;
  }

  // A filled rectangle with its upper left corner at (x, y).
  void rectangle(int x, int y, int width, int height, char c) {
    for (int dy = 0; dy < height; ++dy) {
      for (int dx = 0; dx < width; ++dx) set(x + dx, y + dy, c);
    }
  }

  // The border of a rectangle, one point wide.
  void frame(int x, int y, int width, int height, char c) {
    rectangle(x, y, width, 1, c);
    rectangle(x, y + height - 1, width, 1, c);
    rectangle(x, y, height, 1, c);
    rectangle(x + width - 1, y, 1, height, c);
  }

  // The same picture with rows and columns exchanged.
  Canvas transposed() const {
    Canvas result(height_, width_);
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) result.set(y, x, rows_[y][x]);
    }
    return result;
  }

  // Rows separated by line breaks.
  std::string text() const {
    std::string text;
    for (const std::string& row : rows_) text += (text.empty() ? "" : "\n") + row;
    return text;
  }

 private:
  int width_, height_;
  std::vector<std::string> rows_;
};
