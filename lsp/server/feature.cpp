#include "lsp/server/feature.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/text/uri.h"
#include "lsp/wire/progress.h"

namespace lsp::server {

using wire::Progress;

namespace {

// Why nothing was run for a document, and what to do.
std::string untrusted(const std::string& uri) {
  return base::concat("nothing was run: ", text::path_of(uri),
                      " is in no folder that you trust (:LemmaTrust in Neovim, the workspace's "
                      "trust in VS Code, the command lemma.trust in other editors)");
}

}  // namespace

bool wanted(const wire::SpanParams& params, const std::string& kind) {
  return params.only.empty() ||
         std::any_of(params.only.begin(), params.only.end(),
                     [&](const std::string& each) { return kind == each || each.empty(); });
}

std::optional<base::Status> refusal(const Host& host, const std::string& uri) {
  if (!host.documents.contains(uri)) return base::fail("the document is not open: ", uri);
  if (host.trusts(uri)) return std::nullopt;
  host.show(wire::MessageType::warning, untrusted(uri));
  return base::Done{};
}

wire::CodeAction command_action(std::string title, const char* kind, const std::string& uri,
                                const char* command, std::optional<wire::Span> about) {
  wire::CodeAction action;
  action.title = std::move(title);
  action.kind = kind;
  action.uri = uri;
  action.command = command;
  action.about = about;
  return action;
}

void begin_progress(const Host& host, const std::string& token, const std::string& title) {
  if (!host.client.work_done_progress) return;
  host.ask([&](int64_t id) { return wire::create_progress(id, token); });
  host.notify(wire::progress(token, {Progress::Kind::begin, title, Progress::Cancel::yes}));
}

void report_progress(const Host& host, const std::string& token, const std::string& what) {
  if (!host.client.work_done_progress) return;
  host.notify(wire::progress(token, {Progress::Kind::report, what}));
}

void end_progress(const Host& host, const std::string& token, const std::string& how) {
  if (!host.client.work_done_progress) return;
  host.notify(wire::progress(token, {Progress::Kind::end, how}));
}

}  // namespace lsp::server
