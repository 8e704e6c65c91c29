#include "lsp/server/asking.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/server/reasons.h"
#include "lsp/text/fence.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;

constexpr text::Sentence no_question = {"there is no question", "没有问题",
                                        "il n'y a pas de question", "es gibt keine Frage"};
constexpr text::Sentence nothing_selected = {"select the code first", "请先选择代码",
                                             "sélectionnez d'abord le code",
                                             "wählen Sie zuerst den Code aus"};
constexpr text::Sentence too_much = {
    "the selection has {bytes} bytes; up to {most} can be attached",
    "所选内容有 {bytes} 字节；最多可附上 {most}",
    "la sélection a {bytes} octets ; {most} au plus peuvent être joints",
    "die Auswahl hat {bytes} Bytes; höchstens {most} lassen sich anfügen"};

constexpr size_t most_attached_bytes = size_t{64} << 10;
constexpr size_t most_conversations = 20;

const char* name_of(Said::Kind kind) {
  return kind == Said::Kind::text      ? "text"
         : kind == Said::Kind::thought ? "thought"
                                       : "all_was_thought";
}

// What is asked about chosen code by a command.
constexpr text::Sentence explain_it = {
    "Explain what this code does and how: first in one sentence, then step by step. Say what would "
    "surprise its reader.",
    "请用中文说明这段代码做什么、怎么做：先用一句话，再逐步说明，并指出会让读者意外的地方。",
    "Explique en français ce que fait ce code et comment : d'abord en une phrase, puis pas à pas. "
    "Dis ce qui surprendrait ses lecteurs.",
    "Erkläre auf Deutsch, was dieser Code tut und wie: erst in einem Satz, dann Schritt für "
    "Schritt. Sage, was seine Leser überraschen würde."};

}  // namespace

// A command's question is in its user's language, and about something.
base::Result<std::string> Asking::question_of(const wire::AskParams& params) const {
  if (params.task.empty()) {
    const bool blank = params.text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank) return fail(say(host_, no_question));
    return params.text;
  }
  if (!params.span) return fail(say(host_, nothing_selected));
  if (params.task == "explain") return say(host_, explain_it);
  return fail("there is no task ", base::in_quotes(params.task));
}

// The chosen part as the model gets it; empty where none was chosen.
base::Result<std::string> Asking::attach(const wire::AskParams& params,
                                         std::optional<wire::Attached>& attached) const {
  if (params.uri.empty() || !params.span) return std::string();
  if (!host_.documents.contains(params.uri)) return fail("the document is not open: ", params.uri);
  const Snapshot document = host_.documents.snapshot(params.uri);
  const std::string path = text::path_of(params.uri);
  if (!document) {
    return fail(path, " is not sent anywhere: it ", host_.documents.withheld(params.uri));
  }
  auto [begin, end] = range_of(*document, *params.span, host_.encoding);
  if (end <= begin && !params.task.empty()) {
    const text::Range meant = chat_->around(document, begin);
    begin = meant.begin;
    end = meant.end;
  }
  if (end <= begin) return std::string();
  if (end - begin > most_attached_bytes) {
    return fail(say(
        host_, too_much,
        {{"bytes", std::to_string(end - begin)}, {"most", std::to_string(most_attached_bytes)}}));
  }
  const std::string name = std::filesystem::path(path).filename().string();
  attached = wire::Attached{name, static_cast<uint32_t>(document->line_at(begin)),
                            static_cast<uint32_t>(document->line_at(end - 1))};
  return concat(
      "From ", name, ", lines ", attached->first_line + 1, " to ", attached->last_line + 1, ":\n\n",
      text::fenced(document->text().substr(begin, end - begin), document->language_id()), "\n");
}

base::Result<wire::Payload> Asking::ask(const wire::AskParams& params) {
  if (!chat_) return fail(reason_in(tongue_of(host_), why_not_));
  const auto question = question_of(params);
  if (!question) return question.error();
  std::optional<wire::Attached> attached;
  const auto context = attach(params, attached);
  if (!context) return context.error();
  if (answering_) stop(answering_->conversation);
  if (!conversations_.contains(params.conversation) &&
      conversations_.size() >= most_conversations) {
    conversations_.erase(std::min_element(
        conversations_.begin(), conversations_.end(),
        [](const auto& a, const auto& b) { return a.second.last_answer < b.second.last_answer; }));
  }
  const int64_t number = ++answers_;
  auto& [turns, last_answer] = conversations_[params.conversation];
  last_answer = number;
  turns.push_back({Turn::From::user, *context + *question});
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
  return wire::encode_asked(chat_->name(), *question, attached);
}

void Asking::said(int64_t number, const Said& said) {
  if (!answering_ || answering_->number != number) return;
  host_.notify(wire::answer_piece(answering_->conversation, name_of(said.kind), said.text));
}

void Asking::answered(int64_t number, const base::Result<std::string>& text) {
  if (!answering_ || answering_->number != number) return;
  std::vector<Turn>& turns = conversations_[answering_->conversation].turns;
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
  conversations_[conversation].turns.pop_back();
  host_.notify(wire::answer_end(conversation, "stopped"));
  answering_.reset();
}

}  // namespace lsp::server
