#include "engine/session/line_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/check.h"

#include "engine/decode/distribution.h"

namespace engine::session {
namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
// A token so much less likely than the best one hardly begins the likeliest line.
constexpr float worth_following = 3.5f;  // of log-probability: one thirty-third

double log_sum(double a, double b) {
  const double greater = std::max(a, b);
  return greater == impossible ? greater : greater + std::log1p(std::exp(std::min(a, b) - greater));
}

}  // namespace

Piece Path::advance(const Option& option, std::string_view bytes) {
  Piece piece{option.token, std::string(bytes), option.log_probability, experts,
              option.model_log_probability};
  healing.advance(piece.bytes);
  if (recall) recall->advance(option.token);
  tokens.push_back(option.token);
  log_probability += static_cast<double>(option.log_probability);
  options.clear();
  experts.clear();
  return piece;
}

LineSearch::LineSearch(const Search& search, const tokenizer::Tokenizer& tokenizer, int max_tokens)
    : search_(search),
      tokenizer_(tokenizer),
      max_tokens_(max_tokens),
      least_(std::log(static_cast<double>(search.least_probability))),
      active_(search.width > 1) {}

bool LineSearch::ends_line(Token token) const {
  return tokenizer_.is_end_of_generation(token) ||
         tokenizer_.bytes(token).find('\n') != std::string_view::npos;
}

void LineSearch::exclude(const Path& path, std::span<float> log_probabilities) const {
  if (!path.tokens.empty()) return;
  for (const Token token : search_.not_first) {
    const auto place = static_cast<size_t>(token);
    if (place < log_probabilities.size()) {
      log_probabilities[place] = static_cast<float>(impossible);
    }
  }
}

std::vector<Option> LineSearch::options(const Path& path,
                                        std::span<const float> log_probabilities) const {
  const float best = decode::largest(log_probabilities);
  const float least =
      std::max(best - worth_following, static_cast<float>(least_ - path.log_probability));
  std::vector<Option> options;
  decode::for_each_from(log_probabilities, std::min(best, least), [&](size_t token) {
    options.push_back({static_cast<Token>(token), log_probabilities[token]});
  });
  // Ties go to the first, as without a search.
  const auto is_likelier = [](const Option& a, const Option& b) {
    return std::pair(-a.log_probability, a.token) < std::pair(-b.log_probability, b.token);
  };
  const auto most = best < least ? 1 : static_cast<size_t>(search_.width);
  const size_t count = std::min(options.size(), most);
  std::partial_sort(options.begin(), options.begin() + static_cast<std::ptrdiff_t>(count),
                    options.end(), is_likelier);
  options.resize(count);
  return options;
}

// Whether the path is at its end with it: that of its line, or of what may be generated.
bool LineSearch::ends(const Path& path, const Option& option) const {
  return static_cast<int>(path.tokens.size()) + 1 >= max_tokens_ || ends_line(option.token);
}

double LineSearch::of_line(const std::string& line) const {
  double sum = impossible;
  for (const Ended& each : ended_) {
    if (each.line == line) sum = log_sum(sum, each.log_probability());
  }
  return sum;
}

std::vector<LineSearch::Way> LineSearch::choose(std::span<const Path> paths) {
  std::vector<Way> ways;
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t k = 0; k < paths[i].options.size(); ++k) {
      const Option& option = paths[i].options[k];
      ways.push_back(
          {i, k, paths[i].log_probability + static_cast<double>(option.log_probability)});
    }
  }
  std::stable_sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) {
    return a.log_probability > b.log_probability;
  });
  if (ways.front().log_probability < least_) {
    if (has_ended()) return {};
    active_ = false;
    ways.resize(1);
  } else {
    std::erase_if(ways, [&](const Way& way) { return way.log_probability < least_; });
  }
  std::erase_if(ways, [&](const Way& way) {
    const Path& path = paths[way.path];
    const Option& last = path.options[way.option];
    if (!ends(path, last)) return false;
    std::string line;
    for (const Piece& piece : path.pieces) line += piece.bytes;
    if (!tokenizer_.is_end_of_generation(last.token)) line += tokenizer_.bytes(last.token);
    ended_.push_back({path, last, line.substr(0, line.find('\n'))});
    return true;
  });
  double best = impossible;
  for (const Ended& each : ended_) best = std::max(best, of_line(each.line));
  std::erase_if(ways, [&](const Way& way) { return way.log_probability <= best; });
  ways.resize(std::min(ways.size(), static_cast<size_t>(search_.width)));
  return ways;
}

LineSearch::Ended LineSearch::take_best() {
  INVARIANT(!ended_.empty());
  const auto is_less = [&](const Ended& a, const Ended& b) {
    const double of_a = of_line(a.line), of_b = of_line(b.line);
    if (of_a != of_b) return of_a < of_b;
    return a.log_probability() < b.log_probability();
  };
  Ended best = std::move(*std::max_element(ended_.begin(), ended_.end(), is_less));
  ended_.clear();
  active_ = false;
  return best;
}

}  // namespace engine::session
