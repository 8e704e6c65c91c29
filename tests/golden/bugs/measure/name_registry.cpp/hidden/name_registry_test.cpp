#include "name_registry.cpp"

#include <cassert>

int main() {
  Registry registry;
  for (int i = 0; i < 20; ++i) registry.get("p" + std::to_string(i))->uses = i * i;
  Person* last = registry.get("p19");
  for (int i = 0; i < 19; i += 2) assert(registry.remove("p" + std::to_string(i)) == i * i);
  assert(registry.size() == 10);
  assert(last == registry.get("p19") && last->uses == 361);
  assert(registry.get("p0")->uses == 0);
  assert(registry.size() == 11);
  assert(registry.remove("p2") == -1);
  assert(registry.remove("p19") == 361);
}
