// Keystrokes at the endpoint of the machine's settings, where `remote.completes` says so. Where it
// does not answer, nobody waits for it: it is left alone for a while, the local model completes,
// and it is asked again later.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/remote/client.h"
#include "lsp/features/completion.h"
#include "lsp/server/settings.h"

namespace lsp {

// Thread-safe.
class RemoteCompletion {
 public:
  using Clock = std::chrono::steady_clock;

  // What a keystroke waits for, and how long who has failed is left alone: doubled each time, up to
  // the most.
  struct Patience {
    std::chrono::milliseconds connect{500};
    std::chrono::milliseconds answer{1'000};
    std::chrono::milliseconds first_pause{2'000};
    std::chrono::milliseconds most_pause{60'000};
  };

  RemoteCompletion(engine::remote::Endpoint endpoint, const Patience& patience);

  const features::Elsewhere& elsewhere() const { return elsewhere_; }
  // For people: who completes instead, and why; empty while the endpoint answers.
  std::string notice() const;

 private:
  engine::base::Result<engine::session::Outcome> fill(
      const features::Gap& gap, const std::function<bool(std::string_view)>& on_text,
      std::stop_token stop);
  bool is_left_alone() const;
  void note(const engine::base::Result<engine::remote::Reply>& reply, bool has_spoken,
            Clock::time_point asked);
  void failed(const std::string& why);

  const engine::remote::Client client_;
  const Patience patience_;
  const features::Elsewhere elsewhere_;
  mutable std::mutex mutex_;  // guards what follows
  std::string problem_;
  Clock::time_point alone_until_{};
  std::chrono::milliseconds pause_;
  // Since when it was asked without a word: who types on takes each request back before it is late.
  std::optional<Clock::time_point> silent_since_;
};

// Null where the settings do not ask for it.
std::unique_ptr<RemoteCompletion> make_remote_completion(const server::Settings& settings);

}  // namespace lsp
