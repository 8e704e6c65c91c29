// Conversations with a model, as the panel "Ask" has them. What is attached to a question is what
// its user has chosen, and is told back; nothing else of a document is sent. One answer is given at
// a time. Belongs to the loop's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lsp/server/chat.h"
#include "lsp/server/feature.h"
#include "lsp/wire/asking.h"

namespace lsp::server {

class Asking {
 public:
  // `chat` may be null: `why_not` then says what is missing.
  Asking(std::shared_ptr<Chat> chat, std::string why_not, Host host)
      : chat_(std::move(chat)), why_not_(std::move(why_not)), host_(std::move(host)) {}

  // Starts an answer, and says who gives it and what is attached.
  base::Result<wire::Payload> ask(const wire::AskParams& params);
  void stop(const std::string& conversation);
  void stop() { answering_.reset(); }

 private:
  struct Answering {
    std::string conversation;
    int64_t number;
    StopAtEnd stopped;
  };
  base::Result<std::string> question_of(const wire::AskParams& params) const;
  base::Result<std::string> attach(const wire::AskParams& params,
                                   std::optional<wire::Attached>& attached) const;
  void said(int64_t number, const Said& said);
  void answered(int64_t number, const base::Result<std::string>& text);

  std::shared_ptr<Chat> chat_;
  std::string why_not_;
  Host host_;
  struct Conversation {
    std::vector<Turn> turns;
    int64_t last_answer = 0;
  };
  std::map<std::string, Conversation> conversations_;
  std::unique_ptr<Answering> answering_;
  int64_t answers_ = 0;
};

}  // namespace lsp::server
