// Answers as JSON: OpenAI's forms and llama.cpp's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/session/engine.h"
#include "lsp/http/question.h"

namespace lsp::http {

// Whether something of the question was left out.
enum class Truncated { no, yes };

// Of one question.
class Replies {
 public:
  Replies(const Question& question, std::string model, Truncated truncated);

  // The one answer of a request without `stream`.
  std::string whole(std::string_view text, const engine::session::Outcome& outcome) const;

  // What follows `data: ` in a stream.
  std::string piece(std::string_view text) const;
  std::vector<std::string> end(const engine::session::Outcome& outcome) const;

 private:
  const Route route_;
  const bool usage_;
  const Truncated truncated_;
  const std::optional<std::vector<std::string>> fields_;
  const std::string model_;
  const std::string id_;
  const int64_t created_s_;               // since 1970
  std::string before_text_, after_text_;  // of a piece
};

std::string refusal_text(const Refusal& refusal);
std::string models_text(const std::string& model);  // `/v1/models`
std::string health_text();

}  // namespace lsp::http
