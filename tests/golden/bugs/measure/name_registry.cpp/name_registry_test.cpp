#include "name_registry.cpp"

#include <cassert>

void one_person_for_a_name() {
  Registry registry;
  assert(registry.get("ann") == registry.get("ann"));
  assert(registry.size() == 1);
}

void pointers_stay_valid() {
  Registry registry;
  Person* ann = registry.get("ann");
  for (int i = 0; i < 100; ++i) registry.get(std::to_string(i));
  assert(ann->name == "ann");
}

void nobody_to_remove() {
  Registry registry;
  registry.get("ann");
  assert(registry.remove("bob") == -1 && registry.size() == 1);
}

void remove_tells_the_uses() {
  Registry registry;
  registry.get("ann")->uses = 3;
  assert(registry.remove("ann") == 3);
  assert(registry.size() == 0);
}

int main() {
  one_person_for_a_name();
  pointers_stay_valid();
  nobody_to_remove();
  remove_tells_the_uses();
}
