// Debugging as an editor has it: a command starts the search, diagnostics say what was found, and
// code actions, lenses, hovers and inlay hints are answered from that alone. Only one search runs
// at a time; nothing runs in a folder that the user does not trust, and nothing unasked but the
// tests of suggestions, where the user's own settings say so. Belongs to the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/findings.h"
#include "lsp/server/trust.h"
#include "lsp/wire/progress.h"

namespace lsp::server {

struct DebugOptions {
  std::shared_ptr<Debugger> debugger;  // null: nothing can be debugged
  enum class Background { off, on };   // whether suggestions are tried unasked
  Background background = Background::off;
  Trust trust;
};

class Debugging {
 public:
  // What it needs of the server.
  struct Host {
    Documents& documents;
    const std::vector<std::string>& folders;  // URIs
    const text::Encoding& encoding;
    const wire::ClientCapabilities& client;
    std::function<void(const wire::Notification&)> notify;
    std::function<void(std::function<wire::Request(int64_t)>)>
        ask;  // with an id; answers go unread
    std::function<void(wire::MessageType, const std::string&)> show;
    // Runs a job on a worker.
    std::function<void(std::function<void()>)> work;
    // From any thread: runs it on the loop.
    std::function<void(std::function<void()>)> post;
  };
  Debugging(DebugOptions options, Host host);

  // Commands that the client may ask for; none where nothing can be debugged.
  std::vector<std::string> commands() const;
  void set_locale(std::string locale) { locale_ = std::move(locale); }
  // Starts what the command says, or says why not. Its argument is the URI of a document; without
  // one, it is about the document that was used last.
  base::Status execute(const wire::ExecuteCommandParams& params);
  // A suggestion is shown: `accepted` is the document with it. Where it is agreed that things are
  // run in the background, its tests are run, unless another comes or it is gone before that.
  void suggested(const Snapshot& accepted);
  // Whether what was suggested is shown still, its beginning typed: its verdict holds then.
  enum class Suggestion { gone, shown };
  void changed(const std::string& uri, Suggestion suggestion);  // or closed
  void cancel(const std::string& token);
  void stop() {
    search_.reset();
    tried_.stopped.request_stop();
  }

  std::vector<wire::CodeAction> actions(const wire::SpanParams& params);
  std::vector<wire::CodeLens> lenses(const std::string& uri);
  const Findings& findings() const { return findings_; }

 private:
  struct Search {
    explicit Search(std::string token, Snapshot its)
        : progress(std::move(token)), document(std::move(its)) {}
    ~Search() { stopped.request_stop(); }
    std::string progress;
    Snapshot document;
    std::stop_source stopped;
  };
  // The tests of a suggestion.
  struct Tried {
    std::string uri;
    std::stop_source stopped;
    std::optional<Verdict> verdict;
  };
  bool is_trusted(const std::string& uri) const;
  void tell_verdict();
  base::Status debug(const std::string& uri);
  base::Status trust(const std::string& uri, bool trusted);
  void begin_progress(const std::string& token, const std::string& title);
  void end_search(const std::string& how);
  void failed(const std::string& token, Finding finding);
  void found(const std::string& token, base::Result<Finding> result);
  void publish(const std::set<std::string>& uris);

  DebugOptions options_;
  Host host_;
  Findings findings_;
  std::string locale_;
  std::unique_ptr<Search> search_;
  Tried tried_;
  int64_t searches_ = 0;
};

}  // namespace lsp::server
