#include "file_sizes.cpp"

#include <cassert>

void plain_numbers() { assert(parse_size("0") == 0 && parse_size("1500") == 1500); }

void small_units() {
  assert(parse_size("3K") == 3072);
  assert(parse_size("1M") == 1048576);
}

void no_sizes() {
  for (const char* text : {"", "K", "3X", "3KB", "-1"}) {
    try {
      parse_size(text);
      assert(false);
    } catch (const std::invalid_argument&) {
    }
  }
}

void formatting() {
  assert(format_size(2048) == "2K" && format_size(1500) == "1500" && format_size(0) == "0");
}

void sums() { assert(parse_sum("1M+512K") == 1572864); }

void large_files() { assert(parse_size("6G") == 6442450944); }

int main() {
  plain_numbers();
  small_units();
  no_sizes();
  formatting();
  sums();
  large_files();
}
