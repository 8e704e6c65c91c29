// Two changes are alike where the same words became the same others; where the same was put into
// the arguments of the same function, first or last; or where the same was put right before or
// behind the same name.
#include "lsp/features/next_edits/repeat.h"

#include <algorithm>
#include <set>

#include "engine/base/format.h"
#include "lsp/text/word.h"

namespace lsp::features::next_edits {
namespace {

constexpr size_t most_argument_bytes = 500;

bool touch(Range a, Range b) { return a.begin <= b.end && b.begin <= a.end; }

bool is_changed(const std::vector<Change>& changes, Range place) {
  return std::any_of(changes.begin(), changes.end(),
                     [&](const Change& each) { return touch(each.range, place); });
}

bool is_code(const Text& text, size_t offset) {
  if (text.occurrences == nullptr) return true;
  const syntax::Tree& tree = text.occurrences->tree();
  return tree.language() != syntax::Language::markdown &&
         tree.place_at(offset) == syntax::Place::code;
}

bool stands_at(std::string_view text, size_t at, std::string_view part) {
  return at <= text.size() && text.substr(at, part.size()) == part;
}

// Past what `after` has around `before`: where it was changed already, by whomever.
bool reads_so_already(std::string_view text, Range place, const Change& change) {
  const size_t within = change.after.find(change.before);
  if (within == std::string::npos || within > place.begin) return false;
  return stands_at(text, place.begin - within, change.after);
}

// Which places of a name that was changed twice mean what it meant there.
class SameName {
 public:
  SameName(const Occurrences& occurrences, const std::vector<Change>& changes)
      : occurrences_(occurrences), last_(changes.back()), role_(occurrences.at(last_.range).role) {
    for (const Change& each : changes) {
      if (!are_alike(each, last_)) continue;
      is_rename_ = is_rename_ || occurrences.at(each.range).binds.has_value() ||
                   occurrences.symbol_at(each.range).has_value();
      owners_.insert(occurrences.owner(each.range));
    }
    for (const std::string& name : {last_.before, last_.after}) {
      for (Occurrence& each : occurrences.of(name)) bound_.push_back(std::move(each));
    }
    scope_ = occurrences.scope_at(last_.range, bound_);
  }

  // Where it was changed at its definition too, its places are those of that definition: see
  // renamed().
  bool is_rename() const { return is_rename_; }

  bool is_at(Range place) const {
    if (occurrences_.at(place).role != role_) return false;
    if (role_ == Role::variable) return occurrences_.scope_at(place, bound_) == scope_;
    // Objects of two names stand for all.
    return role_ != Role::member || owners_.size() > 1 ||
           owners_.contains(occurrences_.owner(place));
  }

 private:
  const Occurrences& occurrences_;
  const Change& last_;
  const Role role_;
  bool is_rename_ = false;
  std::set<std::string_view> owners_;
  std::vector<Occurrence> bound_;
  std::optional<Range> scope_;
};

// Whether the words are enough to know a like place by. One that is gone without a trace, and short
// ones in texts, are not.
bool is_telling(const Text& text, const Change& change) {
  const std::string& before = change.before;
  const bool has_name = std::any_of(before.begin(), before.end(), text.is_name);
  const bool is_word = std::all_of(before.begin(), before.end(),
                                   [&](char b) { return text.is_name(b) || b == ' '; });
  if (!has_name || (change.after.empty() && is_word)) return false;
  const bool in_code = text.occurrences != nullptr && is_code(text, change.range.begin);
  return before.size() >= (in_code || !is_word ? 2 : 4);
}

std::vector<Edit> replaced(const Text& text, const std::vector<Change>& changes) {
  const Change& last = changes.back();
  std::vector<Edit> found;
  if (!is_telling(text, last)) return found;
  const bool in_code = text.occurrences != nullptr && is_code(text, last.range.begin);
  std::optional<SameName> name;
  if (in_code && renames(last, text.is_name)) {
    // A literal or a keyword is another thing at each place.
    if (!text.occurrences->is_identifier_at(last.range)) return found;
    name.emplace(*text.occurrences, changes);
    if (name->is_rename()) return found;
  }
  for (const Range place : words(text.text, last.before, text.is_name)) {
    if (is_changed(changes, place) || reads_so_already(text.text, place, last)) continue;
    if (name && !name->is_at(place)) continue;
    if (text.occurrences != nullptr && is_code(text, place.begin) != in_code) continue;
    found.push_back({place, last.after});
  }
  return found;
}

// The bracket that is closed where `text` ends, or that is open there; npos where that is none or
// too far away.
size_t open_bracket(std::string_view text) {
  size_t depth = 0;
  const size_t least = text.size() > most_argument_bytes ? text.size() - most_argument_bytes : 0;
  for (size_t at = text.size(); at-- > least;) {
    if (text[at] == ')' || text[at] == ']' || text[at] == '}') ++depth;
    if (text[at] != '(' && text[at] != '[' && text[at] != '{') continue;
    if (depth == 0) return text[at] == '(' ? at : std::string_view::npos;
    --depth;
  }
  return std::string_view::npos;
}

// The bracket that closes what `at` is in.
size_t closing_bracket(std::string_view text, size_t at) {
  size_t depth = 0;
  const size_t end = std::min(text.size(), at + most_argument_bytes);
  for (; at < end; ++at) {
    if (text[at] == '(' || text[at] == '[' || text[at] == '{') ++depth;
    if (text[at] != ')' && text[at] != ']' && text[at] != '}') continue;
    if (depth == 0) return text[at] == ')' ? at : std::string_view::npos;
    --depth;
  }
  return std::string_view::npos;
}

// An argument that was put first or last.
struct Argument {
  std::string function;  // with what it is a member of: "log.info"
  bool is_first;
  bool operator==(const Argument&) const = default;
};

std::string_view function_before(const Text& text, size_t bracket) {
  size_t begin = bracket;
  while (begin > 0 && (text.is_name(text.text[begin - 1]) || text.text[begin - 1] == '.' ||
                       text.text[begin - 1] == ':' || text.text[begin - 1] == '>')) {
    --begin;
    if (text.text[begin] == '>' && (begin == 0 || text.text[begin - 1] != '-')) return {};
    if (text.text[begin] == '>') --begin;
  }
  return text.text.substr(begin, bracket - begin);
}

std::optional<Argument> argument_of(const Text& text, const Change& change) {
  if (!change.before.empty()) return std::nullopt;
  const size_t bracket = open_bracket(text.text.substr(0, change.range.begin));
  const size_t closing = closing_bracket(text.text, change.range.end);
  if (bracket == std::string_view::npos || closing == std::string_view::npos) return std::nullopt;
  const std::string_view function = function_before(text, bracket);
  if (function.empty()) return std::nullopt;
  const auto blank = [&](size_t from, size_t to) {
    return text::is_blank(text.text.substr(from, to - from));
  };
  const bool is_first = blank(bracket + 1, change.range.begin);
  const bool is_last = blank(change.range.end, closing);
  if (is_first == is_last) return std::nullopt;  // in the middle, or alone
  return Argument{std::string(function), is_first};
}

std::string_view without_comma(std::string_view argument) {
  const std::string_view around = ", ";
  while (!argument.empty() && around.find(argument.front()) != std::string_view::npos) {
    argument.remove_prefix(1);
  }
  while (!argument.empty() && around.find(argument.back()) != std::string_view::npos) {
    argument.remove_suffix(1);
  }
  return argument;
}

// Whether `inside` takes it: no keyword twice, nothing without one behind one.
bool takes(const Text& text, std::string_view inside, std::string_view bare, bool is_first) {
  const size_t equals = bare.find('=');
  const size_t name = equals == std::string_view::npos ? 0 : equals;
  const bool is_keyword =
      name > 0 &&
      std::all_of(bare.begin(), bare.begin() + static_cast<ptrdiff_t>(name), text.is_name);
  if (is_keyword) {
    for (const Range word : words(inside, bare.substr(0, name), text.is_name)) {
      if (stands_at(inside, word.end, "=")) return false;
    }
    return true;
  }
  if (is_first) return true;
  for (size_t at = inside.find('='); at != std::string_view::npos; at = inside.find('=', at + 1)) {
    const bool is_alone = !stands_at(inside, at + 1, "=") && at > 0 && text.is_name(inside[at - 1]);
    if (is_alone) return false;
  }
  return inside.find('*') == std::string_view::npos;
}

// Where what is put at `from` means the same, where it is a name that not all of the document sees.
std::optional<Range> seen_in(const Text& text, std::string_view bare, Range from) {
  if (text.occurrences == nullptr || !std::all_of(bare.begin(), bare.end(), text.is_name)) {
    return std::nullopt;
  }
  const auto scope = text.occurrences->scope_at(from, text.occurrences->of(bare));
  return scope && text.occurrences->is_whole(*scope) ? std::nullopt : scope;
}

// The calls of the same function that lack it. One that is defined here has parameters instead.
std::vector<Edit> arguments(const Text& text, const Argument& argument,
                            const std::vector<Change>& changes) {
  const std::string& put = changes.back().after;
  const std::string_view bare = without_comma(put);
  const size_t begin = changes.back().range.begin + put.find(bare);
  const auto scope = seen_in(text, bare, {begin, begin + bare.size()});
  std::vector<Edit> found;
  for (const Range name : words(text.text, argument.function, text.is_name)) {
    const size_t bracket = name.end;
    if (!stands_at(text.text, bracket, "(") || !is_code(text, name.begin)) continue;
    if (function_before(text, bracket) != argument.function) continue;
    if (text.occurrences != nullptr && text.occurrences->at(name).binds) continue;
    const size_t closing = closing_bracket(text.text, bracket + 1);
    if (closing == std::string_view::npos) continue;
    const std::string_view inside = text.text.substr(bracket + 1, closing - bracket - 1);
    const bool is_there = argument.is_first ? without_comma(inside).starts_with(bare)
                                            : without_comma(inside).ends_with(bare);
    const size_t at = argument.is_first ? bracket + 1 : closing;
    if (is_there || is_changed(changes, {at, at})) continue;
    if (inside.find_first_of("\r\n") != std::string_view::npos) continue;
    if (!takes(text, inside, bare, argument.is_first)) continue;
    if (scope && !holds(*scope, {at, at})) continue;
    found.push_back({{at, at}, std::string(text::is_blank(inside) ? bare : put)});
  }
  return found;
}

// A name, in code, that something was put right before, or right behind.
struct Neighbour {
  std::string name;
  bool is_behind;  // the name stands behind what was put
  bool operator==(const Neighbour&) const = default;
};

std::optional<Neighbour> neighbour_of(const Text& text, const Change& change) {
  if (!change.before.empty() || text.occurrences == nullptr) return std::nullopt;
  const std::string& put = change.after;
  // What a name is taken from, what is awaited, and a member of it; all else depends on the place.
  const bool is_owner = put.ends_with('.') || put.ends_with("::") || put.ends_with("->");
  const bool is_member = put.size() > 1 && put.front() == '.' && text.is_name(put[1]);
  if (!is_owner && put != "await " && !is_member) return std::nullopt;
  const auto [begin, end] = change.range;
  const Range behind = widened(text.text, {end, end}, text.is_name);
  const Range before = widened(text.text, {begin, begin}, text.is_name);
  const bool is_behind = behind.begin == end && behind.end >= end + 3;
  const bool is_before = before.end == begin && begin >= before.begin + 3;
  if (is_behind == is_before) return std::nullopt;
  const Range name = is_behind ? behind : before;
  return Neighbour{std::string(text.text.substr(name.begin, name.end - name.begin)), is_behind};
}

std::vector<Edit> neighbours(const Text& text, const Neighbour& neighbour,
                             const std::vector<Change>& changes) {
  const Change& last = changes.back();
  const size_t size = neighbour.name.size();
  const size_t own = neighbour.is_behind ? last.range.end : last.range.begin - size;
  const Role role = text.occurrences->at({own, own + size}).role;
  const bool is_await = last.after == "await ";
  std::vector<Edit> found;
  for (const Range name : words(text.text, neighbour.name, text.is_name)) {
    const size_t at = neighbour.is_behind ? name.begin : name.end;
    const bool is_there = neighbour.is_behind ? text.text.substr(0, at).ends_with(last.after)
                                              : stands_at(text.text, at, last.after);
    if (is_there || is_changed(changes, name) || !is_code(text, name.begin)) continue;
    const Occurrence occurrence = text.occurrences->at(name);
    // Before what was put there, the name may have been another thing: `self.` makes a member.
    const bool as_before =
        neighbour.is_behind ? occurrence.role == Role::variable : occurrence.role == role;
    if (occurrence.binds || !as_before) continue;
    const bool may_await =
        text.occurrences->is_in_async(name) && stands_at(text.text, name.end, "(");
    if (is_await && !may_await) continue;
    if (!neighbour.is_behind && text.occurrences->is_target(name)) continue;
    found.push_back({{at, at}, last.after});
  }
  return found;
}

// `of` says what a change is an example of; there must be two that say the same.
template <typename Of>
auto shared_by_two(const std::vector<Change>& changes, Of of) -> decltype(of(changes.back())) {
  const auto last = of(changes.back());
  if (!last) return std::nullopt;
  const bool again = std::any_of(changes.begin(), changes.end() - 1, [&](const Change& each) {
    return each.after == changes.back().after && of(each) == last;
  });
  return again ? last : std::nullopt;
}

}  // namespace

std::vector<Edit> adapted(const Text& text, const Change& change,
                          const std::vector<Range>& blocks) {
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    if (!holds(*block, change.range)) continue;
    const std::vector<Range> places = words(text.text, change.before, text.is_name);
    const auto inside = [&](Range place) { return holds(*block, place); };
    if (std::all_of(places.begin(), places.end(), inside)) continue;  // no copy
    std::vector<Edit> found;
    for (const Range place : places) {
      if (inside(place)) found.push_back({place, change.after});
    }
    return found;
  }
  return {};
}

std::vector<Edit> repeated(const Text& text, const std::vector<Change>& changes) {
  const auto replacing = [](const Change& each) -> std::optional<std::string> {
    if (each.before.empty()) return std::nullopt;
    return each.before;
  };
  if (shared_by_two(changes, replacing)) return replaced(text, changes);
  const auto as_argument = [&](const Change& each) { return argument_of(text, each); };
  if (const auto argument = shared_by_two(changes, as_argument)) {
    return arguments(text, *argument, changes);
  }
  const auto beside = [&](const Change& each) { return neighbour_of(text, each); };
  if (const auto neighbour = shared_by_two(changes, beside)) {
    return neighbours(text, *neighbour, changes);
  }
  return {};
}

}  // namespace lsp::features::next_edits
