#include "engine/session/generation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/decode/log_softmax.h"

namespace engine::session {
namespace {

std::string check_request(const Facts& facts, const Request& request) {
  if (request.max_tokens < 0) return "max_tokens is negative; it must be 0 or more";
  for (const std::string& text : request.stop_texts) {
    if (text.empty()) return "a stop text is empty; it would end the generation before it begins";
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
      tokenizer_(facts.tokenizer),
      model_(model),
      on_piece_(std::move(on_piece)),
      on_end_(std::move(on_end)),
      prompt_tokens_(static_cast<int>(request.prompt.size())),
      max_tokens_(std::min(request.max_tokens, facts.context_tokens - prompt_tokens_)),
      tells_experts_(request.tells_experts),
      sampler_(request.sampling),
      healing_(facts.tokenizer, request.typed),
      stop_texts_({}, 0),
      drafter_(facts.tokenizer),
      submitted_(Clock::now()) {
  refusal_ = check_request(facts, request);
  if (!refusal_.empty()) return;
  stop_texts_ = decode::StopTexts(std::move(request.stop_texts), request.typed.size());
  if (max_tokens_ > 0 && corpus) {
    recall_.emplace(corpus, std::move(request.buffers), request.prompt);
  }
  const int logits_from = max_tokens_ > 0 ? prompt_tokens_ - 1 : std::numeric_limits<int>::max();
  sequences_.emplace_back(facts.pool, std::move(request.prompt), logits_from, request.partition);
}

// A prompt without an answer is computed for later ones, which want it exact.
bool Generation::may_shift() const { return priority() == Priority::keystroke && max_tokens_ > 0; }

void Generation::begin() {
  if (!begun_) begun_ = Clock::now();
}

Drafting Generation::draft(const Sequence& sequence, Speculation& speculation,
                           Speculation::Load& load) {
  bool started = false;
  const auto next_guess = [&] {
    if (!std::exchange(started, true)) {
      drafter_.start(sequence.tokens(), recall_ ? &*recall_ : nullptr, healing_, guess_);
    }
    return drafter_.next();
  };
  // The last token of all comes from the logits after the draft before it.
  return speculation.draft(load, max_tokens_ - generated_ - 1, next_guess);
}

void Generation::take_logits(Sequence& sequence, int, std::span<float> logits) {
  // A model's rows may be padded beyond the vocabulary.
  logits = logits.first(std::min(logits.size(), tokenizer_.size()));
  guess_.reset();
  if (!predict(logits)) return;
  const Token token = sampler_.draw(logits);
  take_token(sequence, token, logits[static_cast<size_t>(token)]);
}

void Generation::take_experts(std::vector<std::vector<int16_t>> of_each_layer) {
  experts_ = std::move(of_each_layer);
}

bool Generation::takes_guesses() const {
  return !ended() && max_tokens_ - generated_ > 1 && !healing_.active();
}

void Generation::take_guess(std::span<float> logits) {
  logits = logits.first(std::min(logits.size(), tokenizer_.size()));
  if (!decode::log_softmax(logits)) return;
  const auto best = std::max_element(logits.begin(), logits.end());
  guess_ = Guess{static_cast<Token>(best - logits.begin()), std::exp(*best)};
}

// Logits become the log-probabilities to draw from. False when the job has ended over it.
bool Generation::predict(std::span<float> logits) {
  const bool from_model = model_ == decode::memory::Model::present;
  if (from_model && !decode::log_softmax(logits)) {
    end(EndReason::error, "the model's logits are not finite: its weights are damaged");
    return false;
  }
  if (healing_.active() && !healing_.restrict_to_typed(logits)) {
    end(EndReason::error,
        "no token agrees with the typed bytes: the vocabulary lacks single bytes");
    return false;
  }
  if (recall_) {
    if (from_model) before_memory_.assign(logits.begin(), logits.end());
    recall_->mix(logits, model_);
  } else if (!from_model) {
    end(EndReason::error, "nothing predicts: there is neither a model nor a memory");
    return false;
  }
  return true;
}

void Generation::take_token(Sequence& sequence, Token token, float log_probability) {
  if (!first_token_) first_token_ = Clock::now();
  if (tokenizer_.is_end_of_generation(token)) return finish(EndReason::end_token);
  ++generated_;
  Piece piece{token, std::string(tokenizer_.bytes(token)), log_probability,
              std::exchange(experts_, {})};
  if (!before_memory_.empty()) {
    piece.model_log_probability = before_memory_[static_cast<size_t>(token)];
  }
  healing_.advance(piece.bytes);
  if (recall_) recall_->advance(token);
  const bool stop = stop_texts_.push(std::move(piece), released_);
  if (!emit()) return end(EndReason::stopped);
  if (stop) return end(EndReason::stop_text);
  if (generated_ == max_tokens_) return finish(EndReason::limit);
  sequence.append(token);
}

void Generation::after_step(PrefixCache&) {
  // With max_tokens 0 the prompt is all there is to do.
  if (!ended() && sequences_.front().pending() == 0) finish(EndReason::limit);
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
  outcome.cached_tokens = sequences_.empty() ? 0 : sequences_.front().cached();
  outcome.shifted_tokens = sequences_.empty() ? 0 : sequences_.front().shifted();
  outcome.generated_tokens = generated_;
  outcome.drafted_tokens = drafted_;
  outcome.accepted_tokens = accepted_;
  outcome.wait_ms = milliseconds(begun - submitted_);
  outcome.prefill_ms = milliseconds(first_token - begun);
  outcome.decode_ms = milliseconds(now - first_token);
  on_end_(outcome);
}

}  // namespace engine::session
