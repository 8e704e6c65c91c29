// Scores of players over several rounds.
#include <algorithm>
#include <string>
#include <vector>

struct Player {
  std::string name;
  int score = 0;
  int rounds = 0;
};

class Game {
 public:
  void join(const std::string& name) { players_.push_back({name}); }

  // Adds the points of a round to each player who took part, given as (name, points); unknown names
  // are left out.
  void round(const std::vector<std::pair<std::string, int>>& points) {
    for (const auto& [name, value] : points) {
      for (Player player : players_) {
        if (player.name != name) continue;
        player.score += value;
        ++player.rounds;
      }
    }
  }

  // Names from the highest score to the lowest; of equal scores whoever joined first.
  std::vector<std::string> ranking() const {
    std::vector<Player> sorted = players_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Player& a, const Player& b) { return a.score > b.score; });
    std::vector<std::string> names;
    for (const Player& player : sorted) names.push_back(player.name);
    return names;
  }

  // Score of a player, -1 for an unknown name.
  int score(const std::string& name) const {
    for (const Player& player : players_) {
      if (player.name == name) return player.score;
    }
    return -1;
  }

 private:
  std::vector<Player> players_;
};
