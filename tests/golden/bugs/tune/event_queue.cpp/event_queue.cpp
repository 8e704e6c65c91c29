// The queue of a small simulation: events wait for their time.
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

struct Event {
  int time;
  int number;  // how many events were scheduled before this one
  std::string what;
};

// Whether the event a is to happen after b: it has a later time, or the same time and was scheduled
// later.
struct Later {
  bool operator()(const Event& a, const Event& b) const {
    if (a.time != b.time) return a.time > b.time;
    return a.number < b.number;
  }
};

class Simulation {
 public:
  // Schedules an event at a time that must not have passed. Throws std::invalid_argument if it has.
  void schedule(int time, const std::string& what) {
    if (time < now_) throw std::invalid_argument("in the past: " + what);
    events_.push({time, scheduled_++, what});
  }

  // Lets the next event happen and returns what it is. Throws std::out_of_range if none is left.
  std::string step() {
    if (events_.empty()) throw std::out_of_range("no events");
    const Event event = events_.top();
    events_.pop();
    now_ = event.time;
    return event.what;
  }

  // Everything that happens up to a time, that time included, in order.
  std::vector<std::string> run_until(int time) {
    std::vector<std::string> happened;
    while (!events_.empty() && events_.top().time <= time) happened.push_back(step());
    if (now_ < time) now_ = time;
    return happened;
  }

  int now() const { return now_; }

 private:
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  int now_ = 0;
  int scheduled_ = 0;
};
