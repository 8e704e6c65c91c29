// Which completion runs, which waits, and which has been answered.
//
// For each document one job runs and at most one request waits for it to end; a newer request
// takes the place of every older one, which is answered with nothing at once. (A client that
// neither cancels nor checks for stale answers would otherwise show the older over the newer.)
// Each request is answered exactly once.
//
// While a suggestion is shown, the one that follows it is computed ahead: for the document as it
// will be once all of it is accepted. Belongs to the loop's thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "lsp/server/event.h"
#include "lsp/server/model.h"
#include "lsp/wire/message.h"

namespace lsp::server {

enum class Style { inline_item, classic_list };

struct Ask {
  wire::Id id;
  Style style;
  Question question;
  Snapshot document;  // what the client completes; the question's is longer for a notebook's cell
  size_t begin;       // bytes: where it begins in the question's
  std::optional<Answer> first = {};  // shown there already; what is found comes behind it
};

class Completions {
 public:
  using Respond = std::function<void(const Ask&, base::Result<std::optional<Answer>>)>;
  // Starts a job; its Completed carries the uri and the number.
  using Start = std::function<void(uint64_t job, Question, std::stop_token)>;

  Completions(Respond respond, Start start)
      : respond_(std::move(respond)), start_(std::move(start)) {}

  void ask(Ask ask);
  // Forgets the request without an answer; whether it was still to be answered.
  bool cancel(const wire::Id& id);
  // The document has changed or is closed: what was asked about it is answered with nothing.
  void abandon(const std::string& uri);
  void abandon_all();
  void completed(Completed event);

  // Computes what will be asked, where nothing else runs for that document. It is kept for a
  // question that is the same, and for as long as the document may still become that text.
  void ahead(Question question);
  void drop_ahead_unless_on_the_way(const text::Document& now);
  void drop_ahead(const std::string& uri);

  bool busy() const;
  // Of the last answer that was computed to its end.
  std::optional<double> last_ms() const { return last_ms_; }

 private:
  struct Ahead {
    uint64_t job;
    Snapshot document;
    size_t cursor;
    std::optional<Answer> answer;  // once it is there
  };
  struct Running {
    uint64_t job;
    std::stop_source stop;
    std::chrono::steady_clock::time_point since;
    std::optional<Ask> ask;      // nothing once answered, and for what nobody has asked yet
    std::optional<Ask> waiting;  // starts when the job has ended
  };
  void start(Ask ask);
  bool answer_from_ahead(const Ask& ask);
  void answer_with_nothing(std::optional<Ask>& ask);

  Respond respond_;
  Start start_;
  std::map<std::string, Running> running_;  // by uri
  std::map<std::string, Ahead> ahead_;      // by uri; its job runs until it has an answer
  uint64_t last_job_ = 0;
  std::optional<double> last_ms_;
};

}  // namespace lsp::server
