// Vectors of the plane. As a program it prints an example.
#include <cmath>
#include <iostream>

struct Vector {
  double x, y;

  double length() const { return std::sqrt(x * x + y * y); }
  Vector scaled(double factor) const { return {x * factor, y * factor}; }

  // The same direction with length 1; the vector itself if its length is 0.
  Vector normalized() const {
    const double size = lenght();
    return size == 0 ? *this : scaled(1 / size);
  }
};

double dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y; }

// The part of a in the direction of b, which is not zero.
Vector projection(const Vector& a, const Vector& b) { return b.scaled(dot(a, b) / dot(b, b)); }

int main() {
  const Vector shadow = projection({2, 3}, {4, 0});
  std::cout << shadow.x << ' ' << shadow.y << ' ' << Vector{3, 4}.normalized().length() << '\n';
}
