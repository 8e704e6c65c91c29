#include "lsp/server/changing.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/server/reasons.h"
#include "lsp/text/uri.h"
#include "lsp/text/utf8.h"
#include "lsp/wire/changing.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using text::Sentence;
using wire::MessageType;

constexpr const char* change_command = "lemma.change";
constexpr const char* document_command = "lemma.document";
constexpr size_t most_instruction_bytes = 8'000;
constexpr size_t most_title_bytes = 80;

constexpr Sentence no_instruction = {"say what is to be changed", "请说明要修改什么",
                                     "dites ce qui est à changer", "sagen Sie, was zu ändern ist"};
constexpr Sentence too_long = {"the instruction is longer than {most} bytes",
                               "指令超过 {most} 字节", "la consigne dépasse {most} octets",
                               "die Anweisung ist länger als {most} Bytes"};
constexpr Sentence not_open = {"the document is not open", "文档未打开",
                               "le document n'est pas ouvert", "das Dokument ist nicht offen"};
constexpr Sentence another_change = {"another change was asked for", "请求了另一个修改",
                                     "un autre changement a été demandé",
                                     "eine andere Änderung wurde verlangt"};
constexpr Sentence changing_it = {"lemma: changing {file}", "lemma：正在修改 {file}",
                                  "lemma : modification de {file}", "lemma: ändert {file}"};
constexpr Sentence given_up = {"the change of {file} was given up: {why}",
                               "已放弃对 {file} 的修改：{why}",
                               "le changement de {file} est abandonné : {why}",
                               "die Änderung von {file} wurde aufgegeben: {why}"};
constexpr Sentence made_it = {"done", "完成", "fait", "fertig"};
constexpr Sentence as_asked = {"the change that was asked for", "所要求的修改",
                               "le changement demandé", "die verlangte Änderung"};

// For the model, in the language that the comments are to have.
constexpr Sentence document_it = {
    "Write this code's documentation comment into it, in the place and the form that its language "
    "has for it; correct one that is there. Leave the code itself as it is, and write nothing that "
    "the code does not say.",
    "请用中文为这段代码写上文档注释，采用该语言通行的位置和形式；已有的加以改正。代码本身保持不变，"
    "不写代码没有表达的内容。",
    "Écris en français le commentaire de documentation de ce code, à la place et sous la forme en "
    "usage dans son langage ; corrige celui qui s'y trouve. Laisse le code lui-même tel qu'il est, "
    "et n'écris rien que le code ne dise.",
    "Schreibe auf Deutsch den Dokumentationskommentar dieses Codes dazu, an die Stelle und in der "
    "Form, die in seiner Sprache üblich sind; berichtige einen, der dort steht. Lass den Code "
    "selbst, wie er ist, und schreibe nichts, was der Code nicht sagt."};

std::string file_name(const std::string& uri) {
  return std::filesystem::path(text::path_of(uri)).filename().string();
}

const char* word_for(Changed::Seen seen) {
  return seen == Changed::Seen::passes   ? "passes"
         : seen == Changed::Seen::breaks ? "breaks"
                                         : "nothing";
}

}  // namespace

std::vector<std::string> Changing::commands() const {
  if (!changer_ && why_not_.empty()) return {};
  return {change_command, document_command};
}

base::Status Changing::execute(const wire::ExecuteCommandParams& params, const std::string& uri) {
  if (!changer_) return fail(reason_in(tongue_of(host_), why_not_));
  const bool documents = params.command == document_command;
  const std::string instruction = documents                     ? say(host_, document_it)
                                  : params.arguments.size() < 2 ? ""
                                                                : params.arguments[1];
  if (instruction.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(say(host_, no_instruction));
  }
  if (instruction.size() > most_instruction_bytes) {
    return fail(say(host_, too_long, {{"most", std::to_string(most_instruction_bytes)}}));
  }
  if (!host_.documents.contains(uri)) return fail(say(host_, not_open));
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document) {
    return fail(file_name(uri), " is not shown to a model: it ", host_.documents.withheld(uri));
  }
  if (work_) end_work(say(host_, another_change));
  offered_.erase(uri);
  const std::string token = concat("lemma/change/", ++works_);
  work_ = std::unique_ptr<Work>(new Work{token, document, {}});
  begin_progress(host_, token, say(host_, changing_it, {{"file", file_name(uri)}}));
  const text::Range selection = params.span ? range_of(*document, *params.span, host_.encoding)
                                            : text::Range{0, document->text().size()};
  const auto how_far = [this, token](const std::string& sentence) {
    host_.post([this, token, sentence] { progressed(token, sentence); });
  };
  run_job<Changed>(
      host_,
      [changer = changer_, how_far, stop = work_->stopped.token(),
       question = ChangeQuestion{document, selection, instruction, documents, host_.folders,
                                 host_.trusts(uri), host_.client.locale}] {
        return changer->change(question, how_far, stop);
      },
      [this, token](base::Result<Changed> result) { made(token, std::move(result)); });
  return base::Done{};
}

void Changing::progressed(const std::string& token, const std::string& how_far) {
  if (work_ && work_->token == token) report_progress(host_, token, how_far);
}

void Changing::end_work(const std::string& how) {
  end_progress(host_, work_->token, how);
  work_.reset();
}

void Changing::made(const std::string& token, base::Result<Changed> result) {
  if (!work_ || work_->token != token) return;
  if (!result) {
    const std::string how = result.message();
    host_.show(MessageType::warning, how);
    return end_work(how);
  }
  // A change of the text has ended the work, so this is still the current version.
  const Snapshot document = work_->document;
  end_work(say(host_, made_it));
  offer(document, std::move(*result));
}

void Changing::offer(const Snapshot& document, Changed change) {
  const std::string& uri = document->uri();
  if (host_.client.shows_changes) {
    host_.notify(
        wire::changed({uri, document->version(), span_of(*document, change.range, host_.encoding),
                       change.text, word_for(change.seen), change.evidence, change.author}));
  } else {
    std::string how;
    const text::Tongue tongue = tongue_of(host_);
    for (const std::string& each : change.evidence) how += each + said(text::then, tongue);
    const bool bad = change.seen == Changed::Seen::breaks;
    host_.show(bad ? MessageType::warning : MessageType::info,
               concat(file_name(uri), ": ", how, said(offered_there, tongue)));
  }
  offered_[uri] = std::move(change);
}

void Changing::changed(const std::string& uri) {
  if (work_ && work_->document->uri() == uri) {
    // Not all clients show how progress ends, and somebody waits for what was asked for.
    const std::string why = say(host_, has_changed);
    host_.show(MessageType::info, say(host_, given_up, {{"file", file_name(uri)}, {"why", why}}));
    end_work(why);
  }
  offered_.erase(uri);
}

void Changing::cancel(const std::string& token) {
  if (work_ && work_->token == token) end_work(say(host_, cancelled));
}

std::vector<wire::CodeAction> Changing::actions(const wire::SpanParams& params) {
  const auto found = offered_.find(params.uri);
  if (found == offered_.end() || !wanted(params, "refactor")) return {};
  const text::Document* document = host_.documents.find(params.uri);
  if (document == nullptr) return {};
  const Changed& change = found->second;
  const auto [begin, end] = range_of(*document, params.span, host_.encoding);
  const auto meets = [begin = begin, end = end](const text::Range& range) {
    return begin <= range.end && range.begin <= end;
  };
  if (!meets(change.part) && !meets(change.range)) return {};
  const std::string seen = change.evidence.empty() ? "" : change.evidence.front();
  wire::CodeAction action;
  action.title = title_of_change(tongue_of(host_), say(host_, as_asked),
                                 text::shortened(seen, most_title_bytes), false);
  action.kind = "refactor";
  action.id = concat(params.uri, "#change");
  action.uri = params.uri;
  action.version = document->version();
  action.edits = {{span_of(*document, change.range, host_.encoding), change.text}};
  return {std::move(action)};
}

}  // namespace lsp::server
