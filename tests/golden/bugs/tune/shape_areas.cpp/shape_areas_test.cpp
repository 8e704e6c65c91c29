#include "shape_areas.cpp"

#include <cassert>

Drawing house() {
  Drawing drawing;
  drawing.add(std::make_unique<Shape>("dot"));
  drawing.add(std::make_unique<Rectangle>("door", 1, 2));
  drawing.add(std::make_unique<Rectangle>("wall", 6, 4));
  return drawing;
}

void an_empty_drawing() {
  assert(Drawing().largest().empty());
  assert(Drawing().area() == 0);
}

void single_shapes() {
  assert(Rectangle("r", 2, 3).area() == 6);
  assert(Ellipse("e", 1, 1).area() > 3.14);
}

void corners_are_counted() { assert(house().corners() == 8); }

void areas_are_added() { assert(house().area() == 26); }

void the_largest_shape() { assert(house().largest() == "wall"); }

int main() {
  an_empty_drawing();
  single_shapes();
  corners_are_counted();
  areas_are_added();
  the_largest_shape();
}
