#include "engine/base/split_name.h"

#include <charconv>
#include <iomanip>
#include <sstream>

namespace engine::base {
namespace {

constexpr std::string_view between = "-of-", extension = ".gguf";
constexpr int digits = 5;

// The number that five digits at the end of `text` are, cut off from it.
std::optional<uint64_t> take_number(std::string_view& text) {
  if (text.size() < digits) return std::nullopt;
  const std::string_view last = text.substr(text.size() - digits);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(last.data(), last.data() + digits, number);
  if (error != std::errc() || end != last.data() + digits) return std::nullopt;
  text.remove_suffix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

}  // namespace

std::string SplitName::text() const {
  std::ostringstream text;
  text << stem << std::setfill('0') << '-' << std::setw(digits) << number << between
       << std::setw(digits) << count << extension;
  return text.str();
}

std::optional<SplitName> read_split_name(std::string_view name) {
  if (!take(name, extension)) return std::nullopt;
  const auto count = take_number(name);
  if (!count || !take(name, between)) return std::nullopt;
  const auto number = take_number(name);
  if (!number || !take(name, "-")) return std::nullopt;
  return SplitName{std::string(name), *number, *count};
}

}  // namespace engine::base
