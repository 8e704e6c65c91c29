#include "chat_room.cpp"

#include <cassert>

void enters_by_writing() {
  Room room;
  room.write("ann", 1);
  room.write("ann", 2);
  assert(room.contains("ann") && !room.contains("bob") && room.size() == 1);
}

void nobody_is_silent() {
  Room room;
  room.write("ann", 10);
  assert(room.remove_silent(15, 5).empty());
}

void silent_people_leave() {
  Room room;
  room.write("cem", 1);
  room.write("ann", 2);
  room.write("bob", 9);
  assert((room.remove_silent(10, 5) == std::vector<std::string>{"ann", "cem"}));
  assert(room.size() == 1 && room.contains("bob"));
}

int main() {
  enters_by_writing();
  nobody_is_silent();
  silent_people_leave();
}
