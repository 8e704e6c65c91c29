// The panel "Ask": what lemma adds to the protocol for conversations with a model.
//
//   lemma/ask     request: a question; answered at once with who is asked what, and what is
//   attached lemma/piece   notification: the next piece of the answer lemma/end     notification:
//   the answer has ended, and how lemma/stop    notification of the client: no more of it
#pragma once

#include <optional>
#include <string>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

struct AskParams {
  std::string conversation;  // the client's name for it; a new one begins it
  std::string text;
  std::string task;  // in place of a text: "explain" what is attached
  // What is attached: a part of an open document. Empty: nothing.
  std::string uri;
  std::optional<Span> span;
};

struct StopParams {
  std::string conversation;
};

struct Attached {
  std::string name;     // of the file
  uint32_t first_line;  // from 0
  uint32_t last_line;
};

Payload encode_asked(const std::string& model, const std::string& question,
                     const std::optional<Attached>& attached);
// `kind` is "text", "thought", or "all_was_thought" (what came as text until now was thought).
Notification answer_piece(const std::string& conversation, const char* kind,
                          const std::string& text);
// `problem` is empty where it ended well.
Notification answer_end(const std::string& conversation, const std::string& problem);

}  // namespace lsp::wire
