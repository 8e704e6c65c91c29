#include "engine/session/common_runs.h"

#include <algorithm>
#include <numeric>

namespace engine::session {
namespace {

using Text = std::span<const tokenizer::Token>;

// Of places that begin alike: texts of nothing but line breaks have many.
constexpr std::ptrdiff_t most_places = 16;

int common_length(Text a, Text b) {
  return static_cast<int>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// All places of a text where `least` tokens follow, sorted by these.
class Places {
 public:
  Places(Text text, int least) : text_(text), least_(static_cast<size_t>(least)) {
    if (text.size() < least_) return;
    places_.resize(text.size() - least_ + 1);
    std::iota(places_.begin(), places_.end(), 0);
    std::stable_sort(places_.begin(), places_.end(),
                     [&](int a, int b) { return less(beginning(a), beginning(b)); });
  }

  // The place that agrees with `other` for longest, and how long; {0, 0}: with none for `least`.
  CommonRun longest(Text other) const {
    const Text wanted = other.first(least_);
    auto place = std::lower_bound(places_.begin(), places_.end(), wanted,
                                  [&](int a, Text b) { return less(beginning(a), b); });
    const auto end = place + std::min(most_places, places_.end() - place);
    CommonRun best{0, 0, 0};
    for (; place != end && std::ranges::equal(beginning(*place), wanted); ++place) {
      const int length = common_length(text_.subspan(static_cast<size_t>(*place)), other);
      if (length > best.count) best = {*place, 0, length};
    }
    return best;
  }

 private:
  static bool less(Text a, Text b) { return std::ranges::lexicographical_compare(a, b); }
  Text beginning(int place) const { return text_.subspan(static_cast<size_t>(place), least_); }

  const Text text_;
  const size_t least_;
  std::vector<int> places_;
};

}  // namespace

std::vector<CommonRun> common_runs(Text old_text, Text new_text, int first, int end, int least) {
  std::vector<CommonRun> runs;
  const int shared = common_length(old_text, new_text);
  const Places places(old_text.subspan(static_cast<size_t>(shared)), least);
  new_text = new_text.first(static_cast<size_t>(end));
  for (int at = first; at + least <= end;) {
    const CommonRun run = places.longest(new_text.subspan(static_cast<size_t>(at)));
    if (run.count > 0) runs.push_back({shared + run.from, at, run.count});
    at += std::max(1, run.count);
  }
  return runs;
}

}  // namespace engine::session
