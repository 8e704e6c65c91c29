#include "event_queue.cpp"

#include <algorithm>
#include <cassert>

int main() {
  Simulation simulation;
  std::vector<std::pair<int, int>> model;
  unsigned random = 7;
  for (int i = 0; i < 200; ++i) {
    random = random * 1664525u + 1013904223u;
    const int time = (random >> 12) % 20;
    simulation.schedule(time, std::to_string(i));
    model.push_back({time, i});
  }
  std::sort(model.begin(), model.end());
  for (const auto& [time, number] : model) {
    assert(simulation.step() == std::to_string(number));
    assert(simulation.now() == time);
  }
  try {
    simulation.step();
    assert(false);
  } catch (const std::out_of_range&) {
  }
  simulation.schedule(19, "again");
  simulation.schedule(25, "later");
  simulation.schedule(19, "more");
  assert((simulation.run_until(24) == std::vector<std::string>{"again", "more"}));
  assert(simulation.now() == 24);
}
