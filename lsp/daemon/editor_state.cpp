#include "lsp/daemon/editor_state.h"

#include "engine/base/format.h"
#include "lsp/wire/answer_end.h"
#include "lsp/wire/asking.h"
#include "lsp/wire/notebook.h"
#include "lsp/wire/progress.h"
#include "lsp/wire/protocol.h"

namespace lsp::daemon {
namespace {

// Ids of a daemon's requests count from 1; the editor sees those of the n-th moved by n times this.
constexpr int64_t ids_of_a_daemon = 1'000'000'000;
constexpr const char* introduction_id = "lemma/introduction";

std::string answer(const wire::Id& id, const std::string& method) {
  wire::Response response{id, std::nullopt, {}};
  if (method == "workspace/executeCommand") {
    response.error = {static_cast<int>(wire::ErrorCode::internal_error),
                      "lemma's daemon ended in the middle of this; it is not repeated"};
  } else if (method != "textDocument/inlineCompletion" && method != "textDocument/completion" &&
             method != "shutdown") {
    response.error = {static_cast<int>(wire::ErrorCode::content_modified),
                      "lemma's daemon ended and was started again"};
  }
  return wire::to_text(response);
}

}  // namespace

std::optional<std::string> EditorState::from_editor(std::string body) {
  auto parsed = wire::parse_message(body);
  auto* message = std::get_if<wire::Message>(&parsed);
  if (message == nullptr) return body;  // the daemon answers it
  if (auto* request = std::get_if<wire::Request>(&message->content)) {
    see(std::move(*request), body);
  } else if (auto* notification = std::get_if<wire::Notification>(&message->content)) {
    see(std::move(*notification), body);
  } else if (auto& response = std::get<wire::Response>(message->content); response.id) {
    const int64_t* id = std::get_if<int64_t>(&*response.id);
    if (id == nullptr || *id / ids_of_a_daemon != incarnation_) return std::nullopt;
    if (incarnation_ == 0) return body;
    response.id = *id % ids_of_a_daemon;
    return wire::to_text(response);
  }
  return body;
}

void EditorState::see(wire::Request request, const std::string& body) {
  pending_.emplace(request.id, request.method);
  if (request.method == "shutdown") shut_down_ = true;
  if (request.method == "lemma/ask") {
    auto params = wire::decode<wire::AskParams>(std::move(request.params));
    if (params) asked_.insert_or_assign(request.id, params->conversation);
  }
  if (request.method == "initialize") initialize_ = body;
}

void EditorState::see(wire::Notification notification, const std::string& body) {
  const std::string& method = notification.method;
  if (method == "exit") {
    left_ = true;
  } else if (method == "initialized") {
    initialized_ = body;
  } else if (method == "workspace/didChangeConfiguration") {
    configuration_ = body;
  } else if (method == "workspace/didChangeWorkspaceFolders") {
    folders_.push_back(body);
  } else if (method.starts_with("textDocument/")) {
    see_document(std::move(notification));
  } else if (method.starts_with("notebookDocument/")) {
    see_notebook(std::move(notification));
  }
}

// The daemon reports what is wrong with these.
void EditorState::see_document(wire::Notification notification) {
  const std::string& method = notification.method;
  const std::string uri = wire::document_uri(notification.params);
  if (method == "textDocument/didOpen") {
    auto params = wire::decode<wire::DidOpenParams>(std::move(notification.params));
    if (params) (void)documents_.open(std::move(*params));
  } else if (method == "textDocument/didChange") {
    const auto params = wire::decode<wire::DidChangeParams>(std::move(notification.params));
    if (params) {
      (void)documents_.change(*params, encoding_);
    } else {
      documents_.lose(uri);
    }
  } else if (method == "textDocument/didClose") {
    (void)documents_.close(uri);
  }
}

void EditorState::see_notebook(wire::Notification notification) {
  const std::string& method = notification.method;
  if (method == "notebookDocument/didOpen") {
    auto params = wire::decode<wire::NotebookOpenParams>(std::move(notification.params));
    if (!params) return;
    notebooks_.open(*params);
    for (auto& document : params->documents) (void)documents_.open(std::move(document));
  } else if (method == "notebookDocument/didChange") {
    auto params = wire::decode<wire::NotebookChangeParams>(std::move(notification.params));
    if (!params) return;
    (void)notebooks_.change(*params);
    for (auto& document : params->opened) (void)documents_.open(std::move(document));
    for (const auto& document : params->closed) (void)documents_.close(document.uri);
    for (const auto& document : params->changed) (void)documents_.change(document, encoding_);
  } else if (method == "notebookDocument/didClose") {
    const auto params = wire::decode<wire::NotebookCloseParams>(std::move(notification.params));
    if (!params) return;
    notebooks_.close(params->uri);
    for (const auto& document : params->documents) (void)documents_.close(document.uri);
  }
}

std::optional<std::string> EditorState::from_daemon(std::string body) {
  auto parsed = wire::parse_message(body);
  auto* message = std::get_if<wire::Message>(&parsed);
  INVARIANT(message != nullptr);
  if (auto* request = std::get_if<wire::Request>(&message->content)) {
    int64_t* id = std::get_if<int64_t>(&request->id);
    if (incarnation_ == 0 || id == nullptr) return body;
    *id += incarnation_ * ids_of_a_daemon;
    return wire::to_text(*request);
  }
  if (auto* notification = std::get_if<wire::Notification>(&message->content)) {
    if (notification->method == "lemma/end") {
      const auto end = wire::decode<wire::AnswerEnd>(std::move(notification->params));
      // An answer that did not end well is forgotten with its question.
      if (end && answered_.erase(end->conversation) > 0 && end->problem.empty()) {
        conversations_.insert(end->conversation);
      }
      return body;
    }
    if (notification->method != "$/progress") return body;
    const auto progress = wire::decode<wire::ProgressParams>(std::move(notification->params));
    if (!progress) return body;
    if (progress->ends) {
      progress_.erase(progress->token);
    } else {
      progress_.insert(progress->token);
    }
    return body;
  }
  const auto& response = std::get<wire::Response>(message->content);
  if (!response.id) return body;
  if (*response.id == wire::Id(introduction_id)) return std::nullopt;
  const auto asked = pending_.find(*response.id);
  if (asked == pending_.end()) return body;  // an id that was used twice
  if (asked->second == "initialize") encoding_ = wire::encoding_chosen(response.result);
  if (asked->second == "lemma/ask") {
    auto question = asked_.extract(asked->first);
    if (question && !response.error) answered_.insert(std::move(question.mapped()));
  }
  pending_.erase(asked);
  return body;
}

std::vector<std::string> EditorState::lose_daemon() {
  ++incarnation_;
  std::vector<std::string> owed;
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (it->second == "initialize") {
      ++it;  // the new daemon answers it
    } else {
      owed.push_back(answer(it->first, it->second));
      it = pending_.erase(it);
    }
  }
  for (const std::string& token : progress_) {
    owed.push_back(wire::to_text(
        wire::progress(token, {wire::Progress::Kind::end, "lemma's daemon is started again"})));
  }
  progress_.clear();
  asked_.clear();
  conversations_.merge(std::exchange(answered_, {}));
  for (const std::string& conversation : std::exchange(conversations_, {})) {
    owed.push_back(wire::to_text(wire::answer_end(
        conversation,
        "lemma's daemon is started again; it has forgotten what was said here before")));
  }
  return owed;
}

std::vector<std::string> EditorState::introduction() const {
  if (initialize_.empty()) return {};
  std::vector<std::string> bodies{initialize_};
  auto parsed = wire::parse_message(initialize_);
  auto& request = std::get<wire::Request>(std::get<wire::Message>(parsed).content);
  if (!pending_.contains(request.id)) {
    request.id = introduction_id;
    bodies.front() = wire::to_text(request);
  }
  if (initialized_.empty()) return bodies;
  bodies.push_back(initialized_);
  if (!configuration_.empty()) bodies.push_back(configuration_);
  bodies.insert(bodies.end(), folders_.begin(), folders_.end());
  for (const std::string& uri : documents_.uris()) {
    if (const text::Document* document = documents_.find(uri)) {
      bodies.push_back(wire::to_text(wire::did_open(*document)));
    }
  }
  for (const auto& [uri, cells] : notebooks_.cells()) {
    bodies.push_back(wire::to_text(wire::did_open_notebook(uri, cells)));
  }
  return bodies;
}

}  // namespace lsp::daemon
