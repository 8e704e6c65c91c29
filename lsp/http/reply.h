// Answers as JSON: OpenAI's forms and llama.cpp's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/remote/thinking.h"
#include "engine/session/engine.h"
#include "lsp/http/question.h"

namespace lsp::http {

// Whether something of the question was left out.
enum class Truncated { no, yes };

// Of one question, in the order of the methods.
class Replies {
 public:
  // `opening`: what of an answer the prompt has said already (features/chat/template.h).
  Replies(const Question& question, std::string model, Truncated truncated,
          std::string_view opening = "");

  // The one answer of a request without `stream`.
  std::string whole(std::string_view text, const engine::session::Outcome& outcome);

  // What follows `data: ` in the events of a stream.
  std::vector<std::string> begin() const;
  std::vector<std::string> pieces(std::string_view text);
  std::vector<std::string> end(const engine::session::Outcome& outcome);

 private:
  std::vector<std::string> pieces_of(const engine::remote::Thinking::Part& part) const;

  const Route route_;
  const bool usage_;
  const Truncated truncated_;
  const std::optional<std::vector<std::string>> fields_;
  const std::string model_;
  const std::string id_;
  const int64_t created_s_;  // since 1970
  // Of an event, around its text: a stream's pieces differ in that alone, and there are many.
  std::string before_text_, after_text_;
  engine::remote::Thinking thinking_;  // of a chat
};

// As they go out.
std::string events_text(const std::vector<std::string>& events);

std::string refusal_text(const Refusal& refusal);
std::string models_text(const std::vector<std::string>& models);  // `/v1/models`
std::string health_text();

}  // namespace lsp::http
