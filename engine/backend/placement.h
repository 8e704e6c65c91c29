// Which routed experts a device keeps that has room for some of each layer's: at first those of the
// lowest numbers, then those that are chosen most. Routers are balanced over all of their training;
// one person's code uses some experts more.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace engine::backend {

class Placement {
 public:
  // `places`: experts of each layer that there is room for.
  Placement(int layers, int experts, int places);

  // [experts]: the place of each expert of a layer, −1 where it has none.
  std::span<const int32_t> places_of(int layer) const;
  // An expert was chosen for a token.
  void count(int layer, int expert) { ++uses_[size_t(layer) * experts_ + expert]; }

  struct Move {
    int layer, expert, place;
  };
  // Experts that take the place of one that was chosen clearly less, at most `most` of them; they
  // have it from now on. What was counted long ago counts less.
  std::vector<Move> moves(int most);

 private:
  struct Pair {
    int in, out;  // experts
  };
  Pair best_pair(int layer) const;

  int experts_;
  std::vector<int32_t> places_;  // [layers][experts]
  std::vector<uint32_t> uses_;   // [layers][experts]
};

}  // namespace engine::backend
