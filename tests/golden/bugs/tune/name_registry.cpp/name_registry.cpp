// The names that people took, whatever their case.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

// A name without white space at its ends, in lower case.
std::string normalised(std::string_view name) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!name.empty() && is_space(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  std::string result;
  for (char c : name) result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Keeps copies of what it is given.
class Registry {
 public:
  // Takes a name; false if it is empty or was taken before.
  bool take(std::string_view name) {
    const std::string wanted = normalised(name);
    if (wanted.empty() || is_taken(wanted)) return false;
    names_.push_back(wanted);
    return true;
  }

  bool is_taken(std::string_view name) const {
    const std::string wanted = normalised(name);
    return std::find(names_.begin(), names_.end(), wanted) != names_.end();
  }

  // The names in lower case, in the order in which they were taken, divided by ", ".
  std::string text() const {
    std::string text;
    for (const auto& name : names_) {
      if (!text.empty()) text += ", ";
      text += name;
    }
    return text;
  }

 private:
  std::vector<std::string_view> names_;
};
