#include "exam_score.cpp"

#include <cassert>

int main() {
  for (int possible = 1; possible < 50; ++possible) {
    for (int points = 0; points <= possible; ++points) {
      const double found = percentage(points, possible);
      assert(std::fabs(found * possible - 100.0 * points) < 1e-6);
    }
  }
  assert(mean({}) == 0 && deviation({}) == 0);
  assert(std::fabs(mean({1, 2, 2}) - 5.0 / 3) < 1e-12);
  assert(std::fabs(deviation({2, 4, 4, 4, 5, 5, 7, 9}) - 2) < 1e-12);
}
