// The methods of debugging, and what it needs of the server.
#include "engine/base/format.h"
#include "lsp/server/server.h"

namespace lsp::server {

using wire::ErrorCode;

Debugging::Host Server::debugging_host() {
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
          .work =
              [this](std::function<void()> job) {
                loop_.work([job = std::move(job)]() -> Event {
                  job();
                  return Posted{[] {}};
                });
              },
          .post = [this](std::function<void()> job) { loop_.post(Posted{std::move(job)}); }};
}

void Server::add_debug_handlers() {
  // Decodes the params and answers with what `make` says, an error included.
  const auto on = [this]<typename Params>(const char* method, auto make, const Params*) {
    requests_[method] = [this, make](const wire::Id& id, wire::Payload payload) {
      auto params = wire::decode<Params>(std::move(payload));
      if (!params) return respond_error(id, ErrorCode::invalid_params, params.message());
      make(id, *params);
    };
  };
  on(
      "workspace/executeCommand",
      [this](const wire::Id& id, const wire::ExecuteCommandParams& params) {
        const auto status = debugging_.execute(params);
        if (!status) return respond_error(id, ErrorCode::invalid_params, status.message());
        respond(id, {});
      },
      static_cast<const wire::ExecuteCommandParams*>(nullptr));
  on(
      "textDocument/codeAction",
      [this](const wire::Id& id, const wire::SpanParams& params) {
        const auto edits = client_.versioned_edits ? wire::Edits::versioned : wire::Edits::plain;
        respond(id, wire::encode(debugging_.actions(params), edits));
      },
      static_cast<const wire::SpanParams*>(nullptr));
  on(
      "textDocument/codeLens",
      [this](const wire::Id& id, const wire::DocumentParams& params) {
        respond(id, wire::encode(debugging_.lenses(params.uri)));
      },
      static_cast<const wire::DocumentParams*>(nullptr));
  on(
      "textDocument/inlayHint",
      [this](const wire::Id& id, const wire::SpanParams& params) {
        respond(id, wire::encode(debugging_.findings().inlays(params.uri, params.span)));
      },
      static_cast<const wire::SpanParams*>(nullptr));
  on(
      "textDocument/hover",
      [this](const wire::Id& id, const wire::PlaceParams& params) {
        const auto story = debugging_.findings().story(params.uri, params.position);
        if (!story) return respond(id, {});
        respond(id, wire::encode_hover(story->markdown, story->span));
      },
      static_cast<const wire::PlaceParams*>(nullptr));
  notifications_["window/workDoneProgress/cancel"] = [this](wire::Payload payload) {
    const auto params = wire::decode<wire::CancelProgressParams>(std::move(payload));
    if (params) debugging_.cancel(params->token);
  };
}

}  // namespace lsp::server
