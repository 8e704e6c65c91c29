#include "file_sizes.cpp"

#include <cassert>

int main() {
  assert(parse_size("2G") == 2147483648);
  assert(parse_size("4G") == 4294967296);
  assert(parse_size("1T") == 1099511627776);
  assert(parse_size("1000T") == 1099511627776000);
  assert(parse_size("5000M") == 5242880000);
  assert(parse_size("999999999") == 999999999);
  assert(parse_sum("3G+1G+1") == 4294967297);
  for (const char* text : {"1K", "7M", "9G", "12T", "1023T", "77"}) {
    assert(format_size(parse_size(text)) == text);
  }
}
