// Inputs for the short forms of the fuzz targets: seeds with a few bytes changed, by a fixed seed.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace fuzz {

// Up to five changes: a byte that means something, some bytes gone, any byte more, a piece twice.
inline std::string mutated(std::string input, std::string_view interesting, std::mt19937& random) {
  for (size_t i = random() % 6; i > 0 && !input.empty(); --i) {
    const size_t at = random() % input.size();
    switch (random() % 4) {
      case 0:
        input[at] = interesting[random() % interesting.size()];
        break;
      case 1:
        input.erase(at, random() % 8);
        break;
      case 2:
        input.insert(at, 1, static_cast<char>(random()));
        break;
      default:
        input.insert(at, input.substr(random() % input.size(), random() % 40));
        break;
    }
  }
  return input;
}

}  // namespace fuzz
