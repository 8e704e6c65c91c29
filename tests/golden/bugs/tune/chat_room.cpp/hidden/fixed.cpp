// People in a chat room, by the time of their last message.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

class Room {
 public:
  // Somebody writes at a time; whoever is not in the room enters it.
  void write(const std::string& name, int time) { last_[name] = time; }

  bool contains(const std::string& name) const { return last_.count(name) != 0; }

  // Removes all whose last message is older than `age` at time `now`; returns their names in
  // alphabetical order.
  std::vector<std::string> remove_silent(int now, int age) {
    std::vector<std::string> gone;
    for (auto it = last_.begin(); it != last_.end();) {
      if (now - it->second > age) {
        gone.push_back(it->first);
        it = last_.erase(it);
      } else {
        ++it;
      }
    }
    std::sort(gone.begin(), gone.end());
    return gone;
  }

  std::size_t size() const { return last_.size(); }

 private:
  std::unordered_map<std::string, int> last_;
};
