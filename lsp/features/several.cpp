// Several suggestions for who asks by a key: the first as complete() has it, and for further ones
// the engine is asked again where the line that was found might have gone on otherwise
// (branches.h), or who fills the gap elsewhere for something that is not the likeliest.
#include <algorithm>
#include <cmath>
#include <future>
#include <utility>

#include "lsp/features/inquiry.h"
#include "lsp/features/viable.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using engine::base::Result;
using engine::session::EndReason;

// What somebody who asked waits for further ones, once there is the first.
constexpr std::chrono::milliseconds patience_for_others{700};
// And what another line must be likely to be the one, to be looked for.
constexpr double least_worth = 0.01;
// Who asks wants to see something, and looks it through: what is shown need not be likely, but be
// all that is likely on its way.
constexpr double least_of_several = 0.01;

constexpr size_t least_repeat = 3;  // bytes

// With what follows itself there once: "a.next.next" becomes "a.next".
std::string without_repeats(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    for (size_t length = least_repeat; i + 2 * length <= text.size(); ++length) {
      if (text.compare(i, length, text, i + length, length) != 0) continue;
      text.erase(i, length);
      length = least_repeat - 1;
    }
  }
  return text;
}

// Two that say the same to who reads them: one without the blanks and the last brackets of the
// other, or its beginning; or with a part of it twice, as a model that is led off its way says it.
bool is_like(const Completion& shown, const Completion& other) {
  const auto letters = [](std::string_view text) {
    std::string kept;
    for (const char each : text) {
      if (!text::is_blank(std::string_view(&each, 1))) kept += each;
    }
    while (!kept.empty() && std::string_view(")]};,:").find(kept.back()) != kept.npos) {
      kept.pop_back();
    }
    return kept;
  };
  const std::string one = letters(shown.text), two = letters(other.text);
  return one.starts_with(two) || one == without_repeats(two);
}

// Of what is to be inserted at the cursor.
size_t missing_bytes(const Completion& completion, const CompletionInput& input) {
  const size_t there =
      input.selected ? input.selected->text.size() : input.cursor - completion.range.begin;
  return completion.text.size() - std::min(completion.text.size(), there);
}

// The characters that a suggestion is likely to save.
double gain_of(const Completion& completion, const CompletionInput& input) {
  return std::exp(completion.log_probability.value_or(0)) *
         static_cast<double>(missing_bytes(completion, input));
}

// The first suggestion and others, as they are found.
class Several {
 public:
  Several(const Inquiry& inquiry, Completion first, size_t most)
      : inquiry_(inquiry), most_(most), must_stand_(stands(first)) {
    found_.push_back(std::move(first));
  }

  const Completion& first() const { return found_.front(); }
  bool is_full() const { return found_.size() >= most_; }

  // Where it is none of those that there are. Where the first one stands as code, so do the others.
  void add(Completion completion, const Filled& filled) {
    const bool is_known = std::any_of(found_.begin(), found_.end(), [&](const Completion& each) {
      return is_like(each, completion);
    });
    if (is_known || is_full() || (must_stand_ && !stands(completion))) return;
    if (length_there_already(inquiry_, completion) > 0) return;
    found_.push_back(told(std::move(completion), inquiry_, filled));
  }

  std::vector<Completion> take() {
    std::stable_sort(found_.begin() + 1, found_.end(), [&](const auto& one, const auto& other) {
      return gain_of(one, inquiry_.input) > gain_of(other, inquiry_.input);
    });
    // What would be silence alone gives way.
    if (found_.size() > 1 && first().text.empty()) found_.erase(found_.begin());
    return std::move(found_);
  }

 private:
  bool stands(const Completion& completion) const {
    return may_stand({inquiry_.scene.text, completion.range, completion.text});
  }

  const Inquiry& inquiry_;
  const size_t most_;
  const bool must_stand_;
  std::vector<Completion> found_;
};

// Lines that the first one, which was found in `filled`, is not; the likeliest to be worth it
// first.
void add_others(Inquiry& inquiry, const Filled& filled, Several& several, size_t tries,
                context::BufferCache& buffers, engine::session::Engine& engine,
                const std::stop_token& stop) {
  const CompletionInput& input = inquiry.input;
  const double least = least_of_several;
  const auto until = Clock::now() + patience_for_others;
  Branches branches;
  branches.found({}, line_of(filled, {}, missing_bytes(several.first(), input)));
  for (; tries > 0 && !several.is_full(); --tries) {
    const auto branch = branches.take();
    if (!branch || branch->worth < least_worth || Clock::now() > until) break;
    const Filled other = ask_engine(inquiry, *branch, least, buffers, engine, stop, until);
    const bool is_late = Clock::now() > until;
    if (is_late || other.outcome.reason == EndReason::error || stop.stop_requested()) break;
    Completion completion = completion_of(inquiry, other, least);
    branches.found(*branch, line_of(other, *branch, missing_bytes(completion, input)));
    several.add(std::move(completion), other);
  }
}

// What else another model would write, asked at once: who serves several takes no longer for them.
void add_drawn(const Inquiry& inquiry, Several& several, size_t draws,
               const std::stop_token& stop) {
  const auto until = Clock::now() + patience_for_others;
  std::vector<std::future<std::optional<Filled>>> asked;
  for (size_t draw = 1; draw <= draws; ++draw) {
    asked.push_back(std::async(std::launch::async, [&, draw] {
      return ask_elsewhere(inquiry, static_cast<int>(draw), least_of_several, stop, until);
    }));
  }
  for (auto& each : asked) {
    const std::optional<Filled> filled = each.get();
    if (!filled || filled->collector.text().empty()) continue;
    several.add(completion_of(inquiry, *filled, least_of_several), *filled);
  }
}

}  // namespace

Result<std::vector<Completion>> completions(const CompletionInput& input, size_t most,
                                            context::Anchor& anchor, context::BufferCache& buffers,
                                            engine::session::Engine& engine, std::stop_token stop) {
  Scene scene = scene_of(input);
  if (std::string why = why_not(input, scene); !why.empty()) {
    return std::vector<Completion>{silent(input, std::move(why))};
  }
  Inquiry inquiry = inquire(input, std::move(scene), anchor, engine);
  double least = input.least_probability.value_or(least_probability(Trigger::automatic));
  std::optional<Filled> filled = ask_elsewhere(inquiry, 0, least, stop);
  if (!filled) filled = ask_engine(inquiry, {}, least, buffers, engine, stop);
  Completion first = completion_of(inquiry, *filled, least);
  if (first.text.empty() && !filled->elsewhere && filled->outcome.error.empty()) {
    least = least_of_several;
    filled = ask_engine(inquiry, {}, least, buffers, engine, stop);
    first = completion_of(inquiry, *filled, least);
  }
  if (filled->outcome.reason == EndReason::error) {
    return engine::base::Error{filled->outcome.error};
  }
  if (stop.stop_requested()) return std::vector<Completion>();
  const auto began = Clock::now();
  if (length_there_already(inquiry, first) > 0) first = silent(input, already_there);
  Several several(inquiry, told(std::move(first), inquiry, *filled), most);
  if (filled->elsewhere) {
    add_drawn(inquiry, several, most - 1, stop);
  } else {
    // Some of what is found is cut to what another one says already.
    add_others(inquiry, *filled, several, 3 * most, buffers, engine, stop);
  }
  const std::chrono::duration<double, std::milli> for_others = Clock::now() - began;
  if (stop.stop_requested()) return std::vector<Completion>();
  std::vector<Completion> found = several.take();
  found.front().others_ms = for_others.count();
  return found;
}

}  // namespace lsp::features
