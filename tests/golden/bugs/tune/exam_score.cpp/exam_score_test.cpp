#include "exam_score.cpp"

#include <cassert>

int main() {
  // Nothing to reach.
  assert(percentage(0, 0) == 0);
  // Everything.
  assert(percentage(40, 40) == 100);
  // Mean and deviation.
  assert(mean({2, 3}) == 2.5);
  assert(deviation({1, 3}) == 1);
  // A part.
  assert(percentage(3, 8) == 37.5);
}
