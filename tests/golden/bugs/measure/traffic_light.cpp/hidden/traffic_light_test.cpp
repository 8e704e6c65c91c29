#include "traffic_light.cpp"

#include <cassert>

std::string course(int seconds, int pressed_at) {
  std::unique_ptr<Light> light(new Light);
  std::string letters;
  for (int i = 0; i < seconds; ++i) {
    if (i == pressed_at) light->press();
    letters += name(light->colour())[0];
    light->step();
  }
  return letters;
}

int main() {
  assert(course(14, -1) == "rrrrgggggggggg");
  assert(course(14, 0) == "rrrrgggyrrrrgg");
  assert(course(14, 5) == "rrrrgggyrrrrgg");
  assert(course(14, 9) == "rrrrggggggyrrr");
  assert(course(20, 4) == "rrrrgggyrrrrgggggggg");
}
