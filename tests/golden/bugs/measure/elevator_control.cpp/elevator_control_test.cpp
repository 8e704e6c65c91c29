#include "elevator_control.cpp"

#include <cassert>

void rests_without_requests() {
  Elevator lift(5);
  lift.step();
  assert(lift.floor() == 0 && !lift.doors_open() && lift.run() == 0);
}

void refuses_unknown_floors() {
  Elevator lift(5);
  assert(!lift.request(6) && !lift.request(-1) && lift.request(5));
}

void opens_where_it_is() {
  Elevator lift(5);
  lift.request(0);
  lift.step();
  assert(lift.doors_open());
  lift.step();
  assert(!lift.doors_open() && lift.floor() == 0);
}

void moves_at_once() {
  Elevator lift(5);
  lift.request(3);
  lift.step();
  assert(lift.floor() == 1 && lift.direction() == Direction::up);
}

void serves_all_floors_on_its_way() {
  Elevator lift(9);
  lift.request(4);
  lift.request(2);
  assert(lift.run() == 8);
  assert((lift.stops() == std::vector<int>{2, 4}));
}

int main() {
  rests_without_requests();
  refuses_unknown_floors();
  opens_where_it_is();
  moves_at_once();
  serves_all_floors_on_its_way();
}
