#include "engine/decode/memory/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <utility>

#include "engine/base/format.h"
#include "engine/decode/memory/builder.h"
#include "engine/decode/memory/evidence.h"
#include "engine/decode/memory/format.h"
#include "engine/decode/memory/neighbours.h"
#include "engine/decode/memory/samples.h"
#include "engine/decode/memory/scorer.h"

namespace engine::decode::memory {

namespace {

constexpr size_t steps_per_update = 64;
constexpr float learning_rate = 0.002f;
constexpr float weight_decay = 0.1f;   // of the hidden layer's inputs, times the rate
constexpr size_t visits = 8;           // of each token; more learn by heart
constexpr size_t longest_middle = 24;  // tokens predicted of one cut
constexpr size_t fitted_families = 3;  // get the same share of the cuts; the others one in ten

// Some projects are not learnt from: they tell what the weights are worth.
bool is_apart(uint32_t project) { return project / 2 % 7 == 3; }

// Not std::uniform_int_distribution, whose results differ between libraries.
size_t below(std::mt19937_64& random, size_t limit) { return random() % limit; }

// Adam (Kingma and Ba 2015), with decay apart from the gradient (Loshchilov and Hutter 2019).
class Optimizer {
 public:
  explicit Optimizer(std::span<float> weights)
      : weights_(weights),
        gradient(weights.size()),
        mean_(weights.size()),
        square_(weights.size()) {}

  void update(float rate, float steps) {
    ++updates_;
    const float mean_scale = 1 / (1 - std::pow(0.9f, static_cast<float>(updates_)));
    const float square_scale = 1 / (1 - std::pow(0.99f, static_cast<float>(updates_)));
    for (size_t i = 0; i < weights_.size(); ++i) {
      const float slope = gradient[i] / steps;
      mean_[i] = 0.9f * mean_[i] + 0.1f * slope;
      square_[i] = 0.99f * square_[i] + 0.01f * slope * slope;
      weights_[i] -= rate * mean_[i] * mean_scale / (std::sqrt(square_[i] * square_scale) + 1e-6f);
      gradient[i] = 0;
    }
    for (size_t i = 0; i < bias_weights; ++i) weights_[i] *= 1 - rate * weight_decay;
  }

 private:
  std::span<float> weights_;

 public:
  std::vector<float> gradient;

 private:
  std::vector<float> mean_, square_;
  int updates_ = 0;
};

// Adds the gradient of −log p(wanted) and returns that loss.
class Descent {
 public:
  Descent(std::span<const float> weights, std::vector<float>& gradient)
      : weights_(weights), gradient_(gradient) {}

  float step(const Candidates& candidates, size_t wanted) {
    const size_t count = candidates.features.size();
    const SharedPart shared = shared_part(weights_, candidates.context);
    hidden_.resize(count);
    scores_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      scores_[i] = score(weights_, shared, candidates.features[i], hidden_[i]);
    }
    const float highest = *std::max_element(scores_.begin(), scores_.end());
    best_ = static_cast<size_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin());
    float sum = 0;
    for (const float x : scores_) sum += std::exp(x - highest);
    Hidden shared_error = {};
    float direct_error = 0;
    for (size_t i = 0; i < count; ++i) {
      const float error = std::exp(scores_[i] - highest) / sum - (i == wanted ? 1.0f : 0.0f);
      if (std::abs(error) < 1e-4f) continue;
      backward(candidates.features[i], hidden_[i], error, shared_error);
      direct_error += error;
    }
    backward_shared(candidates.context, shared_error, direct_error);
    return highest + std::log(sum) - scores_[wanted];
  }

  size_t best() const { return best_; }

 private:
  void backward(const CandidateFeatures& features, const Hidden& hidden, float error,
                Hidden& shared_error) {
    Hidden unit_error;
    for (size_t j = 0; j < hidden_units; ++j) {
      gradient_[second_weights + j] += error * hidden[j];
      unit_error[j] = error * weights_[second_weights + j] * (hidden[j] > 0 ? 1.0f : 0.01f);
      shared_error[j] += unit_error[j];
    }
    for (size_t f = 0; f < candidate_features; ++f) {
      if (features[f] == 0) continue;
      const size_t input = context_features + f;
      float* row = gradient_.data() + first_weights + input * hidden_units;
      for (size_t j = 0; j < hidden_units; ++j) row[j] += features[f] * unit_error[j];
      gradient_[direct_weights + input] += error * features[f];
    }
  }

  void backward_shared(const ContextFeatures& context, const Hidden& error, float direct_error) {
    for (size_t j = 0; j < hidden_units; ++j) gradient_[bias_weights + j] += error[j];
    for (size_t f = 0; f < context_features; ++f) {
      if (context[f] == 0) continue;
      float* row = gradient_.data() + first_weights + f * hidden_units;
      for (size_t j = 0; j < hidden_units; ++j) row[j] += context[f] * error[j];
      gradient_[direct_weights + f] += direct_error * context[f];
    }
  }

  std::span<const float> weights_;
  std::vector<float>& gradient_;
  std::vector<Hidden> hidden_;
  std::vector<float> scores_;
  size_t best_ = 0;
};

// Parts laid end to end, each found by any place in it.
template <typename Part>
class Drawn {
 public:
  void add(Part part, size_t weight) {
    parts_.push_back(std::move(part));
    ends_.push_back(size() + weight);
  }
  size_t size() const { return ends_.empty() ? 0 : ends_.back(); }

  // The part, and the distance from the place to the part's end (≥ 1).
  std::pair<const Part&, size_t> at(size_t place) const {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), place);
    return {parts_[static_cast<size_t>(end - ends_.begin())], *end - place};
  }

 private:
  std::vector<Part> parts_;
  std::vector<size_t> ends_;
};

// Draws cuts: a family, one of its projects by the root of its size, since what is like a project
// tells more than more of it, one of its texts by its size, a token of it.
class Cutter {
 public:
  Cutter(const Corpus& corpus, std::span<const Text* const> texts, uint64_t seed)
      : corpus_(corpus),
        line_end_(corpus.tokenizer().encode("\n", tokenizer::SpecialTokens::literal)),
        random_(seed) {
    std::map<std::pair<int, uint32_t>, Project> projects;
    for (const Text* text : texts) {
      if (text->tokens.size() < 2) continue;
      projects[{text->family, text->project}].add(text, text->tokens.size());
    }
    for (auto& [key, project] : projects) {
      const double root = std::sqrt(static_cast<double>(project.size()));
      families_[static_cast<size_t>(key.first)].add(std::move(project),
                                                    static_cast<size_t>(root) + 1);
    }
  }

  bool empty() const {
    return std::all_of(families_.begin(), families_.end(),
                       [](const auto& family) { return family.size() == 0; });
  }

  Cut draw() {
    const auto& family = draw_family();
    const Project& project = family.at(below(random_, family.size())).first;
    const auto [drawn, left] = project.at(below(random_, project.size()));
    const Text& text = *drawn;
    const std::span<const Token> tokens = text.tokens;
    const size_t begin = std::min(tokens.size() - 1, left);
    // Six in ten: the rest of the line; else up to thirty lines.
    const size_t lines = below(random_, 10) < 6 ? 1 : 1 + below(random_, 30);
    size_t end = begin, ended = 0;
    while (end < tokens.size() && ended < lines) ended += corpus_.traits(tokens[end++]).ends_line;
    const size_t shown = std::min({end - begin, longest_middle, lines == 1 ? longest_middle : 12});
    return {&text, tokens.first(begin), tokens.subspan(begin, shown), after(tokens, end)};
  }

 private:
  using Project = Drawn<const Text*>;

  // What stands right of the cursor in an editor begins with the end of the cursor's line.
  std::vector<Token> after(std::span<const Token> tokens, size_t end) const {
    std::vector<Token> result;
    if (corpus_.traits(tokens[end - 1]).shape == Shape::line_end) {
      --end;
    } else {
      result = line_end_;
    }
    result.insert(result.end(), tokens.begin() + static_cast<ptrdiff_t>(end), tokens.end());
    return result;
  }

  const Drawn<Project>& draw_family() {
    for (;;) {
      const bool common = below(random_, 10) != 0;
      const size_t family =
          common ? below(random_, fitted_families) : below(random_, families_.size());
      if (families_[family].size() > 0) return families_[family];
    }
  }

  const Corpus& corpus_;
  const std::vector<Token> line_end_;
  std::mt19937_64 random_;
  std::array<Drawn<Project>, 16> families_;
};

}  // namespace

std::vector<float> initial_weights() {
  std::mt19937_64 random(7);
  std::vector<float> weights(weight_sets * weight_count);
  for (size_t i = 0; i < weights.size(); ++i) {
    const float uniform = static_cast<float>(random() >> 40) / static_cast<float>(1 << 23) - 1;
    const size_t place = i % weight_count;
    weights[i] = place < bias_weights     ? 0.25f * uniform
                 : place < second_weights ? 0
                 : place < direct_weights ? 0.2f * uniform
                                          : 0;
  }
  return weights;
}

namespace {

using Texts = std::vector<std::shared_ptr<const Buffer>>;

// What has come of some steps.
struct Account {
  double loss = 0;
  size_t steps = 0;
  size_t right = 0;

  void add(Descent& descent, const Samples& samples, size_t index, Candidates& candidates) {
    const size_t wanted = samples.restore(index, candidates);
    loss += descent.step(candidates, wanted);
    right += descent.best() == wanted && wanted + 1 < candidates.features.size();
    ++steps;
  }
  std::string report() const {
    const double count = static_cast<double>(std::max<size_t>(1, steps));
    return base::concat("loss ", loss / count, " a token, right ",
                        static_cast<double>(right) / count);
  }
};

// The steps of one cut; `rows`: the model's, or empty.
void gather(const Corpus& corpus, const Cut& cut, std::shared_ptr<const Buffers> buffers,
            std::span<const float> rows, Samples& samples) {
  Evidence evidence(corpus, std::move(buffers), {});
  const size_t vocabulary = corpus.tokenizer().size();
  Candidates candidates;
  for (size_t i = 0; i < cut.middle.size(); ++i) {
    const auto row = rows.empty() ? rows : rows.subspan(i * vocabulary, vocabulary);
    evidence.gather(row, !rows.empty(), candidates);
    const auto& tokens = candidates.tokens;
    const auto wanted = std::find(tokens.begin(), tokens.end(), cut.middle[i]) - tokens.begin();
    samples.add(candidates, static_cast<size_t>(wanted));
    evidence.advance(cut.middle[i]);
  }
}

std::shared_ptr<Buffers> buffers_of(const Cut& cut, Texts others) {
  auto buffers = std::make_shared<Buffers>();
  buffers->before =
      std::make_shared<const Buffer>(std::vector<Token>(cut.before.begin(), cut.before.end()));
  buffers->after = std::make_shared<const Buffer>(cut.after);
  buffers->others = std::move(others);
  return buffers;
}

struct Gathered {
  Samples fitted, apart;

  Samples& of(const Cut& cut) { return is_apart(cut.text->project) ? apart : fitted; }
};

struct GatheredBothWays {
  Gathered with_ngrams, without_ngrams;
};

base::Result<GatheredBothWays> gather_all(const Corpus& corpus, std::span<const Text* const> texts,
                                          const FitOptions& options, const Report& progress) {
  Cutter cutter(corpus, texts, options.seed);
  if (cutter.empty()) return base::fail("no texts to fit the scorer on: too few projects");
  Neighbours neighbours(corpus, texts);
  const size_t report_every = std::max<size_t>(1, options.cuts / 8);
  GatheredBothWays gathered;
  std::vector<float> rows;
  for (size_t c = 1; c <= options.cuts; ++c) {
    const Cut cut = cutter.draw();
    // One in four stands alone, as a scratch file does, or a folder that is not indexed yet.
    Texts others = c % 4 == 0 ? Texts{} : neighbours.of(*cut.text, cut.before, cut.after);
    if (options.predict) {
      auto predicted = options.predict(cut);
      if (!predicted) return predicted.error();
      rows = std::move(*predicted);
      INVARIANT(rows.size() == cut.middle.size() * corpus.tokenizer().size());
    }
    const auto unknown = buffers_of(cut, std::move(others));  // no language, and so no n-grams
    auto known = std::make_shared<Buffers>(*unknown);
    known->language_id = language_families()[static_cast<size_t>(cut.text->family)].languages[0];
    gather(corpus, cut, known, rows, gathered.with_ngrams.of(cut));
    gather(corpus, cut, unknown, rows, gathered.without_ngrams.of(cut));
    if (c % report_every == 0) progress(base::concat("fitting: ", c, " cuts gathered"));
  }
  return gathered;
}

Account look(std::span<const float> weights, const Samples& samples) {
  std::vector<float> unused(weights.size());
  Descent descent(weights, unused);
  Account account;
  Candidates candidates;
  for (size_t i = 0; i < samples.size(); ++i) account.add(descent, samples, i, candidates);
  return account;
}

void descend(const Gathered& gathered, std::span<float> weights, uint64_t seed,
             const Report& progress) {
  const Samples& samples = gathered.fitted;
  Optimizer optimizer(weights);
  Descent descent(weights, optimizer.gradient);
  std::vector<size_t> order(samples.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::mt19937_64 random(seed);
  Candidates candidates;
  size_t visited = 0;
  for (size_t visit = 1; visit <= visits; ++visit) {
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(random, i)]);
    Account account;
    for (const size_t index : order) {
      account.add(descent, samples, index, candidates);
      if (++visited % steps_per_update != 0) continue;
      const double left =
          1 - static_cast<double>(visited) / static_cast<double>(visits * order.size());
      optimizer.update(learning_rate * static_cast<float>(left), steps_per_update);
    }
    progress(base::concat("fitting: visit ", visit, " of ", samples.size(), " tokens, ",
                          account.report(), "; of projects apart ",
                          look(weights, gathered.apart).report()));
  }
}

}  // namespace

base::Status fit(const Corpus& corpus, std::span<const Text* const> texts,
                 const FitOptions& options, std::vector<float>& weights, const Report& progress) {
  const auto gathered = gather_all(corpus, texts, options, progress);
  if (!gathered) return gathered.error();
  for (const bool has_ngrams : {true, false}) {
    const size_t set = weight_set(options.predict != nullptr, has_ngrams);
    const auto fitted = std::span<float>(weights).subspan(set * weight_count, weight_count);
    progress(has_ngrams ? "fitting: with the n-grams" : "fitting: without the n-grams");
    descend(has_ngrams ? gathered->with_ngrams : gathered->without_ngrams, fitted, options.seed,
            progress);
  }
  return base::Done{};
}

}  // namespace engine::decode::memory
