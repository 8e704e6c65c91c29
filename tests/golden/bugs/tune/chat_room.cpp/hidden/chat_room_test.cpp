#include "chat_room.cpp"

#include <cassert>

int main() {
  for (int pattern = 0; pattern < 64; ++pattern) {
    Room room;
    std::vector<std::string> old;
    for (int i = 0; i < 6; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      const bool silent = (pattern >> i) & 1;
      room.write(name, silent ? 4 : 5);
      if (silent) old.push_back(name);
    }
    assert(room.remove_silent(10, 5) == old);
    assert(room.size() == 6 - old.size());
    for (const std::string& name : old) assert(!room.contains(name));
    assert(room.remove_silent(10, 5).empty());
  }
  Room room;
  assert(room.remove_silent(0, 0).empty());
}
