// Areas of one colour in a picture of letters.
#include <string>
#include <vector>

using Picture = std::vector<std::string>;  // rows of the same length

bool inside(const Picture& picture, int row, int column) {
  return row >= 0 && row < static_cast<int>(picture.size()) && column >= 0 &&
         column < static_cast<int>(picture[row].size());
}

// Paints the area of equal letters around a place, which is connected by sides and not by corners.
// Returns how many places were painted: 0 outside the picture or if the area has that colour.
int fill(Picture& picture, int row, int column, char colour) {
  if (!inside(picture, row, column)) return 0;
  const char old = picture[row][column];
  if (old == colour) return 0;
  picture[row][column] = colour;
  int painted = 1;
  const int steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  for (const auto& [down, right] : steps) {
    const int r = row + down, c = column + right;
    if (inside(picture, r, c) && picture[r][c] == old) painted += fill(picture, c, r, colour);
  }
  return painted;
}

// How many areas of a letter there are.
int areas(Picture picture, char letter) {
  int count = 0;
  for (int row = 0; row < static_cast<int>(picture.size()); ++row) {
    for (int column = 0; column < static_cast<int>(picture[row].size()); ++column) {
      if (picture[row][column] != letter) continue;
      fill(picture, row, column, '\0');
      ++count;
    }
  }
  return count;
}
