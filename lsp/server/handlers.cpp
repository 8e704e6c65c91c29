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

// Inserting text that stands in for bytes we cannot represent would damage the user's file.
bool may_be_inserted(const std::string& text) {
  return text::is_valid_utf8(text) && text.find(wire::substitute) == std::string::npos;
}

// Menus compare an item with the word left of the cursor, not with its line.
void begin_at_word(std::string_view text, size_t cursor, Answer& answer) {
  const auto is_word = [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return std::isalnum(value) != 0 || byte == '_' || value >= 0x80;
  };
  size_t begin = cursor;
  while (begin > answer.range.begin && is_word(text[begin - 1])) --begin;
  const size_t left = begin - answer.range.begin;
  if (left > answer.text.size()) return;
  answer.text.erase(0, left);
  answer.range.begin = begin;
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
    for (const wire::Explanation& each : explained_) told.push_back(explained_in(tongue, each));
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
    shown_suggestions_.changed(*document, edit_of(params.changes));
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

void Server::inline_completion(const wire::Id& id, wire::CompletionParams params) {
  ask(id, Style::inline_item, std::move(params));
}

void Server::completion(const wire::Id& id, wire::CompletionParams params) {
  ask(id, Style::classic_list, std::move(params));
}

void Server::ask(const wire::Id& id, Style style, wire::CompletionParams params) {
  if (!documents_.contains(params.uri)) {
    return respond_error(id, ErrorCode::invalid_params,
                         concat("the document is not open: ", params.uri));
  }
  const Snapshot document = documents_.snapshot(params.uri);
  const std::string silence =
      !settings_.completion.enabled ? "completions are switched off"
      : !model_                     ? "the model is not loaded"
      : !document ? concat("this document is offered nothing: it ", documents_.withheld(params.uri))
      : leaves_out(settings_, document->language_id())
          ? "completions are switched off for this language"
          : "";
  if (!silence.empty()) return remain_silent(id, params, silence);
  const Placed placed = notebooks_.place(document, documents_);
  const size_t cursor = document->offset_of(params.position, encoding_);
  const std::vector<std::string> cells = notebooks_.cells_around(params.uri);
  const auto is_another_text = [&](const std::string& other) {
    const bool is_in_text = std::find(cells.begin(), cells.end(), other) != cells.end();
    return !is_in_text && text::share_folder(params.uri, other, folders_);
  };
  Question question{
      .document = placed.document,
      .cursor = placed.begin + cursor,
      .others = documents_.others(params.uri, is_another_text),
      .folders = folders_,
      .selected = std::nullopt,
      .trigger = params.invoked ? Trigger::invoked : Trigger::automatic,
      .extent = settings_.completion.multiline ? Extent::block : Extent::line,
      .comments = settings_.completion.comments ? Comments::complete : Comments::leave,
      .max_tokens = settings_.completion.tokens};
  if (params.selected) {
    const auto& [span, text] = *params.selected;
    const text::Range range = range_of(*document, span, encoding_);
    if (cursor < range.begin || range.end < cursor) {
      return remain_silent(id, params, "the selected item of the menu does not end at the cursor");
    }
    question.selected = Selected{text, {placed.begin + range.begin, placed.begin + range.end}};
  }
  if (!question.selected) {
    if (auto shown = shown_suggestions_.goes_on(*document, cursor)) {
      if (shown->is_better) debugging_.took_alternative(params.uri);
      return present({id, style, std::move(question), document, placed.begin},
                     std::move(shown->answer), 0);
    }
  }
  question.attended = attention_.attended();
  if (placed.document == document) {  // else its lines are others in the longer text
    question.reported = attention_.reported(params.uri);
  } else {
    question.attended.erase(params.uri);
  }
  question.usage = options_.usage;
  completions_.ask({id, style, std::move(question), document, placed.begin});
  announce_status();
}

void Server::remain_silent(const wire::Id& id, const wire::CompletionParams& params,
                           std::string why) {
  explain({.uri = params.uri,
           .position = params.position,
           .span = std::nullopt,
           .text = "",
           .provenance = {.silence = std::move(why)}});
  respond(id, {});
}

void Server::explain(wire::Explanation explanation) {
  constexpr size_t most = 8;
  if (!explanation.text.empty()) debugging_.shown_beside();
  explained_.push_front(std::move(explanation));
  if (explained_.size() > most) explained_.pop_back();
}

void Server::answer(const Ask& ask, base::Result<std::optional<Answer>> result) {
  const text::Document& document = *ask.document;
  if (!result) {
    options_.log->error("completion failed: {}", result.message());
    return respond_error(ask.id, ErrorCode::internal_error, result.message());
  }
  // Invariant: a result computed for an older version never reaches the editor.
  const bool current = documents_.version(document.uri()) == document.version();
  if (!*result || !current) return respond(ask.id, {});
  Answer found = std::move(**result);
  if (!may_be_inserted(found.text)) {
    found.text.clear();
    found.provenance.silence = "the text holds bytes that are no characters";
  }
  Question next = ask.question;
  next.urgency = Urgency::ahead;
  next.selected.reset();
  next.trigger = Trigger::automatic;
  const text::Range there{found.range.begin, found.range.begin + found.text.size()};
  next.cursor = there.end;
  next.document = next.document->edit(found.range, found.text, document.version());
  const bool shows = !found.text.empty();
  found.range.begin -= ask.begin;
  found.range.end -= ask.begin;
  const double ms = completions_.last_ms().value_or(0);
  if (!found.text.empty()) {
    shown_suggestions_.show(ask.document, ask.question.cursor - ask.begin, found, ms);
  }
  present(ask, std::move(found), ms);
  if (!shows) return;
  debugging_.suggested(next.document, there, [this, uri = document.uri()](std::string better) {
    shown_suggestions_.better(uri, std::move(better));
  });
  completions_.ahead(std::move(next));
}

// `found.range` is of the document that the client has.
void Server::present(const Ask& ask, Answer found, double ms) {
  const text::Document& document = *ask.document;
  wire::Explanation explanation{
      .uri = document.uri(),
      .position = document.position_of(ask.question.cursor - ask.begin, encoding_),
      .span = std::nullopt,
      .text = found.text,
      .ms = ms,
      .provenance = std::move(found.provenance)};
  if (found.text.empty()) {
    explain(std::move(explanation));
    return respond(ask.id, {});
  }
  if (ask.style == Style::classic_list) {
    begin_at_word(document.text(), ask.question.cursor - ask.begin, found);
  }
  const wire::Span span{document.position_of(found.range.begin, encoding_),
                        document.position_of(found.range.end, encoding_)};
  explanation.span = span;
  explain(std::move(explanation));
  const std::vector<wire::CompletionItem> items{{std::move(found.text), span}};
  respond(ask.id, ask.style == Style::inline_item ? wire::encode_inline(items)
                                                  : wire::encode_classic(items));
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
