#include "name_registry.cpp"

#include <cassert>

void normalised_names() {
  assert(normalised("  Ann Lee\n") == "ann lee");
  assert(normalised(" \t ").empty());
}

void an_empty_registry() { assert(!Registry().is_taken("ann") && Registry().text().empty()); }

void empty_names() {
  Registry registry;
  assert(!registry.take("  "));
}

void names_are_taken_once() {
  Registry registry;
  assert(registry.take("Ann"));
  assert(registry.take("A person with quite a long name"));
  assert(!registry.take(" ANN"));
  assert(registry.text() == "ann, a person with quite a long name");
}

int main() {
  normalised_names();
  an_empty_registry();
  empty_names();
  names_are_taken_once();
}
