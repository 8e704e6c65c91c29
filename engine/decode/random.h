// A small generator of our own: the distributions of the standard library give other numbers on
// other platforms, and a seed should mean the same everywhere.
//
// xoshiro256++ by Blackman and Vigna, "Scrambled linear pseudorandom number generators"
// (arXiv:1805.01407), seeded by splitmix64 as they advise.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace engine::decode {

class Random {
 public:
  explicit Random(uint64_t seed) {
    for (uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, 1), all 53 bits of a double.
  double next_unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace engine::decode
