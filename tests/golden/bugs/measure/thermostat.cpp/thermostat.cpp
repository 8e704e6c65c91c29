// Keeps temperatures within bounds.
#include <string>
#include <vector>

// The value, or the bound that it exceeds; low must not be above high.
double clamp_between(double value, double low, double high) {
  if (value < low) return low;
  if (value > high) return high;
  return value;
}

// The value at `share` of the way from a to b.
double between(double a, double b, double share) { return a + (b - a) * share; }

class Thermostat {
 public:
  Thermostat(double low, double high) : low_(low), high_(high) {}

  // Wishes outside of the bounds become the nearest bound.
  void wish(double temperature) { target_ = clamp_between(temperature, low_, high_); }

  double target() const { return target_; }

  // Temperatures of a room that begins at `start` and comes nearer to the target by `share` of the
  // distance at each step; as many values as there are steps.
  std::vector<double> course(double start, double share, int steps) const {
    std::vector<double> values;
    double now = start;
    for (int i = 0; i < steps; ++i) {
      now = between(target_, now, share);
      values.push_back(now);
    }
    return values;
  }

 private:
  double low_, high_;
  double target_ = 20;
};
