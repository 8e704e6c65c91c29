#include "engine/session/generation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/format.h"
#include "engine/decode/distribution.h"

namespace engine::session {
namespace {

std::string check_request(const Facts& facts, const Request& request) {
  if (request.max_tokens < 0) return "max_tokens is negative; it must be 0 or more";
  for (const std::string& text : request.stop_texts) {
    if (text.empty()) return "a stop text is empty; it would end the generation before it begins";
  }
  if (request.search.width < 1 || request.search.width > most_search_width) {
    return base::concat("a search follows 1 to ", most_search_width, " ways on, not ",
                        request.search.width);
  }
  if (request.search.width > 1 && request.sampling.temperature > 0) {
    return "the likeliest line is searched for or tokens are drawn, not both: set temperature to 0";
  }
  const base::Status sampling = decode::check_sampling(request.sampling);
  if (!sampling) return sampling.message();
  return check_prompt(facts, request.prompt, request.max_tokens > 0 ? 1 : 0);
}

double milliseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Generation::Generation(const Facts& facts, const decode::memory::Corpus* corpus,
                       decode::memory::Model model, Request request, std::stop_token stop,
                       OnPiece on_piece, OnEnd on_end)
    : Job(request.priority, std::move(stop)),
      pool_(facts.pool),
      tokenizer_(facts.tokenizer),
      model_(model),
      on_piece_(std::move(on_piece)),
      on_end_(std::move(on_end)),
      prompt_tokens_(static_cast<int>(request.prompt.size())),
      max_tokens_(std::min(request.max_tokens, facts.context_tokens - prompt_tokens_)),
      tells_experts_(request.tells_experts),
      sampler_(request.sampling),
      stop_texts_({}, 0),
      search_(request.search, facts.tokenizer, max_tokens_),
      drafter_(facts.tokenizer),
      submitted_(Clock::now()) {
  paths_.push_back({.healing = decode::Healing(facts.tokenizer, request.typed)});
  refusal_ = check_request(facts, request);
  if (!refusal_.empty()) return;
  stop_texts_ = decode::StopTexts(std::move(request.stop_texts), request.typed.size());
  if (max_tokens_ > 0 && corpus) {
    paths_[0].recall.emplace(corpus, std::move(request.buffers), request.prompt);
  }
  const int logits_from = max_tokens_ > 0 ? prompt_tokens_ - 1 : std::numeric_limits<int>::max();
  sequences_.emplace_back(facts.pool, std::move(request.prompt), logits_from, request.partition);
}

// A prompt without an answer is computed for later ones, which want it exact.
bool Generation::may_shift() const { return priority() == Priority::keystroke && max_tokens_ > 0; }

void Generation::begin() {
  if (!begun_) begun_ = Clock::now();
}

Path& Generation::path_of(const Sequence& sequence) {
  return paths_[static_cast<size_t>(&sequence - sequences_.data())];
}

// While several paths are followed, their tokens fill the batch.
Drafting Generation::draft(const Sequence& sequence, Speculation& speculation,
                           Speculation::Load& load) {
  if (paths_.size() > 1) return {};
  // Before a way has forked; afterwards the line is followed to its end.
  if (search_.is_slow(speculation.step_ms()) && !search_.has_ended()) search_.stop();
  const Path& path = paths_.front();
  bool started = false;
  const auto next_guess = [&] {
    if (!std::exchange(started, true)) {
      drafter_.start(sequence.tokens(), path.recall ? &*path.recall : nullptr, path.healing,
                     guess_);
    }
    return drafter_.next();
  };
  // The last token of all comes from the logits after the draft before it.
  return speculation.draft(load, max_tokens_ - generated() - 1, next_guess);
}

void Generation::take_logits(Sequence& sequence, int, std::span<float> logits) {
  // A model's rows may be padded beyond the vocabulary.
  logits = logits.first(std::min(logits.size(), tokenizer_.size()));
  guess_.reset();
  Path& path = path_of(sequence);
  if (!predict(path, logits)) return;
  if (!first_token_) {
    first_token_ = Clock::now();
    cached_ = sequence.cached();
    shifted_ = sequence.shifted();
  }
  if (!search_.active()) return take_token(sequence, path, option(sampler_.draw(logits), logits));
  path.options = search_.options(path, logits);
  // Approximate cells belong to their sequence, so that no other can go on from them.
  if (!sequence.is_exact()) path.options.resize(1);
  for (Option& each : path.options) each = option(each.token, logits);
  const bool is_only = paths_.size() == 1 && path.options.size() == 1 && !search_.has_ended();
  if (!is_only) return;
  if (search_.ends_line(path.options[0].token)) search_.stop();
  take_token(sequence, path, Option(path.options[0]));
}

void Generation::take_experts(std::vector<std::vector<int16_t>> of_each_layer) {
  experts_ = std::move(of_each_layer);
}

bool Generation::takes_guesses() const {
  return !ended() && paths_.size() == 1 && max_tokens_ - generated() > 1 &&
         !paths_.front().healing.active();
}

void Generation::take_guess(std::span<float> logits) {
  logits = logits.first(std::min(logits.size(), tokenizer_.size()));
  if (!decode::log_softmax(logits)) return;
  const size_t best = decode::first_largest(logits);
  guess_ = Guess{static_cast<Token>(best), std::exp(logits[best])};
}

// Logits become the log-probabilities to draw from. False when the job has ended over it.
bool Generation::predict(Path& path, std::span<float> logits) {
  path.experts = std::exchange(experts_, {});
  const bool from_model = model_ == decode::memory::Model::present;
  if (from_model && !decode::log_softmax(logits)) {
    end(EndReason::error, "the model's logits are not finite: its weights are damaged");
    return false;
  }
  if (path.healing.active() && !path.healing.restrict_to_typed(logits)) {
    end(EndReason::error,
        "no token agrees with the typed bytes: the vocabulary lacks single bytes");
    return false;
  }
  if (path.recall) {
    if (from_model) before_memory_.assign(logits.begin(), logits.end());
    path.recall->mix(logits, model_);
  } else if (!from_model) {
    end(EndReason::error, "nothing predicts: there is neither a model nor a memory");
    return false;
  }
  search_.exclude(path, logits);
  return true;
}

Option Generation::option(Token token, std::span<const float> log_probabilities) const {
  Option option{token, log_probabilities[static_cast<size_t>(token)]};
  if (!before_memory_.empty()) {
    option.model_log_probability = before_memory_[static_cast<size_t>(token)];
  }
  return option;
}

void Generation::take_token(Sequence& sequence, Path& path, const Option& option) {
  if (tokenizer_.is_end_of_generation(option.token)) return finish(EndReason::end_token);
  if (!release({path.advance(option, tokenizer_.bytes(option.token))})) return;
  if (generated() == max_tokens_) return finish(EndReason::limit);
  sequence.append(option.token);
}

void Generation::after_step(PrefixCache& cache) {
  if (ended()) return;
  const auto is_pending = [](const Path& path) { return path.options.empty(); };
  if (std::none_of(paths_.begin(), paths_.end(), is_pending)) {
    const auto ways = search_.choose(paths_);
    return ways.empty() ? go_on_with_best(cache) : follow(ways, cache);
  }
  // With max_tokens 0 the prompt is all there is to do.
  if (paths_.size() == 1 && sequences_.front().pending() == 0) finish(EndReason::limit);
}

// A path that goes on in one way keeps its sequence. Where it goes on in several, each gets a
// sequence of its own and finds in the prefix cache what they have in common.
void Generation::follow(const std::vector<LineSearch::Way>& ways, PrefixCache& cache) {
  std::vector<size_t> uses(paths_.size());
  for (const LineSearch::Way& way : ways) ++uses[way.path];
  std::vector<Path> paths;
  std::vector<Sequence> sequences;
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (uses[i] != 1) sequences_[i].retire(cache);
  }
  for (const LineSearch::Way& way : ways) {
    const Option option = paths_[way.path].options[way.option];
    Path path = uses[way.path] == 1 ? std::move(paths_[way.path]) : paths_[way.path];
    path.pieces.push_back(path.advance(option, tokenizer_.bytes(option.token)));
    if (uses[way.path] == 1) {
      sequences.push_back(std::move(sequences_[way.path]));
      sequences.back().append(option.token);
    } else {
      const Sequence& parent = sequences_[way.path];
      std::vector<Token> tokens = parent.tokens();
      tokens.push_back(option.token);
      const int last = static_cast<int>(tokens.size()) - 1;
      sequences.emplace_back(pool_, std::move(tokens), last, parent.partition());
    }
    paths.push_back(std::move(path));
  }
  paths_ = std::move(paths);
  sequences_ = std::move(sequences);
  if (paths_.size() == 1 && !search_.has_ended()) {
    release(std::exchange(paths_.front().pieces, {}));
  }
}

void Generation::go_on_with_best(PrefixCache& cache) {
  LineSearch::Ended best = search_.take_best();
  for (Sequence& sequence : sequences_) sequence.retire(cache);
  std::vector<Token> tokens = sequences_.front().tokens();
  tokens.resize(static_cast<size_t>(prompt_tokens_));
  tokens.insert(tokens.end(), best.path.tokens.begin(), best.path.tokens.end());
  const int logits_from = static_cast<int>(tokens.size());  // of the token to come
  Sequence sequence(pool_, std::move(tokens), logits_from, sequences_.front().partition());
  sequences_.clear();
  sequences_.push_back(std::move(sequence));
  paths_.clear();
  paths_.push_back(std::move(best.path));
  if (!release(std::exchange(paths_.front().pieces, {}))) return;
  take_token(sequences_.front(), paths_.front(), best.last);
}

// False when the job has ended over it.
bool Generation::release(std::vector<Piece> pieces) {
  for (Piece& piece : pieces) {
    const bool stop = stop_texts_.push(std::move(piece), released_);
    if (!emit()) end(EndReason::stopped);
    if (stop) end(EndReason::stop_text);
    if (ended()) return false;
  }
  return true;
}

void Generation::finish(EndReason reason) {
  stop_texts_.flush(released_);
  end(emit() ? reason : EndReason::stopped);
}

// False when the caller wants no more.
bool Generation::emit() {
  const std::vector<Piece> pieces = std::exchange(released_, {});
  return std::all_of(pieces.begin(), pieces.end(),
                     [&](const Piece& piece) { return !on_piece_ || on_piece_(piece); });
}

void Generation::tell_end(EndReason reason, std::string error) {
  if (!on_end_) return;
  const Clock::time_point now = Clock::now();
  const Clock::time_point begun = begun_.value_or(now);
  const Clock::time_point first_token = first_token_.value_or(now);
  Outcome outcome;
  outcome.reason = reason;
  outcome.error = std::move(error);
  outcome.prompt_tokens = prompt_tokens_;
  const bool asked = !first_token_ && !sequences_.empty();
  outcome.cached_tokens = asked ? sequences_.front().cached() : cached_;
  outcome.shifted_tokens = asked ? sequences_.front().shifted() : shifted_;
  outcome.generated_tokens = generated();
  outcome.drafted_tokens = drafted_;
  outcome.accepted_tokens = accepted_;
  outcome.wait_ms = milliseconds(begun - submitted_);
  outcome.prefill_ms = milliseconds(first_token - begun);
  outcome.decode_ms = milliseconds(now - first_token);
  on_end_(outcome);
}

}  // namespace engine::session
