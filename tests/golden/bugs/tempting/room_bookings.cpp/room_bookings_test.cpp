#include "room_bookings.cpp"

#include <cassert>

void an_empty_room() {
  Room room;
  assert(room.who(600).empty());
  assert(!room.book({600, 600, "ann"}));
}

void the_same_time_twice() {
  Room room;
  assert(room.book({540, 600, "ann"}));
  assert(!room.book({540, 600, "bob"}));
  assert(!room.book({500, 550, "eve"}));
  assert(room.who(540) == "ann" && room.who(600).empty());
}

void one_after_the_other() {
  Room room;
  assert(room.book({540, 600, "ann"}));
  assert(room.book({600, 660, "bob"}));
  assert(room.book({500, 540, "eve"}));
  assert(room.who(600) == "bob");
}

int main() {
  an_empty_room();
  the_same_time_twice();
  one_after_the_other();
}
