#include "player_scores.cpp"

#include <cassert>

void everybody_begins_with_nothing() {
  Game game;
  game.join("ann");
  assert(game.score("ann") == 0);
}

void unknown_players() {
  Game game;
  game.join("ann");
  game.round({{"eve", 5}});
  assert(game.score("eve") == -1);
}

void whoever_joined_first() {
  Game game;
  game.join("bob");
  game.join("ann");
  assert((game.ranking() == std::vector<std::string>{"bob", "ann"}));
}

void points_are_added() {
  Game game;
  game.join("bob");
  game.join("ann");
  game.round({{"ann", 3}, {"bob", 1}});
  game.round({{"ann", 2}});
  assert(game.score("ann") == 5 && game.score("bob") == 1);
  assert((game.ranking() == std::vector<std::string>{"ann", "bob"}));
}

int main() {
  everybody_begins_with_nothing();
  unknown_players();
  whoever_joined_first();
  points_are_added();
}
