#include "engine/session/engine.h"

#include <algorithm>
#include <future>
#include <utility>

#include "engine/base/check.h"
#include "engine/session/generation.h"
#include "engine/session/lane.h"
#include "engine/session/parts.h"
#include "engine/session/scheduler.h"
#include "engine/session/scoring.h"

namespace engine::session {
namespace {

class LocalEngine final : public Engine {
 public:
  explicit LocalEngine(Parts parts)
      : parts_(std::move(parts)),
        context_tokens_(std::min(parts_.backend->config().context_length,
                                 parts_.backend->block_count() * backend::block_tokens)),
        lane_(*parts_.backend, {parts_.prefill_tokens, parts_.keystroke_prefill_tokens},
              parts_.drafts, parts_.shifts, std::move(parts_.store), parts_.keep_times) {
    INVARIANT(parts_.tokenizer->size() <= static_cast<size_t>(parts_.backend->config().vocab_size));
  }

  Lane& lane() { return lane_; }
  // Before the first request; it must end before this does.
  void set_scheduler(Scheduler& scheduler) { scheduler_ = &scheduler; }

  const tokenizer::Tokenizer& tokenizer() const override { return *parts_.tokenizer; }
  int context_tokens() const override { return context_tokens_; }
  std::string description() const override { return parts_.description; }
  std::chrono::milliseconds silent_for() const override { return scheduler_->silent_for(); }

  void submit(Request request, std::stop_token stop, OnPiece on_piece, OnEnd on_end) override {
    scheduler_->submit(lane_, std::make_unique<Generation>(
                                  facts(), parts_.corpus.get(), parts_.model, std::move(request),
                                  std::move(stop), std::move(on_piece), std::move(on_end)));
  }

  base::Result<std::vector<double>> score(std::span<const Token> prompt,
                                          std::span<const std::vector<Token>> continuations,
                                          Priority priority, std::stop_token stop) override {
    using Scores = base::Result<std::vector<double>>;
    const auto promise = std::make_shared<std::promise<Scores>>();
    std::future<Scores> scores = promise->get_future();
    scheduler_->submit(lane_, std::make_unique<Scoring>(facts(), prompt, continuations, priority,
                                                        std::move(stop), [promise](Scores result) {
                                                          promise->set_value(std::move(result));
                                                        }));
    return scores.get();
  }

 private:
  Facts facts() {
    return {*parts_.tokenizer, lane_.pool(), static_cast<int>(parts_.tokenizer->size()),
            context_tokens_};
  }

  Parts parts_;
  const int context_tokens_;
  Lane lane_;
  Scheduler* scheduler_ = nullptr;
};

// Engines and the scheduler over them, which ends first.
struct Group {
  std::vector<std::unique_ptr<LocalEngine>> engines;
  std::unique_ptr<Scheduler> scheduler;
};

}  // namespace

Outcome Engine::generate(Request request, std::stop_token stop, const OnPiece& on_piece) {
  const auto promise = std::make_shared<std::promise<Outcome>>();  // the engine may drop it last
  std::future<Outcome> outcome = promise->get_future();
  submit(std::move(request), std::move(stop), on_piece,
         [promise](const Outcome& end) { promise->set_value(end); });
  return outcome.get();
}

std::vector<std::shared_ptr<Engine>> make_engines(std::vector<Parts> parts) {
  const auto group = std::make_shared<Group>();
  std::vector<Lane*> lanes;
  for (Parts& each : parts) {
    group->engines.push_back(std::make_unique<LocalEngine>(std::move(each)));
    lanes.push_back(&group->engines.back()->lane());
  }
  group->scheduler = std::make_unique<Scheduler>(std::move(lanes));
  std::vector<std::shared_ptr<Engine>> engines;
  for (const auto& engine : group->engines) {
    engine->set_scheduler(*group->scheduler);
    engines.emplace_back(group, engine.get());
  }
  return engines;
}

std::shared_ptr<Engine> make_engine(Parts parts) {
  std::vector<Parts> one;
  one.push_back(std::move(parts));
  return make_engines(std::move(one)).front();
}

}  // namespace engine::session
