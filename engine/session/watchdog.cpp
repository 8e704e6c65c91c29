#include "engine/session/watchdog.h"

#include <condition_variable>
#include <future>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/base/format.h"

namespace engine::session {
namespace {

using base::Result;

// A request, of which either the engine or the watchdog tells the end.
class Call {
 public:
  Call(OnPiece on_piece, OnEnd on_end)
      : on_piece_(std::move(on_piece)), on_end_(std::move(on_end)) {}

  bool take(const Piece& piece) {
    const std::lock_guard lock(mutex_);
    return !ended_ && (!on_piece_ || on_piece_(piece));
  }
  void end(const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
    if (on_end_) on_end_(outcome);
    on_piece_ = nullptr;
    on_end_ = nullptr;
  }
  bool ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  mutable std::mutex mutex_;
  OnPiece on_piece_;
  OnEnd on_end_;
  bool ended_ = false;
};

// An engine whose thread is in the driver: what that works on must stay, and nobody can join it.
void keep_for_ever(std::shared_ptr<Engine> engine) {
  static std::mutex mutex;
  static auto* const kept = new std::list<std::shared_ptr<Engine>>;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(engine));
}

class Watched final : public Engine {
 public:
  Watched(std::shared_ptr<Engine> engine, Watch watch)
      : engine_(std::move(engine)), watch_(std::move(watch)), thread_([this] { work(); }) {}
  ~Watched() override;

  const tokenizer::Tokenizer& tokenizer() const override { return engine_->tokenizer(); }
  int context_tokens() const override { return engine_->context_tokens(); }
  std::string description() const override { return engine_->description(); }
  std::string notice() const override {
    const std::lock_guard lock(mutex_);
    return notice_;
  }
  void submit(Request request, std::stop_token stop, OnPiece on_piece, OnEnd on_end) override;
  Result<std::vector<double>> score(std::span<const Token> prompt,
                                    std::span<const std::vector<Token>> continuations,
                                    Priority priority, std::stop_token stop) override;

 private:
  void work();
  void give_up();
  // The engine to ask now; null: none yet.
  std::shared_ptr<Engine> current() const {
    const std::lock_guard lock(mutex_);
    return is_hung_ ? spare_ : engine_;
  }

  const std::shared_ptr<Engine> engine_;
  const Watch watch_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::list<std::shared_ptr<Call>> calls_;  // of engine_
  std::string notice_;
  std::shared_ptr<Engine> spare_;
  bool is_hung_ = false;
  bool closing_ = false;
  std::thread thread_;  // last: it uses all of the above
};

Watched::~Watched() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (is_hung_) keep_for_ever(engine_);
}

void Watched::work() {
  std::unique_lock lock(mutex_);
  while (!closing_ && !is_hung_) {
    if (calls_.empty()) {
      changed_.wait(lock, [this] { return closing_ || !calls_.empty(); });
      continue;
    }
    changed_.wait_for(lock, watch_.deadline / 4, [this] { return closing_; });
    calls_.remove_if([](const auto& call) { return call->ended(); });
    is_hung_ = !closing_ && engine_->silent_for() > watch_.deadline;
  }
  lock.unlock();
  if (is_hung_) give_up();
}

void Watched::give_up() {
  const std::string problem =
      base::concat("the GPU has not answered for ", watch_.deadline.count() / 1000.0, " s (",
                   engine_->description(), ")");
  std::list<std::shared_ptr<Call>> calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
    notice_ = problem + "; the CPU's model is being loaded";
  }
  Outcome outcome;
  outcome.reason = EndReason::error;
  outcome.error = problem + "; the CPU goes on";
  for (const auto& call : calls) call->end(outcome);
  auto spare = watch_.make_spare();
  const std::lock_guard lock(mutex_);
  if (spare) spare_ = std::move(*spare);
  notice_ = problem + (spare_ ? "; the CPU goes on until lemma is started anew"
                              : "; the CPU cannot go on: " + spare.message());
}

void Watched::submit(Request request, std::stop_token stop, OnPiece on_piece, OnEnd on_end) {
  std::shared_ptr<Call> call;
  {
    const std::lock_guard lock(mutex_);
    if (!is_hung_) {
      call = std::make_shared<Call>(std::move(on_piece), std::move(on_end));
      calls_.push_back(call);
    }
  }
  if (call) {
    changed_.notify_all();
    engine_->submit(
        std::move(request), std::move(stop),
        [call](const Piece& piece) { return call->take(piece); },
        [call](const Outcome& outcome) { call->end(outcome); });
    return;
  }
  if (const auto spare = current()) {
    spare->submit(std::move(request), std::move(stop), std::move(on_piece), std::move(on_end));
    return;
  }
  Outcome outcome;
  outcome.reason = EndReason::error;
  outcome.error = notice();
  if (on_end) on_end(outcome);
}

// The caller waits at this end, so that it can be let go.
Result<std::vector<double>> Watched::score(std::span<const Token> prompt,
                                           std::span<const std::vector<Token>> continuations,
                                           Priority priority, std::stop_token stop) {
  const auto engine = current();
  if (!engine) return base::fail(notice());
  if (engine != engine_) return engine->score(prompt, continuations, priority, std::move(stop));
  using Scores = Result<std::vector<double>>;
  const auto promise = std::make_shared<std::promise<Scores>>();
  auto scores = promise->get_future();
  const auto call = std::make_shared<Call>(nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(call);
  }
  changed_.notify_all();
  std::thread([engine, promise, call, stop, priority,
               text = std::vector<Token>(prompt.begin(), prompt.end()),
               more = std::vector<std::vector<Token>>(continuations.begin(), continuations.end())] {
    promise->set_value(engine->score(text, more, priority, stop));
    call->end({});
  }).detach();
  while (scores.wait_for(watch_.deadline / 4) != std::future_status::ready) {
    if (current() != engine_) return base::fail(notice());
  }
  return scores.get();
}

}  // namespace

std::shared_ptr<Engine> watch(std::shared_ptr<Engine> engine, Watch watch) {
  return std::make_shared<Watched>(std::move(engine), std::move(watch));
}

}  // namespace engine::session
