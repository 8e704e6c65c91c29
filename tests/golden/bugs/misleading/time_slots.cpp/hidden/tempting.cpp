// Appointments of a day, from a minute to another, without the last one.
#include <vector>

struct Slot {
  int begin, end;  // begin < end
};

// Whether two appointments share at least one minute.
bool overlap(const Slot& a, const Slot& b) { return a.begin <= b.end && b.begin < a.end; }

// Whether a new appointment fits between those that are there.
bool fits(const std::vector<Slot>& slots, const Slot& added) {
  for (const Slot& slot : slots) {
    if (overlap(slot, added)) return false;
  }
  return true;
}
