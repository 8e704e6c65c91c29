// The language server: the protocol's states, a handler for each method, its own requests.
//
// Everything here runs on the loop's thread. Jobs on workers get snapshots and come back as events
// (event.h), so that no handler ever waits. What a handler throws becomes an internal error.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "lsp/server/asking.h"
#include "lsp/server/attention.h"
#include "lsp/server/changing.h"
#include "lsp/server/completions.h"
#include "lsp/server/debugging.h"
#include "lsp/server/explained.h"
#include "lsp/server/filling.h"
#include "lsp/server/live_values.h"
#include "lsp/server/loop.h"
#include "lsp/server/next_edits.h"
#include "lsp/server/notebooks.h"
#include "lsp/server/options.h"
#include "lsp/server/shown.h"
#include "lsp/server/solving.h"
#include "lsp/server/testing.h"
#include "lsp/wire/protocol.h"

namespace lsp::server {

class Server {
 public:
  // Takes over both descriptors.
  Server(int in, int out, Options options);

  // Serves until the client says exit or goes; the process's exit code. Jobs may still be running
  // then; the destructor waits for them.
  int run();

 private:
  using OnRequest = std::function<void(const wire::Id&, wire::Payload)>;
  using OnNotification = std::function<void(wire::Payload)>;
  using OnResponse = std::function<void(const wire::Response&)>;
  enum class State { created, initialized, shut_down };
  // server.cpp: events, dispatch, the protocol's states
  void handle(Event event);
  void on(Arrived event);
  void on(ClientGone event);
  void on(ModelLoaded event);
  void on(Completed event);
  void on(Prepared event);
  void on(const Posted& event) { event.job(); }
  void forget_if_closed(const std::string& uri);
  void on_message(wire::Request request);
  void on_message(wire::Notification notification);
  void on_message(wire::Response response);
  void dispatch(const wire::Request& request, wire::Payload params);
  void leave(int exit_code);
  void respond(const wire::Id& id, wire::Payload result);
  void respond_error(const wire::Id& id, wire::ErrorCode code, std::string message);
  void notify(const wire::Notification& notification);
  void request(const wire::Request& request, OnResponse on_response);

  // handlers.cpp: the methods
  void add_handlers();
  template <typename Params>
  void add_request(std::string method, void (Server::*handler)(const wire::Id&, Params));
  template <typename Params>
  void add_notification(std::string method, void (Server::*handler)(Params));
  void initialize(const wire::Id& id, wire::InitializeParams params);
  void initialized();
  void did_open(wire::DidOpenParams params);
  void prepare(const std::string& uri);
  void did_change(wire::DidChangeParams params);
  void did_close(wire::DidCloseParams params);
  void did_open_notebook(wire::NotebookOpenParams params);
  void did_change_notebook(wire::NotebookChangeParams params);
  void did_close_notebook(wire::NotebookCloseParams params);
  void view(wire::ViewParams params);
  void did_change_folders(wire::DidChangeFoldersParams params);
  void did_change_configuration(wire::DidChangeConfigurationParams params);
  void cancel(wire::CancelParams params);
  // completion_handlers.cpp
  void inline_completion(const wire::Id& id, wire::CompletionParams params);
  void completion(const wire::Id& id, wire::CompletionParams params);
  void ask(const wire::Id& id, Style style, wire::CompletionParams params);
  void answer(const Ask& ask, base::Result<std::optional<Answer>> answer);
  void present(const Ask& ask, Answer found, double ms);
  void remain_silent(const wire::Id& id, const wire::CompletionParams& params, std::string why);
  void explain(std::vector<wire::Explanation> offered);
  // feature_handlers.cpp: what all features beside completion contribute to
  template <typename Params, typename Make>
  void answer_with(const char* method, Make make);
  void add_feature_handlers();
  void add_asking_handlers();
  Host host();
  std::vector<std::string> commands() const;
  base::Status execute(const wire::ExecuteCommandParams& params);

  void begin_progress();
  void end_progress();
  void ask_for_configuration();
  void configure(const std::vector<wire::Setting>& values);
  void apply_settings();
  void show(const Problem& problem);
  wire::Status status() const;
  void announce_status();

  Options options_;
  Settings settings_;                       // what is in force
  std::vector<wire::Setting> from_start_;   // initializationOptions
  std::vector<wire::Setting> from_client_;  // workspace/configuration, didChangeConfiguration
  std::set<std::string> shown_;             // problems, so that each is shown once
  std::vector<Problem> to_show_;            // until the client is initialized
  State state_ = State::created;
  bool client_ready_ = false;  // has sent `initialized`
  int exit_code_ = 1;
  wire::ClientCapabilities client_;
  std::vector<std::string> folders_;  // of the workspace, URIs
  text::Encoding encoding_ = text::Encoding::utf16;
  std::map<std::string, OnRequest> requests_;
  std::map<std::string, OnNotification> notifications_;
  std::set<wire::Id> unanswered_;        // requests of the client
  std::map<int64_t, OnResponse> asked_;  // requests to the client
  int64_t last_request_ = 0;
  Documents documents_;
  Notebooks notebooks_;
  Attention attention_;
  Completions completions_;
  Shown shown_suggestions_;
  Debugging debugging_;
  Filling filling_;
  Testing testing_;
  Solving solving_;
  LiveValues live_values_;
  NextEdits next_edits_;
  Asking asking_;
  Changing changing_;
  const std::vector<Feature*> features_{&debugging_,   &filling_,    &testing_, &solving_,
                                        &live_values_, &next_edits_, &changing_};
  std::shared_ptr<Model> model_;
  std::string load_error_;
  bool progress_shown_ = false;
  std::string announced_;  // the last status notification
  Explained explained_;
  Loop loop_;  // last: its workers end before what they report to
};

}  // namespace lsp::server
