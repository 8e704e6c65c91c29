#include "ring_buffer.cpp"

#include <cassert>
#include <deque>

// Pushes and pops in a pattern and compares with a deque.
void compare(std::size_t capacity, unsigned pattern) {
  RingBuffer buffer(capacity);
  std::deque<int> model;
  for (int i = 0; i < 40; ++i) {
    pattern = pattern * 1103515245u + 12345u;
    if ((pattern >> 16) % 3 != 0) {
      buffer.push(i);
      model.push_back(i);
      if (model.size() > capacity) model.pop_front();
    } else if (!model.empty()) {
      assert(buffer.pop() == model.front());
      model.pop_front();
    }
    assert(buffer.size() == model.size());
    assert(buffer.full() == (model.size() == capacity));
    for (std::size_t k = 0; k < model.size(); ++k) assert(buffer.at(k) == model[k]);
  }
}

int main() {
  for (std::size_t capacity = 1; capacity <= 5; ++capacity) {
    for (unsigned pattern = 0; pattern < 20; ++pattern) compare(capacity, pattern);
  }
  RingBuffer buffer(1);
  buffer.push(1);
  bool thrown = false;
  try {
    buffer.at(1);
  } catch (const std::out_of_range&) {
    thrown = true;
  }
  assert(thrown);
}
