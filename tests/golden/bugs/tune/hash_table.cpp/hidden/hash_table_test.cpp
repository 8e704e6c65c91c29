#include "hash_table.cpp"

#include <cassert>
#include <limits>
#include <map>

int main() {
  Table table;
  std::map<int, std::string> model;
  unsigned random = 9;
  for (int i = 0; i < 2000; ++i) {
    random = random * 1664525u + 1013904223u;
    const int key = static_cast<int>((random >> 16) % 200) - 100;
    if ((random >> 8) % 3 == 0) {
      assert(table.erase(key) == (model.erase(key) == 1));
    } else {
      table.set(key, std::to_string(i));
      model[key] = std::to_string(i);
    }
    assert(table.size() == static_cast<int>(model.size()));
  }
  for (int key = -120; key < 120; ++key) {
    const std::string* text = table.get(key);
    assert((text != nullptr) == (model.count(key) != 0));
    if (text) assert(*text == model[key]);
  }
  for (int key : {std::numeric_limits<int>::min(), std::numeric_limits<int>::max(), -1}) {
    assert(key == -1 || table.get(key) == nullptr);
    table.set(key, "end");
    assert(*table.get(key) == "end" && table.erase(key));
  }
}
