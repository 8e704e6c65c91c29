// The methods that the server knows, one function each.
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "engine/base/format.h"
#include "lsp/server/reasons.h"
#include "lsp/server/server.h"
#include "lsp/text/uri.h"
#include "lsp/text/utf8.h"
#include "lsp/text/word.h"
#include "lsp/wire/progress.h"
#include "lsp/wire/usage.h"

namespace lsp::server {
namespace {

using base::concat;
using wire::ErrorCode;

constexpr const char* progress_token = "lemma/model";

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

// Return and the tabulator put in several blanks.
Edit edit_of(const std::vector<wire::ContentChange>& changes) {
  const bool by_strokes = std::all_of(changes.begin(), changes.end(), [](const auto& change) {
    const std::string& text = change.text;
    return change.span && (text::is_blank(text) || text::character_bytes(text, 0) == text.size());
  });
  return by_strokes ? Edit::strokes : Edit::one_go;
}

}  // namespace

template <typename Params>
void Server::add_request(std::string method, void (Server::*handler)(const wire::Id&, Params)) {
  requests_[method] = [this, handler](const wire::Id& id, wire::Payload payload) {
    auto params = wire::decode<Params>(std::move(payload));
    if (!params) return respond_error(id, ErrorCode::invalid_params, params.message());
    (this->*handler)(id, std::move(params).value());
  };
}

template <typename Params>
void Server::add_notification(std::string method, void (Server::*handler)(Params)) {
  notifications_[method] = [this, handler, method](wire::Payload payload) {
    auto params = wire::decode<Params>(std::move(payload));
    if (!params) return options_.log->warn("{} is refused: {}", method, params.message());
    (this->*handler)(std::move(params).value());
  };
}

void Server::add_handlers() {
  add_request("initialize", &Server::initialize);
  add_request("textDocument/inlineCompletion", &Server::inline_completion);
  add_request("textDocument/completion", &Server::completion);
  requests_["lemma/status"] = [this](const wire::Id& id, wire::Payload) {
    respond(id, wire::encode(status()));
  };
  requests_["lemma/why"] = [this](const wire::Id& id, wire::Payload) {
    const text::Tongue tongue = text::tongue_of_locale(client_.locale);
    std::deque<wire::Explanation> told;
    for (auto& each : explained_.told()) told.push_back(explained_in(tongue, std::move(each)));
    respond(id, wire::encode(model_ ? model_->info().path : options_.model_path, told,
                             debugging_.findings().evidence()));
  };
  requests_["lemma/stats"] = [this](const wire::Id& id, wire::Payload) {
    const wire::Usage counts = options_.usage->counts();
    respond(id, wire::encode(counts, summary_of(counts, text::tongue_of_locale(client_.locale))));
  };
  requests_["shutdown"] = [this](const wire::Id& id, wire::Payload) {
    state_ = State::shut_down;
    completions_.abandon_all();
    respond(id, {});
  };
  add_notification("textDocument/didOpen", &Server::did_open);
  notifications_["textDocument/didChange"] = [this](wire::Payload payload) {
    const std::string uri = wire::document_uri(payload);
    auto params = wire::decode<wire::DidChangeParams>(std::move(payload));
    if (params) return did_change(std::move(params).value());
    if (!documents_.contains(uri)) {
      return options_.log->warn("textDocument/didChange is refused: {}", params.message());
    }
    completions_.abandon(uri);
    documents_.lose(uri);
    next_edits_.forget(uri);
    for (Feature* feature : features_) feature->changed(uri);
    show({Problem::Kind::error, concat("an edit of ", uri, " cannot be read (", params.message(),
                                       "); nothing is completed there until it is opened again")});
  };
  add_notification("textDocument/didClose", &Server::did_close);
  add_notification("notebookDocument/didOpen", &Server::did_open_notebook);
  add_notification("notebookDocument/didChange", &Server::did_change_notebook);
  add_notification("notebookDocument/didClose", &Server::did_close_notebook);
  add_notification("workspace/didChangeWorkspaceFolders", &Server::did_change_folders);
  add_notification("workspace/didChangeConfiguration", &Server::did_change_configuration);
  add_notification("lemma/view", &Server::view);
  add_notification("$/cancelRequest", &Server::cancel);
  notifications_["initialized"] = [this](wire::Payload) { initialized(); };
}

void Server::initialize(const wire::Id& id, wire::InitializeParams params) {
  state_ = State::initialized;
  client_ = std::move(params.capabilities);
  encoding_ = wire::choose_encoding(client_.position_encodings);
  folders_ = std::move(params.folders);
  from_start_ = std::move(params.settings);
  options_.log->info("initialized by {}, positions in {}",
                     params.client_name.empty() ? "a client" : params.client_name,
                     wire::name_of(encoding_));
  if (params.process_id) loop_.watch_process(*params.process_id);
  respond(id, wire::encode(wire::ServerCapabilities{encoding_, client_.inline_completion,
                                                    commands(), options_.version}));
  apply_settings();
}

void Server::initialized() {
  if (client_ready_) return;
  client_ready_ = true;
  for (const Problem& problem : std::exchange(to_show_, {})) show(problem);
  if (client_.configuration_events) {
    request(wire::register_configuration(++last_request_), [](const wire::Response&) {});
  }
  ask_for_configuration();
  begin_progress();
  announce_status();
}

void Server::begin_progress() {
  if (!client_.work_done_progress || model_ || !load_error_.empty()) return;
  request(wire::create_progress(++last_request_, progress_token),
          [this](const wire::Response& response) {
            if (response.error) return;
            // Also where the model is there by now: a client may show what it created until its
            // end comes (Helix does).
            progress_shown_ = true;
            notify(wire::progress(progress_token,
                                  {wire::Progress::Kind::begin, "lemma: loading the model"}));
            end_progress();
          });
}

// Once the model is there, or cannot be loaded.
void Server::end_progress() {
  const bool is_loading = !model_ && load_error_.empty();
  if (is_loading || !std::exchange(progress_shown_, false)) return;
  notify(wire::progress(progress_token, {wire::Progress::Kind::end, model_ ? "ready" : "failed"}));
}

void Server::did_open(wire::DidOpenParams params) {
  const std::string uri = params.uri;
  completions_.abandon(uri);
  next_edits_.forget(uri);
  const auto status = documents_.open(std::move(params));
  if (!status) options_.log->warn("{}", status.message());
  debugging_.opened(uri);
  prepare(uri);
}

void Server::prepare(const std::string& uri) {
  const Snapshot document = documents_.snapshot_unused(uri);
  if (!model_ || !document) return;
  loop_.work([model = model_, log = options_.log, document, folders = folders_]() -> Event {
    try {
      model->prepare(document, folders);
    } catch (const std::exception& error) {
      log->error("preparing failed: {}", error.what());
    }
    return Prepared{document->uri()};
  });
}

void Server::did_change(wire::DidChangeParams params) {
  completions_.abandon(params.uri);
  if (documents_.contains(params.uri)) {
    attention_.change(params);
    next_edits_.change(params);
  }
  const auto status = documents_.change(params, encoding_);
  if (!status) options_.log->warn("{}", status.message());
  if (const auto* document = documents_.find(params.uri)) {
    const auto went_on = shown_suggestions_.changed(*document, edit_of(params.changes));
    if (went_on) explained_.went_on_with(params.uri, *went_on);
    completions_.drop_ahead_unless_on_the_way(*document);
  }
  debugging_.suggestion_is(shown_suggestions_.shows(params.uri) ? Debugging::Suggestion::shown
                                                                : Debugging::Suggestion::gone,
                           params.uri);
  for (Feature* feature : features_) feature->changed(params.uri);
}

void Server::did_close(wire::DidCloseParams params) {
  completions_.abandon(params.uri);
  if (const auto* document = documents_.find(params.uri)) shown_suggestions_.closed(*document);
  attention_.close(params.uri);
  completions_.drop_ahead(params.uri);
  const auto status = documents_.close(params.uri);
  debugging_.suggestion_is(Debugging::Suggestion::gone, params.uri);
  for (Feature* feature : features_) feature->changed(params.uri);
  if (!status) return options_.log->warn("{}", status.message());
  if (model_) model_->forget(params.uri);
}

void Server::did_open_notebook(wire::NotebookOpenParams params) {
  notebooks_.open(params);
  for (wire::DidOpenParams& document : params.documents) did_open(std::move(document));
}

void Server::did_change_notebook(wire::NotebookChangeParams params) {
  const auto status = notebooks_.change(params);
  if (!status) options_.log->warn("{}", status.message());
  for (wire::DidOpenParams& document : params.opened) did_open(std::move(document));
  for (wire::DidCloseParams& document : params.closed) did_close(std::move(document));
  for (wire::DidChangeParams& document : params.changed) did_change(std::move(document));
}

void Server::did_close_notebook(wire::NotebookCloseParams params) {
  notebooks_.close(params.uri);
  for (wire::DidCloseParams& document : params.documents) did_close(std::move(document));
}

void Server::view(wire::ViewParams params) {
  std::erase_if(params.documents,
                [&](const auto& document) { return !documents_.contains(document.uri); });
  attention_.view(params);
}

void Server::did_change_folders(wire::DidChangeFoldersParams params) {
  for (const std::string& folder : params.removed) std::erase(folders_, folder);
  for (std::string& folder : params.added) folders_.push_back(std::move(folder));
}

void Server::cancel(wire::CancelParams params) {
  if (!completions_.cancel(params.id)) return;
  respond_error(params.id, ErrorCode::request_cancelled, "cancelled");
}

void Server::did_change_configuration(wire::DidChangeConfigurationParams params) {
  if (params.settings) {
    configure(*params.settings);
  } else {
    ask_for_configuration();
  }
}

void Server::ask_for_configuration() {
  if (!client_.configuration) return;
  request(wire::ask_configuration(++last_request_), [this](const wire::Response& response) {
    if (response.error) {
      options_.log->warn("workspace/configuration: {}", response.error->message);
    } else {
      configure(wire::decode_configuration(response.result));
    }
  });
}

void Server::configure(const std::vector<wire::Setting>& values) {
  from_client_ = values;
  apply_settings();
}

void Server::apply_settings() {
  settings_ = options_.settings;
  for (const auto* values : {&from_start_, &from_client_}) {
    for (const Problem& problem : apply(*values, Origin::editor, settings_)) show(problem);
  }
  options_.log->set_level(spdlog::level::from_str(settings_.log_level));
}

void Server::show(const Problem& problem) {
  if (!client_ready_) return to_show_.push_back(problem);
  if (!shown_.insert(problem.message).second) return;
  const bool is_error = problem.kind == Problem::Kind::error;
  options_.log->log(is_error ? spdlog::level::err : spdlog::level::warn, "{}", problem.message);
  notify(wire::show_message(is_error ? wire::MessageType::error : wire::MessageType::warning,
                            concat("lemma: ", problem.message)));
}

wire::Status Server::status() const {
  wire::Status status{.state = model_                ? "ready"
                               : load_error_.empty() ? "loading"
                                                     : "failed",
                      .message = load_error_,
                      .model = options_.model_path,
                      .busy = completions_.busy(),
                      .last_ms = completions_.last_ms(),
                      .memory_bytes = resident_bytes(),
                      .version = options_.version,
                      .asks = options_.chat ? options_.chat->name() : ""};
  if (model_) {
    const ModelInfo info = model_->info();
    const std::string notice = model_->notice();
    status.message = notice.empty() ? info.description : concat(info.description, "; ", notice);
    status.model = info.path;
    status.adapter = info.adapter;
    status.backend = info.backend;
    status.device = info.device;
  }
  return status;
}

// To clients that want it, whenever the state or whether the server is busy has changed.
void Server::announce_status() {
  if (!client_ready_ || !client_.status_events) return;
  const wire::Status now = status();
  std::string summary = concat(now.state, now.busy ? " busy " : " ", now.message);
  if (summary == announced_) return;
  announced_ = std::move(summary);
  notify({"lemma/status", wire::encode(now)});
}

}  // namespace lsp::server
