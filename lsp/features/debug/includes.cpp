#include "lsp/features/debug/includes.h"

#include <cctype>
#include <utility>

#include "engine/base/format.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;

struct Header {
  std::string_view name;
  std::string_view declares;  // what is used most of it, between spaces
  bool of_c = false;          // <cNAME> for C's <NAME.h>
};

constexpr Header headers[] = {
    {"algorithm",
     " sort stable_sort min max minmax clamp find find_if count count_if reverse rotate fill copy "
     "any_of all_of none_of remove remove_if replace unique lower_bound upper_bound binary_search "
     "max_element min_element transform for_each equal next_permutation nth_element is_sorted "
     "partial_sort "},
    {"array", " array to_array "},
    {"assert", " assert ", true},
    {"atomic", " atomic "},
    {"bitset", " bitset "},
    {"bit", " popcount countl_zero countr_zero bit_cast has_single_bit bit_width rotl rotr "},
    {"chrono", " chrono "},
    {"ctype", " isdigit isalpha isalnum isspace isupper islower ispunct toupper tolower ", true},
    {"deque", " deque "},
    {"exception", " exception terminate "},
    {"float", " DBL_MAX DBL_MIN DBL_EPSILON FLT_MAX FLT_EPSILON ", true},
    {"fstream", " fstream ifstream ofstream "},
    {"functional", " function bind hash greater less plus multiplies "},
    {"initializer_list", " initializer_list "},
    {"iomanip", " setw setprecision setfill "},
    {"iostream", " cout cin cerr endl "},
    {"iterator", " back_inserter inserter distance advance next prev ostream_iterator "},
    {"limits", " numeric_limits "},
    {"limits", " INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN CHAR_BIT LLONG_MAX ", true},
    {"list", " list "},
    {"map", " map multimap "},
    {"math", " sqrt pow floor ceil round log log2 log10 exp sin cos tan atan2 hypot fabs M_PI ",
     true},
    {"memory", " unique_ptr shared_ptr weak_ptr make_unique make_shared "},
    {"mutex", " mutex lock_guard unique_lock scoped_lock "},
    {"numeric", " accumulate iota gcd lcm partial_sum inner_product reduce "},
    {"optional", " optional nullopt make_optional "},
    {"queue", " queue priority_queue "},
    {"random", " mt19937 uniform_int_distribution random_device "},
    {"regex", " regex smatch cmatch regex_match regex_search regex_replace sregex_iterator "},
    {"set", " set multiset "},
    {"sstream", " stringstream istringstream ostringstream "},
    {"stack", " stack "},
    {"stddef", " size_t ptrdiff_t offsetof ", true},
    {"stdexcept", " runtime_error invalid_argument out_of_range logic_error domain_error "},
    {"stdint",
     " int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t INT32_MAX INT64_MAX "
     "UINT32_MAX uintptr_t ",
     true},
    {"stdio", " printf fprintf snprintf puts putchar getchar scanf fgets FILE stderr ", true},
    {"stdlib", " malloc calloc realloc free exit abort abs atoi strtol getenv rand qsort ", true},
    {"string", " string to_string stoi stol stod getline "},
    {"string", " strlen strcmp strncmp strcpy strcat memcpy memset memmove memcmp strchr ", true},
    {"string_view", " string_view "},
    {"thread", " thread this_thread jthread "},
    {"tuple", " tuple make_tuple tie "},
    {"unordered_map", " unordered_map "},
    {"unordered_set", " unordered_set "},
    {"utility", " pair make_pair move swap exchange forward "},
    {"variant", " variant visit get_if monostate "},
    {"vector", " vector "}};

// Whether a compiler's words hold `name` between quotes of gcc or clang, with `std::` or without.
bool quotes(std::string_view message, std::string_view name) {
  for (const char* scope : {"", "std::"}) {
    for (const auto& [open, close] : {std::pair("‘", "’"), std::pair("'", "'")}) {
      if (message.find(concat(open, scope, name, close)) != message.npos) return true;
    }
  }
  return false;
}

// Whether `text` has std:: before the name, and nothing behind it.
bool uses(std::string_view text, std::string_view name) {
  const std::string scoped = concat("std::", name);
  for (size_t at = text.find(scoped); at != text.npos; at = text.find(scoped, at + 1)) {
    const size_t end = at + scoped.size();
    const auto next = static_cast<unsigned char>(end < text.size() ? text[end] : ' ');
    if (std::isalnum(next) == 0 && next != '_') return true;
  }
  return false;
}

template <typename Test>
bool any_of(std::string_view names, const Test& test) {
  for (size_t at = 1; at < names.size();) {
    const size_t end = names.find(' ', at);
    if (test(names.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

std::set<std::string> standard_headers() {
  std::set<std::string> names;
  for (const Header& header : headers) {
    if (header.of_c) names.insert(concat(header.name, ".h"));
    names.insert(concat(header.of_c ? "c" : "", header.name));
  }
  return names;
}

std::vector<Include> missing_includes(std::string_view text, std::string_view message) {
  std::vector<Include> missing;
  const bool in_c = text.find(".h>") != text.npos && text.find("std::") == text.npos;
  for (const Header& header : headers) {
    if (in_c && !header.of_c) continue;
    const std::string c = concat("<", header.name, ".h>"), cpp = concat("<c", header.name, ">");
    const std::string own = !header.of_c ? concat("<", header.name, ">") : in_c ? c : cpp;
    const auto includes = [&](const std::string& name) { return text.find(name) != text.npos; };
    if (includes(own) || (header.of_c && (includes(c) || includes(cpp)))) continue;
    const bool told = message.find(own) != message.npos ||
                      (header.of_c && message.find(c) != message.npos) ||
                      any_of(header.declares, [&](auto name) { return quotes(message, name); });
    const bool used = any_of(header.declares, [&](auto name) { return uses(text, name); });
    missing.push_back({"#include " + own, told, used});
  }
  return missing;
}

}  // namespace lsp::features::debug
