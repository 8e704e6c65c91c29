// What the server asks of a model that can be spoken to. The program puts lsp/features/chat behind
// this (lsp/chat_model.h), tests what they want.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/model.h"

namespace lsp::server {

namespace base = engine::base;

struct Turn {
  enum class From { user, model };
  From from;
  std::string text;
};

struct Said {
  // all_was_thought: what was said as text until now was thought.
  enum class Kind { text, thought, all_was_thought };
  Kind kind;
  std::string text;
};

class Chat {
 public:
  virtual ~Chat() = default;

  virtual std::string name() const = 0;  // for people
  // What is meant where nothing is selected, in whole lines; bytes.
  virtual text::Range around(const Snapshot& document, size_t offset) const {
    return document->line_range(document->line_at(offset));
  }
  // Blocks, on a worker thread, until the answer to the last turn has ended or is stopped. Returns
  // its text, without what was thought; an error is a sentence.
  virtual base::Result<std::string> answer(const std::vector<Turn>& turns,
                                           const std::function<void(const Said&)>& say,
                                           std::stop_token stop) = 0;
};

}  // namespace lsp::server
