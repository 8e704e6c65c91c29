// Rooms with shelves of things.
#include <map>
#include <string>
#include <vector>

using Shelf = std::map<std::string, int>;

class Store {
 public:
  explicit Store(std::size_t shelves) : shelves_(shelves) {}

  Shelf& shelf(std::size_t i) { return shelves_.at(i); }

  // Puts things on a shelf.
  void put(std::size_t i, const std::string& thing, int count) {
    Shelf& target = shelf(i);
    target[thing] += count;
  }

  // Takes up to `count` of a thing, from the first shelves first; returns how many there were.
  int take(const std::string& thing, int count) {
    int taken = 0;
    for (Shelf& shelf : shelves_) {
      const auto found = shelf.find(thing);
      if (found == shelf.end()) continue;
      const int here = found->second < count - taken ? found->second : count - taken;
      found->second -= here;
      taken += here;
      if (found->second == 0) shelf.erase(found);
    }
    return taken;
  }

  // Amount on all shelves.
  int total(const std::string& thing) const {
    int sum = 0;
    for (const Shelf& shelf : shelves_) {
      const auto found = shelf.find(thing);
      if (found != shelf.end()) sum += found->second;
    }
    return sum;
  }

 private:
  std::vector<Shelf> shelves_;
};
