#include "lsp/server/completions.h"

namespace lsp::server {

using Clock = std::chrono::steady_clock;

void Completions::ask(Ask ask) {
  const std::string& uri = ask.question.document->uri();
  abandon(uri);
  const auto found = running_.find(uri);
  if (found == running_.end()) return start(std::move(ask));
  found->second.waiting = std::move(ask);
}

void Completions::start(Ask ask) {
  const std::string uri = ask.question.document->uri();
  Question question = ask.question;
  Running& running = running_[uri];
  running = Running{++last_job_, std::stop_source(), Clock::now(), std::move(ask), std::nullopt};
  start_(running.job, std::move(question), running.stop.get_token());
}

bool Completions::cancel(const wire::Id& id) {
  for (auto& [uri, running] : running_) {
    if (running.waiting && running.waiting->id == id) {
      running.waiting.reset();
      return true;
    }
    if (running.ask && running.ask->id == id) {
      running.ask.reset();
      running.stop.request_stop();
      return true;
    }
  }
  return false;
}

void Completions::answer_with_nothing(std::optional<Ask>& ask) {
  if (!ask) return;
  const Ask answered = std::move(*ask);
  ask.reset();
  respond_(answered, std::optional<Answer>());
}

void Completions::abandon(const std::string& uri) {
  const auto found = running_.find(uri);
  if (found == running_.end()) return;
  found->second.stop.request_stop();
  answer_with_nothing(found->second.ask);
  answer_with_nothing(found->second.waiting);
}

void Completions::abandon_all() {
  for (auto& [uri, running] : running_) {
    running.stop.request_stop();
    answer_with_nothing(running.ask);
    answer_with_nothing(running.waiting);
  }
}

void Completions::completed(Completed event) {
  const auto found = running_.find(event.uri);
  if (found == running_.end() || found->second.job != event.job) return;
  Running ended = std::move(found->second);
  running_.erase(found);
  if (ended.ask) {
    last_ms_ = std::chrono::duration<double, std::milli>(Clock::now() - ended.since).count();
    respond_(*ended.ask, std::move(event.answer));
  }
  if (ended.waiting) start(std::move(*ended.waiting));
}

}  // namespace lsp::server
