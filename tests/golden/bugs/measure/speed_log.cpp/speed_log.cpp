// Laps of a runner.
#include <cstdio>
#include <string>
#include <vector>

struct Lap {
  int metres;
  int seconds;  // at least 1
};

// Metres per second of one lap.
double speed(const Lap& lap) { return lap.metres / lap.seconds; }

// Index of the fastest lap, the first of several; -1 without laps.
int fastest(const std::vector<Lap>& laps) {
  int best = -1;
  for (int i = 0; i < static_cast<int>(laps.size()); ++i) {
    if (best < 0 || speed(laps[i]) > speed(laps[best])) best = i;
  }
  return best;
}

// Time for one kilometre at the speed of all laps together, as "m:ss", seconds rounded down;
// "-" if no metre was run.
std::string pace(const std::vector<Lap>& laps) {
  long metres = 0, seconds = 0;
  for (const Lap& lap : laps) {
    metres += lap.metres;
    seconds += lap.seconds;
  }
  if (metres == 0) return "-";
  const long time = seconds * 1000 / metres;
  char text[32];
  std::snprintf(text, sizeof text, "%ld:%02ld", time / 60, time % 60);
  return text;
}
