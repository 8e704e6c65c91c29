// What a feature beside completion adds to the server: commands that start its work, and what it
// has to show in a document once that is done. The server merges what all of them say; none of them
// knows the others. Belongs to the loop's thread.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/server/documents.h"
#include "lsp/text/tongue.h"
#include "lsp/wire/debugging.h"

namespace lsp::server {

// What features need of the server.
struct Host {
  Documents& documents;
  const std::vector<std::string>& folders;  // URIs
  const text::Encoding& encoding;
  const wire::ClientCapabilities& client;
  std::function<void(const wire::Notification&)> notify;
  std::function<void(std::function<wire::Request(int64_t)>)> ask;  // with an id; answers go unread
  std::function<void(wire::MessageType, const std::string&)> show;
  // Whether what a document's folder holds may be run: its user trusts it, or the client does.
  std::function<bool(const std::string& uri)> trusts;
  // Runs a job on a worker.
  std::function<void(std::function<void()>)> work;
  // From any thread: runs it on the loop.
  std::function<void(std::function<void()>)> post;
};

class Feature {
 public:
  virtual ~Feature() = default;

  // Those that the client may ask for; none where the feature is not at hand.
  virtual std::vector<std::string> commands() const = 0;
  // Starts one of them, or says why not. `uri` is the document that it is about.
  virtual base::Status execute(const wire::ExecuteCommandParams& params,
                               const std::string& uri) = 0;
  // The document has changed, or is closed.
  virtual void changed(const std::string& uri) = 0;
  // The client's user wants the work with this token no more.
  virtual void cancel(const std::string&) {}
  // The server ends.
  virtual void stop() = 0;

  virtual std::vector<wire::CodeAction> actions(const wire::SpanParams&) { return {}; }
  virtual std::vector<wire::CodeLens> lenses(const std::string&) { return {}; }
  virtual std::vector<wire::InlayHint> inlays(const wire::SpanParams&) { return {}; }
};

// Of the client's user.
text::Tongue tongue_of(const Host& host);
// In that language.
std::string say(const Host& host, const text::Sentence& sentence, text::Values values = {});

// Why work that takes a while has ended without a result.
inline constexpr text::Sentence cancelled = {"cancelled", "已取消", "annulé", "abgebrochen"};
inline constexpr text::Sentence has_changed = {"the text has changed", "文本已改变",
                                               "le texte a changé", "der Text hat sich geändert"};
// Why a file cannot be run: nobody is to trust such a folder as a whole.
inline constexpr text::Sentence wide_folder = {
    "'{folder}' holds more than a project: put the file into a folder of its own and trust that, "
    "or run lemma debug FILE in a terminal",
    "“{folder}”不只是一个项目：请把文件放进单独的文件夹并信任它，或在终端中运行 lemma debug FILE",
    "« {folder} » contient plus qu'un projet : mettez le fichier dans un dossier à lui et "
    "accordez-lui votre confiance, ou lancez lemma debug FILE dans un terminal",
    "„{folder}“ enthält mehr als ein Projekt: legen Sie die Datei in einen eigenen Ordner und "
    "vertrauen Sie diesem, oder führen Sie lemma debug FILE in einem Terminal aus"};
// Where a result is.
inline constexpr text::Sentence offered_there = {
    "offered there as a code action", "已在该处作为代码操作提供", "proposé là comme action de code",
    "dort als Codeaktion angeboten"};

// The folder of the workspace that holds the document, which is a file, else the file's own.
std::string project_folder(const Host& host, const std::string& uri);

// How a command about a document that is to be run ends where that may not be: with an error, or
// once its user was told. Nothing where it may.
std::optional<base::Status> refusal(const Host& host, const std::string& uri);

// A code action that has the client send a command about the document, or a part of it.
wire::CodeAction command_action(std::string title, const char* kind, const std::string& uri,
                                const char* command, std::optional<wire::Span> about = {});

// What one is called that offers a change: in which words, what was seen of it, and whether it was
// verified.
std::string title_of_change(text::Tongue tongue, std::string_view what, std::string_view seen,
                            bool verified);

// Whether the client wants code actions of that kind, or of one that it is a part of.
bool wanted(const wire::SpanParams& params, const std::string& kind);

// Work that takes a while, as the client shows it; nothing to clients that cannot.
void begin_progress(const Host& host, const std::string& token, const std::string& title);
void report_progress(const Host& host, const std::string& token, const std::string& what);
void end_progress(const Host& host, const std::string& token, const std::string& how);

// Who has a token of it is stopped when it goes. No copy, whose end would stop them too early.
class StopAtEnd {
 public:
  StopAtEnd() = default;
  ~StopAtEnd() { source_.request_stop(); }
  StopAtEnd(const StopAtEnd&) = delete;
  StopAtEnd& operator=(const StopAtEnd&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
};

// Runs `job` on a worker and `then` with its result on the loop. What the job throws is an error.
template <typename T>
void run_job(const Host& host, std::function<base::Result<T>()> job,
             std::function<void(base::Result<T>)> then) {
  host.work([post = host.post, job = std::move(job), then = std::move(then)] {
    base::Result<T> result = base::Error{""};
    try {
      result = job();
    } catch (const std::exception& error) {
      result = base::Error{error.what()};
    }
    post([then, result = std::move(result)] { then(result); });
  });
}

}  // namespace lsp::server
