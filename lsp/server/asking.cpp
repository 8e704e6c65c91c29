#include "lsp/server/asking.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;

constexpr size_t most_attached_bytes = size_t{64} << 10;
constexpr size_t most_conversations = 20;

const char* name_of(Said::Kind kind) {
  return kind == Said::Kind::text      ? "text"
         : kind == Said::Kind::thought ? "thought"
                                       : "all_was_thought";
}

// A block of code whose text cannot end it.
std::string fenced(std::string_view text, const std::string& language) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return concat(fence, language, "\n", text, "\n", fence, "\n");
}

}  // namespace

// The chosen part as the model gets it; empty where none was chosen.
base::Result<std::string> Asking::attach(const wire::AskParams& params,
                                         std::optional<wire::Attached>& attached) const {
  if (params.uri.empty() || !params.span) return std::string();
  if (!host_.documents.contains(params.uri)) return fail("the document is not open: ", params.uri);
  const Snapshot document = host_.documents.snapshot(params.uri);
  const std::string path = text::path_of(params.uri);
  if (!document) return fail(path, " is not sent anywhere: by its name it holds secrets");
  const size_t begin = document->offset_of(params.span->start, host_.encoding);
  const size_t end = document->offset_of(params.span->end, host_.encoding);
  if (end <= begin) return std::string();
  if (end - begin > most_attached_bytes) {
    return fail("the selection has ", end - begin, " bytes; up to ", most_attached_bytes,
                " can be attached");
  }
  const std::string name = std::filesystem::path(path).filename().string();
  attached = wire::Attached{name, static_cast<uint32_t>(document->line_at(begin)),
                            static_cast<uint32_t>(document->line_at(end - 1))};
  return concat("From ", name, ", lines ", attached->first_line + 1, " to ",
                attached->last_line + 1, ":\n\n",
                fenced(document->text().substr(begin, end - begin), document->language_id()), "\n");
}

base::Result<wire::Payload> Asking::ask(const wire::AskParams& params) {
  if (!chat_) return fail(why_not_);
  if (params.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail("there is no question");
  }
  std::optional<wire::Attached> attached;
  const auto context = attach(params, attached);
  if (!context) return context.error();
  if (answering_) stop(answering_->conversation);
  if (!conversations_.contains(params.conversation) &&
      conversations_.size() >= most_conversations) {
    conversations_.erase(conversations_.begin());
  }
  std::vector<Turn>& turns = conversations_[params.conversation];
  turns.push_back({Turn::From::user, *context + params.text});
  const int64_t number = ++answers_;
  answering_ = std::unique_ptr<Answering>(new Answering{params.conversation, number, {}});
  const auto say = [this, post = host_.post, number](const Said& piece) {
    post([this, number, piece] { said(number, piece); });
  };
  run_job<std::string>(
      host_,
      [chat = chat_, turns, say, stop = answering_->stopped.token()] {
        return chat->answer(turns, say, stop);
      },
      [this, number](const base::Result<std::string>& text) { answered(number, text); });
  return wire::encode_asked(chat_->name(), attached);
}

void Asking::said(int64_t number, const Said& said) {
  if (!answering_ || answering_->number != number) return;
  host_.notify(wire::answer_piece(answering_->conversation, name_of(said.kind), said.text));
}

void Asking::answered(int64_t number, const base::Result<std::string>& text) {
  if (!answering_ || answering_->number != number) return;
  std::vector<Turn>& turns = conversations_[answering_->conversation];
  if (text) {
    turns.push_back({Turn::From::model, *text});
  } else {
    turns.pop_back();  // asked again, it should not stand there twice
  }
  host_.notify(wire::answer_end(answering_->conversation, text ? "" : text.message()));
  answering_.reset();
}

void Asking::stop(const std::string& conversation) {
  if (!answering_ || answering_->conversation != conversation) return;
  conversations_[conversation].pop_back();
  host_.notify(wire::answer_end(conversation, "stopped"));
  answering_.reset();
}

}  // namespace lsp::server
