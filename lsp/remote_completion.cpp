#include "lsp/remote_completion.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/chat_model.h"

namespace lsp {
namespace {

using engine::remote::Piece;
using engine::remote::PieceKind;
using engine::remote::Reply;
using engine::session::EndReason;
using engine::session::Outcome;
using std::chrono::milliseconds;

constexpr double temperature_of_draws = 0.8;

engine::remote::Endpoint impatient(engine::remote::Endpoint endpoint,
                                   const RemoteCompletion::Patience& patience) {
  endpoint.connect_ms = static_cast<uint32_t>(patience.connect.count());
  endpoint.first_byte_ms = static_cast<uint32_t>(patience.answer.count());
  endpoint.silence_ms = static_cast<uint32_t>(patience.answer.count());
  endpoint.attempts = 1;
  return endpoint;
}

}  // namespace

RemoteCompletion::RemoteCompletion(engine::remote::Endpoint endpoint, const Patience& patience)
    : client_(impatient(std::move(endpoint), patience)),
      patience_(patience),
      elsewhere_{
          client_.endpoint().model + " at " + client_.endpoint().url,
          [this](const features::Gap& gap, const std::function<bool(std::string_view)>& on_text,
                 std::stop_token stop) { return fill(gap, on_text, std::move(stop)); }},
      pause_(patience.first_pause) {}

bool RemoteCompletion::is_left_alone() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() < alone_until_;
}

std::string RemoteCompletion::notice() const {
  const std::lock_guard lock(mutex_);
  return problem_.empty() ? "" : "the local model completes: " + problem_;
}

void RemoteCompletion::failed(const std::string& why) {
  const std::lock_guard lock(mutex_);
  problem_ = why;
  alone_until_ = Clock::now() + pause_;
  pause_ = std::min(2 * pause_, patience_.most_pause);
  silent_since_.reset();
}

void RemoteCompletion::note(const engine::base::Result<Reply>& reply, bool has_spoken,
                            Clock::time_point asked) {
  if (!reply) return failed(reply.message());
  std::unique_lock lock(mutex_);
  if (has_spoken || reply->reason != Reply::Reason::stopped) {
    problem_.clear();
    pause_ = patience_.first_pause;
    silent_since_.reset();
    return;
  }
  if (!silent_since_) silent_since_ = asked;
  const bool is_late = Clock::now() - *silent_since_ > patience_.answer;
  lock.unlock();
  if (is_late) {
    failed(engine::base::concat(client_.endpoint().url, " has said nothing for ",
                                patience_.answer.count() / 1000.0, " s"));
  }
}

engine::base::Result<Outcome> RemoteCompletion::fill(
    const features::Gap& gap, const std::function<bool(std::string_view)>& on_text,
    std::stop_token stop) {
  if (is_left_alone()) return engine::base::fail("left alone");
  const auto asked = Clock::now();
  bool has_spoken = false;
  engine::remote::Sampling sampling{.max_tokens = gap.max_tokens};
  if (gap.draw > 0) sampling.temperature = temperature_of_draws, sampling.seed = gap.draw;
  const auto reply = client_.fill(
      gap.before, gap.after, sampling,
      [&](const Piece& piece) {
        has_spoken = true;
        return piece.kind != PieceKind::text || on_text(piece.text);
      },
      std::move(stop));
  note(reply, has_spoken, asked);
  if (!reply) return reply.error();
  Outcome outcome;
  outcome.reason = reply->reason == Reply::Reason::limit     ? EndReason::limit
                   : reply->reason == Reply::Reason::stopped ? EndReason::stopped
                                                             : EndReason::end_token;
  outcome.prompt_tokens = static_cast<int>(reply->prompt_tokens);
  outcome.generated_tokens = static_cast<int>(reply->generated_tokens);
  return outcome;
}

std::unique_ptr<RemoteCompletion> make_remote_completion(const server::Settings& settings) {
  if (!settings.remote.completes || !remote_problem(settings).empty()) return nullptr;
  return std::make_unique<RemoteCompletion>(endpoint_of(settings), RemoteCompletion::Patience{});
}

}  // namespace lsp
