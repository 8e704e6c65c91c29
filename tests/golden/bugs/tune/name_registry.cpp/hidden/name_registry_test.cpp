#include "name_registry.cpp"

#include <cassert>

int main() {
  Registry registry;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    std::string name = "Somebody with the number " + std::to_string(i);
    assert(!registry.is_taken(name));
    assert(registry.take("  " + name));
    name[0] = 'x';
    expected += (i ? ", " : "") + ("somebody with the number " + std::to_string(i));
  }
  for (int i = 0; i < 100; ++i) {
    const std::string name = "SOMEBODY with the number " + std::to_string(i);
    assert(registry.is_taken(name) && !registry.take(name));
  }
  assert(registry.text() == expected);
  const Registry copy = registry;
  registry = Registry();
  assert(copy.text() == expected && registry.text().empty());
}
