// Prints a table of squares and roots.
#include <cmath>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>

// A line "n n^2 root", the root with three digits after the point, columns 6 wide and to the right.
std::string line(int n) {
  std::ostringstream out;
  out << std::setw(6) << n << std::setw(6) << n * n << std::setw(6) << std::fixed
      << std::setprecision(3) << std::sqrt(n);
  return out.str();
}

// Lines for first..last, both included.
std::string table(int first, int last) {
  std::string text;
  for (int n = first; n <= last; ++n) text += line(n) + "\n";
  return text;
}

int main() { std::cout << table(1, 5); }
