#include "lsp/server/completions.h"

#include <algorithm>

namespace lsp::server {

using Clock = std::chrono::steady_clock;

void Completions::ask(Ask ask) {
  const std::string& uri = ask.question.document->uri();
  abandon(uri);
  if (answer_from_ahead(ask)) return;
  drop_ahead(uri);
  const auto found = running_.find(uri);
  if (found == running_.end()) return start(std::move(ask));
  found->second.waiting = std::move(ask);
}

// Whether the question was foreseen and its answer is there. One that is still being computed is
// not waited for: it has the lowest priority, and may wait itself for whoever else asks the model.
bool Completions::answer_from_ahead(const Ask& ask) {
  const auto found = ahead_.find(ask.question.document->uri());
  if (found == ahead_.end()) return false;
  const auto& [job, document, cursor, answer] = found->second;
  const Question& question = ask.question;
  const bool same = !question.selected && question.trigger == Trigger::automatic &&
                    question.cursor == cursor && question.document->text() == document->text();
  if (!same || !answer) return false;
  last_ms_ = 0;
  const Ahead taken = std::move(ahead_.extract(found).mapped());
  respond_(ask, taken.answer);
  return true;
}

void Completions::ahead(Question question) {
  const std::string uri = question.document->uri();
  if (running_.contains(uri)) return;
  Running& running = running_[uri];
  running = Running{++last_job_, std::stop_source(), Clock::now(), std::nullopt, std::nullopt};
  ahead_.insert_or_assign(uri,
                          Ahead{running.job, question.document, question.cursor, std::nullopt});
  start_(running.job, std::move(question), running.stop.get_token());
}

void Completions::drop_ahead(const std::string& uri) {
  const auto found = ahead_.find(uri);
  if (found == ahead_.end()) return;
  const auto running = running_.find(uri);
  const bool runs = running != running_.end() && running->second.job == found->second.job;
  if (runs) running->second.stop.request_stop();
  ahead_.erase(found);
}

void Completions::drop_ahead_unless_on_the_way(const text::Document& now) {
  const auto found = ahead_.find(now.uri());
  if (found == ahead_.end()) return;
  const std::string_view text = now.text(), goal = found->second.document->text();
  if (text.size() <= goal.size()) {
    const auto same = std::mismatch(text.begin(), text.end(), goal.begin()).first - text.begin();
    // All that is left must be the goal's end.
    if (goal.ends_with(text.substr(static_cast<size_t>(same)))) return;
  }
  drop_ahead(now.uri());
}

bool Completions::busy() const {
  return std::any_of(running_.begin(), running_.end(),
                     [](const auto& entry) { return entry.second.ask || entry.second.waiting; });
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
  Running& running = found->second;
  const auto ahead = ahead_.find(uri);
  const bool is_ahead = ahead != ahead_.end() && ahead->second.job == running.job;
  if (!is_ahead) running.stop.request_stop();
  answer_with_nothing(running.ask);
  answer_with_nothing(running.waiting);
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
  if (const auto ahead = ahead_.find(event.uri);
      ahead != ahead_.end() && ahead->second.job == ended.job) {
    const bool kept = event.answer && *event.answer;
    if (kept) ahead->second.answer = std::move(**event.answer);
    if (!kept) ahead_.erase(ahead);
  }
  if (ended.ask) {
    last_ms_ = std::chrono::duration<double, std::milli>(Clock::now() - ended.since).count();
    respond_(*ended.ask, std::move(event.answer));
  }
  if (ended.waiting) start(std::move(*ended.waiting));
}

}  // namespace lsp::server
