#include "ring_buffer.cpp"

#include <cassert>

void is_empty_at_first() {
  RingBuffer buffer(2);
  assert(buffer.size() == 0 && !buffer.full());
}

void pop_from_an_empty_buffer_throws() {
  RingBuffer buffer(1);
  bool thrown = false;
  try {
    buffer.pop();
  } catch (const std::out_of_range&) {
    thrown = true;
  }
  assert(thrown);
}

void first_in_first_out() {
  RingBuffer buffer(3);
  buffer.push(1);
  buffer.push(2);
  assert(buffer.pop() == 1);
  assert(buffer.pop() == 2);
}

void overwrites_the_oldest() {
  RingBuffer buffer(2);
  for (int i = 1; i <= 3; ++i) buffer.push(i);
  assert(buffer.full() && buffer.at(0) == 2 && buffer.at(1) == 3);
}

int main() {
  is_empty_at_first();
  pop_from_an_empty_buffer_throws();
  first_in_first_out();
  overwrites_the_oldest();
}
