#include "lsp/server/usage.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>

#include "engine/base/format.h"

namespace lsp::server {
namespace {

namespace fs = std::filesystem;

constexpr size_t save_each = 20;     // changes
constexpr double believed = 20;      // suggestions' worth of trust in the model's own probability
constexpr double highest = 0.6;      // whoever dismisses all still sees the surest
constexpr int64_t most_ended = 400;  // in a step; then all halve, so that habits may change

constexpr const char* heading = "lemma usage 1";

// The numbers of the file, in its order.
template <typename Counts, typename Visit>
void each_number(Counts& counts, const Visit& visit) {
  for (auto* number : {&counts.shown, &counts.accepted, &counts.accepted_partly, &counts.typed,
                       &counts.dismissed, &counts.kept, &counts.looked_again, &counts.saved}) {
    visit(*number);
  }
  for (auto& step : counts.steps) {
    visit(step.ended);
    visit(step.taken);
  }
}

wire::Usage read(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  wire::Usage counts;
  if (!std::getline(in, line) || line != heading || !(in >> counts.ms)) return {};
  each_number(counts, [&](int64_t& number) {
    if (!(in >> number) || number < 0) in.setstate(std::ios::failbit);
  });
  return in ? counts : wire::Usage();
}

double least_worth_showing(const wire::Usage& counts, double expected) {
  const auto width = 1.0 / static_cast<double>(counts.steps.size());
  for (size_t i = 0; i < counts.steps.size(); ++i) {
    const double begin = static_cast<double>(i) * width;
    if (begin + width / 2 < expected) continue;
    if (begin >= highest) break;
    const auto& [ended, taken] = counts.steps[i];
    const double share = (static_cast<double>(taken) + believed * (begin + width / 2)) /
                         (static_cast<double>(ended) + believed);
    if (share >= expected) return std::max(begin, expected);
  }
  return highest;
}

}  // namespace

Usage::Usage(std::string file) : file_(std::move(file)) {
  if (!file_.empty()) counts_ = read(file_);
}

Usage::~Usage() { save(); }

void Usage::save() {
  const std::lock_guard lock(mutex_);
  if (unsaved_ > 0) write();
}

void Usage::shown(double ms) {
  const std::lock_guard lock(mutex_);
  ++counts_.shown;
  counts_.ms += ms;
  ++unsaved_;
}

void Usage::ended(Ending ending, double probability, size_t saved) {
  const std::lock_guard lock(mutex_);
  ++(ending == Ending::accepted          ? counts_.accepted
     : ending == Ending::accepted_partly ? counts_.accepted_partly
     : ending == Ending::typed           ? counts_.typed
                                         : counts_.dismissed);
  counts_.saved += static_cast<int64_t>(saved);
  const double place =
      std::clamp(probability, 0.0, 1.0) * static_cast<double>(counts_.steps.size());
  auto& step = counts_.steps[std::min(static_cast<size_t>(place), counts_.steps.size() - 1)];
  ++step.ended;
  if (ending != Ending::dismissed) ++step.taken;
  if (step.ended >= most_ended) {
    step.ended /= 2;
    step.taken /= 2;
  }
  ++unsaved_;
}

void Usage::looked_again(bool is_still_there) {
  const std::lock_guard lock(mutex_);
  ++counts_.looked_again;
  counts_.kept += is_still_there ? 1 : 0;
  ++unsaved_;
}

double Usage::least_probability(double expected) {
  const std::lock_guard lock(mutex_);
  counts_.least_probability = least_worth_showing(counts_, expected);
  return counts_.least_probability;
}

wire::Usage Usage::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Usage::save_now_and_then() {
  const std::lock_guard lock(mutex_);
  if (unsaved_ >= save_each) write();
}

void Usage::write() {
  unsaved_ = 0;
  if (file_.empty()) return;
  std::error_code error;
  fs::create_directories(fs::path(file_).parent_path(), error);
  const std::string beside = file_ + ".new";
  {
    std::ofstream out(beside);
    out << heading << '\n' << counts_.ms;
    each_number(counts_, [&](int64_t number) { out << ' ' << number; });
    out << '\n';
    if (!out) return;  // counts are not worth an error
  }
  fs::rename(beside, file_, error);
}

std::string summary_of(const wire::Usage& counts) {
  using engine::base::concat;
  if (counts.shown == 0) return "Nothing has been shown yet.";
  const int64_t taken = counts.accepted + counts.accepted_partly + counts.typed;
  std::string text =
      concat(counts.shown, " suggestions shown, after ",
             std::llround(counts.ms / static_cast<double>(counts.shown)), " ms on average\n",
             counts.accepted, " accepted whole, ", counts.accepted_partly, " in part, ",
             counts.typed, " typed as shown, ", counts.dismissed, " dismissed");
  if (taken + counts.dismissed > 0) {
    text += concat(" (",
                   std::llround(100.0 * static_cast<double>(taken) /
                                static_cast<double>(taken + counts.dismissed)),
                   " % taken)");
  }
  text += concat("\n", counts.saved, " characters saved");
  if (counts.looked_again > 0) {
    text += concat("\n", counts.kept, " of ", counts.looked_again,
                   " accepted texts were still there half a minute later");
  }
  return text + "\nCounted on this machine, and kept on it.";
}

}  // namespace lsp::server
