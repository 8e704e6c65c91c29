// The methods that are answered by what all features say, and what these need of the server.
#include <algorithm>

#include "engine/base/format.h"
#include "lsp/server/server.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

template <typename T>
void append(std::vector<T>& all, std::vector<T> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

using wire::ErrorCode;

Host Server::host() {
  return {.documents = documents_,
          .folders = folders_,
          .encoding = encoding_,
          .client = client_,
          .notify = [this](const wire::Notification& notification) { notify(notification); },
          .ask =
              [this](const std::function<wire::Request(int64_t)>& make) {
                request(make(++last_request_), [](const wire::Response&) {});
              },
          .show =
              [this](wire::MessageType type, const std::string& message) {
                notify(wire::show_message(type, base::concat("lemma: ", message)));
              },
          .trusts =
              [this](const std::string& uri) {
                if (!uri.starts_with("file:")) return false;
                return client_.trusted || options_.debug.trust.holds(text::path_of(uri));
              },
          .work =
              [this](std::function<void()> job) {
                loop_.work([job = std::move(job)]() -> Event {
                  job();
                  return Posted{[] {}};
                });
              },
          .post = [this](std::function<void()> job) { loop_.post(Posted{std::move(job)}); }};
}

std::vector<std::string> Server::commands() const {
  std::vector<std::string> all;
  for (const Feature* feature : features_) append(all, feature->commands());
  return all;
}

base::Status Server::execute(const wire::ExecuteCommandParams& params) {
  // Some clients cannot send arguments with a command that their user picks.
  const std::string uri =
      params.arguments.empty() ? documents_.last_used() : params.arguments.front();
  for (Feature* feature : features_) {
    const std::vector<std::string> known = feature->commands();
    if (std::find(known.begin(), known.end(), params.command) == known.end()) continue;
    return feature->execute(params, uri);
  }
  return base::fail("unknown command '", params.command, "'");
}

// Decodes the params; `make` answers, with an error or not.
template <typename Params, typename Make>
void Server::answer_with(const char* method, Make make) {
  requests_[method] = [this, make](const wire::Id& id, wire::Payload payload) {
    auto params = wire::decode<Params>(std::move(payload));
    if (!params) return respond_error(id, ErrorCode::invalid_params, params.message());
    make(id, *params);
  };
}

void Server::add_asking_handlers() {
  answer_with<wire::AskParams>(
      "lemma/ask", [this](const wire::Id& id, const wire::AskParams& params) {
        auto asked = asking_.ask(params);
        if (!asked) return respond_error(id, ErrorCode::invalid_params, asked.message());
        respond(id, std::move(*asked));
      });
  notifications_["lemma/stop"] = [this](wire::Payload payload) {
    const auto params = wire::decode<wire::StopParams>(std::move(payload));
    if (params) asking_.stop(params->conversation);
  };
}

void Server::add_feature_handlers() {
  answer_with<wire::ExecuteCommandParams>(
      "workspace/executeCommand",
      [this](const wire::Id& id, const wire::ExecuteCommandParams& params) {
        const auto status = execute(params);
        if (!status) return respond_error(id, ErrorCode::invalid_params, status.message());
        respond(id, {});
      });
  answer_with<wire::SpanParams>("textDocument/codeAction",
                                [this](const wire::Id& id, const wire::SpanParams& params) {
                                  std::vector<wire::CodeAction> all;
                                  for (Feature* feature : features_)
                                    append(all, feature->actions(params));
                                  respond(id, wire::encode(all, wire::edits_of(client_)));
                                });
  answer_with<wire::DocumentParams>("textDocument/codeLens",
                                    [this](const wire::Id& id, const wire::DocumentParams& params) {
                                      std::vector<wire::CodeLens> all;
                                      for (Feature* feature : features_)
                                        append(all, feature->lenses(params.uri));
                                      respond(id, wire::encode(all));
                                    });
  answer_with<wire::SpanParams>("textDocument/inlayHint",
                                [this](const wire::Id& id, const wire::SpanParams& params) {
                                  std::vector<wire::InlayHint> all;
                                  for (Feature* feature : features_)
                                    append(all, feature->inlays(params));
                                  respond(id, wire::encode(all));
                                });
  answer_with<wire::PlaceParams>(
      "textDocument/hover", [this](const wire::Id& id, const wire::PlaceParams& params) {
        const auto story = debugging_.findings().story(params.uri, params.position);
        if (!story) return respond(id, {});
        respond(id, wire::encode_hover(story->markdown, story->span));
      });
  notifications_["lemma/dismissNextEdits"] = [this](wire::Payload payload) {
    const auto params = wire::decode<wire::DocumentParams>(std::move(payload));
    if (params) next_edits_.forget(params->uri);
  };
  notifications_["textDocument/didSave"] = [this](wire::Payload payload) {
    const auto params = wire::decode<wire::DocumentParams>(std::move(payload));
    if (!params) return;
    filling_.saved();
    debugging_.saved(params->uri);
  };
  notifications_["window/workDoneProgress/cancel"] = [this](wire::Payload payload) {
    const auto params = wire::decode<wire::CancelProgressParams>(std::move(payload));
    if (!params) return;
    for (Feature* feature : features_) feature->cancel(params->token);
  };
}

}  // namespace lsp::server
