#include "sandbox/languages/absent.h"

#include <algorithm>
#include <iterator>

namespace sandbox::languages {
namespace {

bool holds_one_of(std::string_view text, const std::vector<std::string_view>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

Absent absent_in(const Failure& failure) {
  // Of what the system and the libraries say, in Python and in Node.
  static const std::vector<std::string_view> of_input = {
      "EOF when reading a line", "reading from stdin while output is captured"};
  static const std::vector<std::string_view> of_network = {
      "Name or service not known", "Temporary failure in name resolution",
      "Network is unreachable",    "getaddrinfo EAI_AGAIN",
      "getaddrinfo ENOTFOUND",     "connect ENETUNREACH"};
  // Which may quote anything.
  if (failure.type.starts_with("Assertion") || failure.type == "doctest") return Absent::nothing;
  if (holds_one_of(failure.message, of_input)) return Absent::input;
  return holds_one_of(failure.message, of_network) ? Absent::network : Absent::nothing;
}

}  // namespace

Absent absent_in(const std::vector<Failure>& failures) {
  if (failures.empty()) return Absent::nothing;
  const Absent first = absent_in(failures.front());
  const bool alike = std::all_of(failures.begin(), failures.end(),
                                 [&](const Failure& each) { return absent_in(each) == first; });
  return alike ? first : Absent::nothing;
}

}  // namespace sandbox::languages
