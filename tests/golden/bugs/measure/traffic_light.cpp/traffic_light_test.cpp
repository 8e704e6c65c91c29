#include "traffic_light.cpp"

#include <cassert>

int main() {
  // Names.
  assert(name(Colour::yellow) == "yellow");
  // Begins with red.
  assert(after(3)->colour() == Colour::red);
  // Red ends after four seconds.
  assert(after(4)->colour() == Colour::green);
  // Green stays on.
  assert(after(50)->colour() == Colour::green);
}
