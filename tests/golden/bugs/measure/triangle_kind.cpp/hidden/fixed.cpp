// Kinds of triangles.
#include <string>

// "none" if no triangle has sides of these lengths (of a real triangle every side is positive and
// shorter than the other two together), otherwise "equilateral" for three equal sides, "isosceles"
// for exactly two and "scalene" for none.
std::string kind(int a, int b, int c) {
  if (a <= 0 || b <= 0 || c <= 0) return "none";
  if (a >= b + c || b >= a + c || c >= a + b) return "none";
  if (a == b && b == c) return "equilateral";
  if (a == b || b == c || a == c) return "isosceles";
  return "scalene";
}

// Whether the triangle has a right angle.
bool is_right(int a, int b, int c) {
  if (kind(a, b, c) == "none") return false;
  const long x = 1L * a * a, y = 1L * b * b, z = 1L * c * c;
  return x + y == z || y + z == x || x + z == y;
}
