// Sizes of files as people write them: "12", "3K", "20M", "4G", in units of 1024.
#include <cctype>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

// Bytes of a written size below 2^50. Throws std::invalid_argument for anything else.
std::int64_t parse_size(const std::string& text) {
  static const std::map<char, int> kShifts = {{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}};
  int value = 0;
  std::size_t i = 0;
  while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) && i < 9) {
    value = value * 10 + (text[i] - '0');
    ++i;
  }
  if (i == 0) throw std::invalid_argument("no number: " + text);
  if (i == text.size()) return value;
  const auto shift = kShifts.find(text[i]);
  if (shift == kShifts.end() || i + 1 != text.size()) {
    throw std::invalid_argument("no unit: " + text);
  }
  return value << shift->second;
}

// The size with the largest unit that leaves a whole number of at least 1: 2048 is "2K", 1500 is
// "1500".
std::string format_size(std::int64_t bytes) {
  std::string unit;
  for (const char* next : {"K", "M", "G", "T"}) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

// Bytes of several sizes that are divided by '+', such as "1M+512K".
std::int64_t parse_sum(const std::string& text) {
  const std::size_t plus = text.find('+');
  if (plus == std::string::npos) return parse_size(text);
  return parse_size(text.substr(0, plus)) + parse_sum(text.substr(plus + 1));
}
