#include "player_scores.cpp"

#include <cassert>

int main() {
  Game game;
  for (const char* name : {"a", "b", "c"}) game.join(name);
  int expected[3] = {0, 0, 0};
  for (int i = 1; i <= 12; ++i) {
    game.round({{"a", i % 5}, {"c", -i % 3}, {"zz", 100}});
    game.round({{"b", 2}, {"b", -1}});
    expected[0] += i % 5;
    expected[1] += 1;
    expected[2] += -i % 3;
    assert(game.score("a") == expected[0]);
    assert(game.score("b") == expected[1]);
    assert(game.score("c") == expected[2]);
  }
  assert((game.ranking() == std::vector<std::string>{"a", "b", "c"}));
  game.round({{"c", 1000}});
  assert((game.ranking() == std::vector<std::string>{"c", "a", "b"}));
  assert(game.score("nobody") == -1);
}
