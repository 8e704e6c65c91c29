#include "event_queue.cpp"

#include <cassert>

using Texts = std::vector<std::string>;

void earlier_events_come_first() {
  Simulation simulation;
  simulation.schedule(5, "b");
  simulation.schedule(2, "a");
  assert(simulation.step() == "a");
  assert(simulation.now() == 2);
  assert(simulation.step() == "b");
}

void time_goes_on_without_events() {
  Simulation simulation;
  simulation.schedule(9, "late");
  assert(simulation.run_until(8).empty());
  assert(simulation.now() == 8);
  assert((simulation.run_until(9) == Texts{"late"}));
}

void the_past_is_closed() {
  Simulation simulation;
  simulation.run_until(3);
  try {
    simulation.schedule(2, "x");
    assert(false);
  } catch (const std::invalid_argument&) {
  }
}

void events_of_one_time_happen_as_scheduled() {
  Simulation simulation;
  simulation.schedule(4, "first");
  simulation.schedule(4, "second");
  simulation.schedule(4, "third");
  assert((simulation.run_until(4) == Texts{"first", "second", "third"}));
}

int main() {
  earlier_events_come_first();
  time_goes_on_without_events();
  the_past_is_closed();
  events_of_one_time_happen_as_scheduled();
}
