// Scores of an exam.
#include <cmath>
#include <vector>

// Percentage of the points that were reached, from 0 to 100; 0 if there are none to reach.
double percentage(int points, int possible) {
  return possible == 0 ? 0 : 100.0 * points / possible;
}

// Mean of the scores, 0 for none.
double mean(const std::vector<int>& scores) {
  double sum = 0;
  for (int score : scores) sum += score;
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

// Standard deviation: the root of the mean squared distance from the mean; 0 for none.
double deviation(const std::vector<int>& scores) {
  const double centre = mean(scores);
  double sum = 0;
  for (int score : scores) sum += (score - centre) * (score - centre);
  return scores.empty() ? 0 : std::sqrt(sum / static_cast<double>(scores.size()));
}
