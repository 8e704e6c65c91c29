#include "lsp/server/usage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/format.h"
#include "lsp/server/own_folder.h"

namespace lsp::server {
namespace {

using text::Sentence;

constexpr Sentence nothing_shown = {"Nothing has been shown yet.", "还没有显示过建议。",
                                    "Rien n'a encore été montré.", "Noch wurde nichts gezeigt."};
constexpr Sentence shown_and_taken = {
    "{shown} suggestions shown, after {ms} ms on average\n"
    "{accepted} accepted whole, {partly} in part, {typed} typed as shown, {dismissed} dismissed",
    "显示了 {shown} 条建议，平均用时 {ms} 毫秒\n"
    "{accepted} 条全部采纳，{partly} 条部分采纳，{typed} 条照着打出，{dismissed} 条放弃",
    "{shown} suggestions montrées, après {ms} ms en moyenne\n"
    "{accepted} acceptées en entier, {partly} en partie, {typed} tapées telles quelles, "
    "{dismissed} rejetées",
    "{shown} Vorschläge gezeigt, im Mittel nach {ms} ms\n"
    "{accepted} ganz übernommen, {partly} zum Teil, {typed} so getippt, {dismissed} verworfen"};
constexpr Sentence share_taken = {" ({percent} % taken)", "（采纳 {percent} %）",
                                  " ({percent} % prises)", " ({percent} % genommen)"};
constexpr Sentence saved = {"{count} characters saved", "节省了 {count} 个字符",
                            "{count} caractères épargnés", "{count} Zeichen gespart"};
constexpr Sentence still_there = {
    "{kept} of {looked} accepted texts were still there half a minute later",
    "采纳的 {looked} 段文本中有 {kept} 段在半分钟后仍在",
    "{kept} des {looked} textes acceptés étaient encore là une demi-minute plus tard",
    "{kept} von {looked} übernommenen Texten standen eine halbe Minute später noch da"};
constexpr Sentence kept_here = {
    "Counted on this machine, and kept on it.", "在本机统计，也只保存在本机。",
    "Compté sur cette machine, et gardé sur elle.", "Auf diesem Rechner gezählt und behalten."};

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

// Nothing of a file that is missing or damaged.
std::optional<wire::Usage> read(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  wire::Usage counts;
  if (!std::getline(in, line) || line != heading || !(in >> counts.ms)) return std::nullopt;
  each_number(counts, [&](int64_t& number) {
    if (!(in >> number) || number < 0) in.setstate(std::ios::failbit);
  });
  return in ? std::optional(counts) : std::nullopt;
}

// Held while a file is read and written anew; released with the process if it comes to that.
class FileLock {
 public:
  explicit FileLock(const std::string& file)
      : descriptor_(open((file + ".lock").c_str(), O_CREAT | O_CLOEXEC | O_RDWR, 0600)) {
    if (descriptor_ >= 0) flock(descriptor_, LOCK_EX);
  }
  ~FileLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  const int descriptor_;
};

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
  if (!file_.empty()) counts_ = known_ = read(file_).value_or(wire::Usage());
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

// What others have counted in the file since it was last looked at.
void Usage::take_in() {
  const auto present = file_.empty() ? std::nullopt : read(file_);
  if (!present) return;
  counts_.ms += present->ms - known_.ms;
  std::vector<int64_t> theirs, before;
  each_number(*present, [&](int64_t number) { theirs.push_back(number); });
  each_number(known_, [&](int64_t number) { before.push_back(number); });
  size_t i = 0;
  each_number(counts_, [&](int64_t& number) {
    number = std::max<int64_t>(0, number + theirs[i] - before[i]);  // some were halved
    ++i;
  });
  for (auto& step : counts_.steps) step.taken = std::min(step.taken, step.ended);
  known_ = *present;
}

wire::Usage Usage::counts() {
  const std::lock_guard lock(mutex_);
  take_in();
  return counts_;
}

void Usage::save_now_and_then() {
  const std::lock_guard lock(mutex_);
  if (unsaved_ >= save_each) write();
}

void Usage::write() {
  unsaved_ = 0;
  if (file_.empty()) return;
  std::error_code error = make_own_folder(fs::path(file_).parent_path());
  const FileLock alone(file_);
  take_in();
  const std::string beside = file_ + ".new";
  {
    std::ofstream out(beside);
    out << heading << '\n' << counts_.ms;
    each_number(counts_, [&](int64_t number) { out << ' ' << number; });
    out << '\n';
    if (!out) return;  // counts are not worth an error
  }
  fs::rename(beside, file_, error);
  known_ = counts_;
}

std::string summary_of(const wire::Usage& counts, text::Tongue tongue) {
  if (counts.shown == 0) return text::said(nothing_shown, tongue);
  const auto rounded = [](double value) { return std::to_string(std::llround(value)); };
  const int64_t taken = counts.accepted + counts.accepted_partly + counts.typed;
  const int64_t ended = taken + counts.dismissed;
  std::string text = text::said(shown_and_taken, tongue,
                                {{"shown", std::to_string(counts.shown)},
                                 {"ms", rounded(counts.ms / static_cast<double>(counts.shown))},
                                 {"accepted", std::to_string(counts.accepted)},
                                 {"partly", std::to_string(counts.accepted_partly)},
                                 {"typed", std::to_string(counts.typed)},
                                 {"dismissed", std::to_string(counts.dismissed)}});
  if (ended > 0) {
    text += text::said(
        share_taken, tongue,
        {{"percent", rounded(100.0 * static_cast<double>(taken) / static_cast<double>(ended))}});
  }
  text += "\n" + text::said(saved, tongue, {{"count", std::to_string(counts.saved)}});
  if (counts.looked_again > 0) {
    text += "\n" + text::said(still_there, tongue,
                              {{"kept", std::to_string(counts.kept)},
                               {"looked", std::to_string(counts.looked_again)}});
  }
  return text + "\n" + text::said(kept_here, tongue);
}

}  // namespace lsp::server
