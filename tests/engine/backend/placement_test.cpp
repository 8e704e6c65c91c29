#include "engine/backend/placement.h"

#include "tests/support/catch.h"

using engine::backend::Placement;

namespace {

void count(Placement& placement, int layer, int expert, int times) {
  for (int i = 0; i < times; ++i) placement.count(layer, expert);
}

std::vector<int32_t> places(const Placement& placement, int layer) {
  const auto of_layer = placement.places_of(layer);
  return {of_layer.begin(), of_layer.end()};
}

}  // namespace

TEST_CASE("the first experts have the places until others are chosen clearly more") {
  Placement placement(2, 5, 2);
  CHECK(places(placement, 0) == std::vector<int32_t>{0, 1, -1, -1, -1});
  for (int expert = 0; expert < 5; ++expert) count(placement, 0, expert, 40 + expert);
  CHECK(placement.moves(8).empty());
  CHECK(places(placement, 1) == std::vector<int32_t>{0, 1, -1, -1, -1});
}

TEST_CASE("experts that are chosen more take the places of those chosen least") {
  Placement placement(2, 5, 2);
  count(placement, 1, 0, 50);
  count(placement, 1, 3, 200);
  count(placement, 1, 4, 60);
  const auto moves = placement.moves(8);
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].layer == 1);
  CHECK(moves[0].expert == 3);
  CHECK(moves[0].place == 1);
  CHECK(places(placement, 0) == std::vector<int32_t>{0, 1, -1, -1, -1});
  CHECK(places(placement, 1) == std::vector<int32_t>{0, -1, -1, 1, -1});
}

TEST_CASE("moves are made a few at a time, and old choices are forgotten") {
  Placement placement(1, 6, 3);
  for (int expert = 3; expert < 6; ++expert) count(placement, 0, expert, 1000);
  CHECK(placement.moves(2).size() == 2);
  CHECK(placement.moves(2).size() == 1);
  CHECK(placement.moves(2).empty());
  for (int i = 0; i < 30; ++i) CHECK(placement.moves(2).empty());
  for (int expert = 0; expert < 3; ++expert) count(placement, 0, expert, 100);
  CHECK(placement.moves(8).size() == 3);
}
