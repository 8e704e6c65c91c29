#include "elevator_control.cpp"

#include <cassert>

int main() {
  for (int floor = 0; floor <= 6; ++floor) {
    Elevator lift(6);
    lift.request(floor);
    for (int i = 1; i <= floor; ++i) {
      lift.step();
      assert(lift.floor() == i && !lift.doors_open());
    }
    lift.step();
    assert(lift.doors_open() && lift.floor() == floor);
    assert(lift.run() == 1 && lift.direction() == Direction::none);
  }
  Elevator lift(9);
  for (int floor : {5, 7}) lift.request(floor);
  for (int i = 0; i < 5; ++i) lift.step();
  assert(lift.floor() == 5 && !lift.doors_open());
  lift.step();
  lift.request(1);
  lift.request(9);
  assert(lift.run() == 1 + 2 + 2 + 2 + 2 + 8 + 2);
  assert((lift.stops() == std::vector<int>{5, 7, 9, 1}));
  lift.request(0);
  lift.request(4);
  lift.step();
  assert(lift.floor() == 2 && lift.direction() == Direction::up);
  lift.run();
  assert((lift.stops() == std::vector<int>{5, 7, 9, 1, 4, 0}));
}
