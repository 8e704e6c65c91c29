#include "room_bookings.cpp"

#include <cassert>

int main() {
  for (int a = 0; a < 6; ++a) {
    for (int b = a + 1; b <= 6; ++b) {
      for (int c = 0; c < 6; ++c) {
        for (int d = c + 1; d <= 6; ++d) {
          bool shared = false;
          for (int minute = a; minute < b; ++minute) shared |= c <= minute && minute < d;
          assert(overlap({a, b, "x"}, {c, d, "y"}) == shared);
          Room room;
          assert(room.book({a, b, "x"}));
          assert(room.book({c, d, "y"}) == !shared);
          assert(room.who(a) == "x" && (shared || room.who(c) == "y"));
        }
      }
    }
  }
}
