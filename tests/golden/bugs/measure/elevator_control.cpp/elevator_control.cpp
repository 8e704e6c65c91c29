// The control of a lift.
#include <set>
#include <string>
#include <vector>

enum class Direction { none, up, down };

// Serves requests for floors: it goes on in one direction while there are requests that way, then
// turns round. Where it stops, the doors are open for one step.
class Elevator {
 public:
  // Floors are numbered from 0 to top; it begins on floor 0 with its doors closed.
  explicit Elevator(int top) : top_(top) {}

  int floor() const { return floor_; }
  bool doors_open() const { return doors_open_; }
  Direction direction() const { return direction_; }

  // Wants a stop at a floor; false if there is no such floor.
  bool request(int floor) {
    if (floor < 0 || floor > top_) return false;
    requests_.insert(floor);
    return true;
  }

  // One step of time: closes open doors; otherwise opens the doors if this floor was requested;
  // otherwise moves by one floor towards the next request, if there is one.
  void step() {
    if (doors_open_) {
      doors_open_ = false;
      return;
    }
    if (requests_.count(floor_) != 0) {
      requests_.erase(floor_);
      doors_open_ = true;
      stops_.push_back(floor_);
      direction_ = next_direction();
      return;
    }
    if (direction_ == Direction::up) ++floor_;
    if (direction_ == Direction::down) --floor_;
    direction_ = next_direction();
  }

  // Steps until nothing is to be done; returns how many steps it took.
  int run() {
    int steps = 0;
    while (doors_open_ || !requests_.empty()) {
      step();
      ++steps;
    }
    direction_ = Direction::none;
    return steps;
  }

  // Floors where the doors opened, in order.
  const std::vector<int>& stops() const { return stops_; }

 private:
  bool wanted_above() const { return requests_.upper_bound(floor_) != requests_.end(); }
  bool wanted_below() const { return !requests_.empty() && *requests_.begin() < floor_; }

  // Goes on as long as there are requests ahead; a lift at rest prefers to go up.
  Direction next_direction() const {
    if (direction_ == Direction::down && wanted_below()) return Direction::down;
    if (wanted_above()) return Direction::up;
    return wanted_below() ? Direction::down : Direction::none;
  }

  int top_;
  int floor_ = 0;
  bool doors_open_ = false;
  Direction direction_ = Direction::none;
  std::set<int> requests_;
  std::vector<int> stops_;
};
