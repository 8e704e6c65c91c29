#include "lsp/bench/pace.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/base/format.h"
#include "lsp/bench/typing.h"

namespace lsp::bench {
namespace {

using engine::base::Result;
using Clock = std::chrono::steady_clock;

constexpr size_t probes = 4;  // the first of which wakes up what sleeps, and does not count

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Result<double> seconds_of_place(const std::vector<Place>& places, Contestant& contestant) {
  auto begin = Clock::now();
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 1) begin = Clock::now();
    const auto guess = contestant.guess(*places[i].file, places[i].before(), places[i].after());
    if (!guess) return guess.error();
  }
  return seconds_since(begin) / static_cast<double>(std::max<size_t>(places.size(), 2) - 1);
}

}  // namespace

Result<double> seconds_expected(const std::vector<const SourceFile*>& group, size_t groups,
                                const CompleteOptions& options,
                                const engine::tokenizer::Tokenizer& tokenizer,
                                const std::vector<std::unique_ptr<Contestant>>& contestants) {
  const uint64_t other_seed = options.seed + 1;
  const auto places = draw_places(group, probes, other_seed, tokenizer);
  const auto lines = draw_passages(group, options.passages > 0 ? 1 : 0, 1, other_seed);
  size_t characters = 0;
  for (const Passage& passage :
       draw_passages(group, options.passages, options.passage_lines, options.seed)) {
    characters += passage.end - passage.begin;
  }
  double seconds = 0;  // of one group
  for (const auto& contestant : contestants) {
    const auto of_place = seconds_of_place(places, *contestant);
    if (!of_place) return of_place;
    seconds += *of_place * static_cast<double>(options.places + options.passages);
    for (const Passage& line : lines) {
      const auto begin = Clock::now();
      const auto typed = type(line, *contestant);
      if (!typed) return typed.error();
      // The first key reads all that stands before it, as a place does.
      const double of_keys = std::max(0.0, seconds_since(begin) - *of_place);
      seconds += of_keys / static_cast<double>(std::max<size_t>(typed->characters, 1)) *
                 static_cast<double>(characters);
    }
  }
  return seconds * static_cast<double>(groups);
}

std::string in_words(double seconds) {
  if (seconds < 90) return engine::base::concat(std::lround(std::max(seconds, 1.0)), " s");
  if (seconds < 5'400) return engine::base::concat(std::lround(seconds / 60), " minutes");
  char hours[32];
  std::snprintf(hours, sizeof hours, "%.1f hours", seconds / 3'600);
  return hours;
}

}  // namespace lsp::bench
