#include "engine/backend/placement.h"

#include <algorithm>

namespace engine::backend {
namespace {

// A move costs an upload, and pays by every later choice: what is ahead by chance alone stays.
bool is_clearly_more(uint32_t more, uint32_t less) { return more > less + less / 2 + 16; }

}  // namespace

Placement::Placement(int layers, int experts, int places)
    : experts_(experts), places_(size_t(layers) * experts, -1), uses_(size_t(layers) * experts) {
  for (size_t i = 0; i < places_.size(); ++i) {
    const auto expert = static_cast<int32_t>(i % experts);
    if (expert < places) places_[i] = expert;
  }
}

std::span<const int32_t> Placement::places_of(int layer) const {
  return {places_.data() + size_t(layer) * experts_, size_t(experts_)};
}

// The most used without a place, and the least used with one.
Placement::Pair Placement::best_pair(int layer) const {
  const uint32_t* const uses = uses_.data() + size_t(layer) * experts_;
  const auto places = places_of(layer);
  Pair pair{-1, -1};
  for (int expert = 0; expert < experts_; ++expert) {
    if (places[expert] < 0) {
      if (pair.in < 0 || uses[expert] > uses[pair.in]) pair.in = expert;
    } else if (pair.out < 0 || uses[expert] < uses[pair.out]) {
      pair.out = expert;
    }
  }
  return pair;
}

std::vector<Placement::Move> Placement::moves(int most) {
  std::vector<Move> moves;
  const int layers = static_cast<int>(uses_.size()) / experts_;
  for (int layer = 0; layer < layers; ++layer) {
    while (static_cast<int>(moves.size()) < most) {
      const auto [in, out] = best_pair(layer);
      const size_t first = size_t(layer) * experts_;
      if (in < 0 || out < 0 || !is_clearly_more(uses_[first + in], uses_[first + out])) break;
      moves.push_back({layer, in, places_[first + out]});
      std::swap(places_[first + in], places_[first + out]);
    }
  }
  // Once all that are ahead have moved.
  if (static_cast<int>(moves.size()) < most) {
    for (uint32_t& uses : uses_) uses -= uses / 4;
  }
  return moves;
}

}  // namespace engine::backend
