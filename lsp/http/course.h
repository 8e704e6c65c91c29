// One request in the engine, between the engine's thread, which brings the text, and the
// endpoint's, which writes it: each piece is handed over without either waiting for the other.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "engine/session/engine.h"
#include "lsp/http/text_filter.h"

namespace lsp::http {

class Course {
 public:
  using Clock = std::chrono::steady_clock;

  // `wake` is called on the engine's thread where there is news and none has been waiting.
  Course(TextFilter filter, std::function<void()> wake)
      : filter_(std::move(filter)), wake_(std::move(wake)) {}

  // On the engine's thread. False ends the stream.
  bool take(const engine::session::Piece& piece);
  void end(const engine::session::Outcome& outcome);

  struct News {
    std::string text;
    std::optional<engine::session::Outcome> outcome;  // set once, when it has ended
    Clock::time_point since;                          // the first of it came
  };
  // What has come since the last call; nothing where nothing has.
  std::optional<News> news();
  // From here on `wake` is not called any more.
  void detach();

 private:
  void add(std::string text, std::optional<engine::session::Outcome> outcome);

  TextFilter filter_;  // the engine's thread alone
  std::mutex mutex_;
  std::function<void()> wake_;
  std::optional<News> news_;
};

}  // namespace lsp::http
