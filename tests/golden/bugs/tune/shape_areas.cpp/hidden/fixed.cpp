// Plane shapes and drawings made of them.
#include <memory>
#include <string>
#include <utility>
#include <vector>

class Shape {
 public:
  explicit Shape(std::string name) : name_(std::move(name)) {}
  virtual ~Shape() = default;

  const std::string& name() const { return name_; }

  // In square units; 0 for a shape that has no extent.
  virtual double area() const { return 0; }

  // How many corners the outline has; 0 if it is round or a point.
  virtual int corners() const { return 0; }

 private:
  std::string name_;
};

class Rectangle : public Shape {
 public:
  Rectangle(std::string name, double width, double height)
      : Shape(std::move(name)), width_(width), height_(height) {}
  double area() const { return width_ * height_; }
  int corners() const { return 4; }

 private:
  double width_, height_;
};

class Ellipse : public Shape {
 public:
  Ellipse(std::string name, double a, double b) : Shape(std::move(name)), a_(a), b_(b) {}
  double area() const { return 3.14159265358979 * a_ * b_; }

 private:
  double a_, b_;  // half axes
};

class Drawing {
 public:
  void add(std::unique_ptr<Shape> shape) { shapes_.push_back(std::move(shape)); }

  double area() const {
    double sum = 0;
    for (const auto& shape : shapes_) sum += shape->area();
    return sum;
  }

  int corners() const {
    int sum = 0;
    for (const auto& shape : shapes_) sum += shape->corners();
    return sum;
  }

  // Name of the shape with the largest area, the first of equals; empty for an empty drawing.
  std::string largest() const {
    const Shape* best = nullptr;
    for (const auto& shape : shapes_) {
      if (!best || shape->area() > best->area()) best = shape.get();
    }
    return best ? best->name() : "";
  }

 private:
  std::vector<std::unique_ptr<Shape>> shapes_;
};
