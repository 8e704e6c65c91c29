#include "shape_areas.cpp"

#include <cassert>
#include <cmath>

int main() {
  Drawing drawing;
  drawing.add(std::make_unique<Shape>("point"));
  assert(drawing.area() == 0 && drawing.corners() == 0 && drawing.largest() == "point");
  drawing.add(std::make_unique<Ellipse>("egg", 2, 3));
  assert(std::abs(drawing.area() - 18.8495559) < 1e-6 && drawing.corners() == 0);
  drawing.add(std::make_unique<Rectangle>("one", 5, 4));
  drawing.add(std::make_unique<Rectangle>("two", 4, 5));
  assert(drawing.largest() == "one" && drawing.corners() == 8);
  assert(std::abs(drawing.area() - 58.8495559) < 1e-6);
  drawing.add(std::make_unique<Ellipse>("lake", 10, 10));
  assert(drawing.largest() == "lake");
  const Shape plain("plain");
  assert(plain.area() == 0);
}
