// Bookings of a meeting room.
#include <string>
#include <vector>

struct Booking {
  int begin, end;  // minutes of the day; the end is not part of the booking
  std::string who;
};

// Whether there is a minute that both bookings have.
bool overlap(const Booking& a, const Booking& b) { return a.begin <= b.end && b.begin < a.end; }

class Room {
 public:
  // Books the room unless it is taken for some of the time, or the end is not after the beginning;
  // says whether it did.
  bool book(const Booking& wanted) {
    if (wanted.end <= wanted.begin) return false;
    for (const Booking& other : bookings_) {
      if (overlap(wanted, other)) return false;
    }
    bookings_.push_back(wanted);
    return true;
  }

  // Who has the room at a minute, empty if nobody.
  std::string who(int minute) const {
    for (const Booking& each : bookings_) {
      if (each.begin <= minute && minute < each.end) return each.who;
    }
    return "";
  }

 private:
  std::vector<Booking> bookings_;
};
