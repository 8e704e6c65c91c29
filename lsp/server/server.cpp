#include "lsp/server/server.h"

#include "engine/base/format.h"
#include "lsp/wire/progress.h"

namespace lsp::server {

using base::concat;
using wire::ErrorCode;

Server::Server(int in, int out, Options options)
    : options_(std::move(options)),
      settings_(options_.settings),
      to_show_(options_.problems),
      completions_(
          [this](const Ask& ask, base::Result<std::optional<Answer>> result) {
            answer(ask, std::move(result));
          },
          [this](uint64_t job, Question question, std::stop_token stop) {
            loop_.work([model = model_, job, question = std::move(question), stop]() -> Event {
              const std::string& uri = question.document->uri();
              try {
                return Completed{uri, job, model->complete(question, stop)};
              } catch (const std::exception& error) {
                return Completed{uri, job, base::Error{error.what()}};
              }
            });
          }),
      shown_suggestions_(options_.usage),
      debugging_(options_.debug, host()),
      filling_(options_.filler, host()),
      testing_(options_.tester, host()),
      solving_(options_.solver, host()),
      live_values_(options_.evaluator, options_.debug.background, host()),
      next_edits_(options_.edits, settings_, host()),
      asking_(options_.chat, options_.no_chat, host()),
      changing_(options_.changer, options_.no_chat, host()),
      loop_(in, out, [this](Event event) { handle(std::move(event)); }) {
  add_handlers();
  add_feature_handlers();
  add_asking_handlers();
}

int Server::run() {
  loop_.work([load = options_.load]() -> Event {
    try {
      return ModelLoaded{load()};
    } catch (const std::exception& error) {
      return ModelLoaded{base::Error{error.what()}};
    }
  });
  loop_.run();
  completions_.abandon_all();
  for (Feature* feature : features_) feature->stop();
  asking_.stop();
  return exit_code_;
}

// The guard around every event: nothing that is thrown ends the server.
void Server::handle(Event event) {
  try {
    std::visit([this](auto&& content) { on(std::move(content)); }, std::move(event));
  } catch (const std::exception& error) {
    options_.log->error("internal error: {}", error.what());
  }
}

void Server::on(Arrived event) {
  if (!event.body) {
    options_.log->warn("malformed input: {}", event.body.message());
    const wire::ResponseError error{static_cast<int>(ErrorCode::parse_error), event.body.message()};
    return loop_.send(wire::to_text(wire::Response{std::nullopt, error, {}}));
  }
  auto parsed = wire::parse_message(std::move(event.body).value());
  if (const auto* malformed = std::get_if<wire::Malformed>(&parsed)) {
    options_.log->warn("malformed message: {}", malformed->reason);
    const wire::ResponseError error{static_cast<int>(malformed->code), malformed->reason};
    return loop_.send(wire::to_text(wire::Response{malformed->id, error, {}}));
  }
  auto& message = std::get<wire::Message>(parsed);
  if (message.repairs.bytes + message.repairs.surrogates > 0) {
    options_.log->warn("a message with {} bytes that are no UTF-8 and {} halves of characters",
                       message.repairs.bytes, message.repairs.surrogates);
  }
  std::visit([this](auto&& content) { on_message(std::move(content)); },
             std::move(message.content));
}

void Server::on(ClientGone event) {
  options_.log->info("the client is gone: {}", event.reason);
  leave(state_ == State::shut_down ? 0 : 1);
}

void Server::on(ModelLoaded event) {
  if (event.model) {
    model_ = std::move(event.model).value();
    options_.log->info("ready: {}", model_->info().description);
    for (const std::string& uri : documents_.uris()) prepare(uri);
  } else {
    load_error_ = event.model.message();
    show({Problem::Kind::error, load_error_});
  }
  end_progress();
  announce_status();
}

void Server::on(Completed event) {
  forget_if_closed(event.uri);
  completions_.completed(std::move(event));
  announce_status();
}

void Server::on(Prepared event) { forget_if_closed(event.uri); }

// A job that ran while its document was closed may have kept something anew.
void Server::forget_if_closed(const std::string& uri) {
  if (!documents_.contains(uri)) model_->forget(uri);
}

void Server::on_message(wire::Request request) {
  const wire::Id id = request.id;
  if (!unanswered_.insert(id).second) {
    const wire::ResponseError error{static_cast<int>(ErrorCode::invalid_request),
                                    "a request with this id is not answered yet"};
    return loop_.send(wire::to_text(wire::Response{id, error, {}}));
  }
  const bool first = request.method == "initialize";
  if (state_ == State::created && !first) {
    return respond_error(id, ErrorCode::server_not_initialized, "initialize comes first");
  }
  if (state_ == State::shut_down) {
    return respond_error(id, ErrorCode::invalid_request, "the server is shut down");
  }
  if (state_ == State::initialized && first) {
    return respond_error(id, ErrorCode::invalid_request, "initialize comes once");
  }
  const auto handler = requests_.find(request.method);
  if (handler == requests_.end()) {
    return respond_error(id, ErrorCode::method_not_found,
                         concat("unknown method '", request.method, "'"));
  }
  try {
    handler->second(id, std::move(request.params));
  } catch (const std::exception& error) {
    options_.log->error("{}: {}", request.method, error.what());
    if (unanswered_.contains(id)) respond_error(id, ErrorCode::internal_error, error.what());
  }
}

void Server::on_message(wire::Notification notification) {
  if (notification.method == "exit") return leave(state_ == State::shut_down ? 0 : 1);
  if (state_ != State::initialized) return;
  const auto handler = notifications_.find(notification.method);
  if (handler != notifications_.end()) return handler->second(std::move(notification.params));
  if (!notification.method.starts_with("$/")) {
    options_.log->debug("ignored: {}", notification.method);
  }
}

void Server::on_message(wire::Response response) {
  const int64_t* id = response.id ? std::get_if<int64_t>(&*response.id) : nullptr;
  const auto found = id == nullptr ? asked_.end() : asked_.find(*id);
  if (found == asked_.end()) return options_.log->warn("an answer to a question nobody asked");
  const OnResponse handler = std::move(found->second);
  asked_.erase(found);
  handler(response);
}

void Server::leave(int exit_code) {
  exit_code_ = exit_code;
  loop_.finish();
}

void Server::respond(const wire::Id& id, wire::Payload result) {
  INVARIANT(unanswered_.erase(id) == 1);
  loop_.send(wire::to_text(wire::Response{id, std::nullopt, std::move(result)}));
}

void Server::respond_error(const wire::Id& id, ErrorCode code, std::string message) {
  INVARIANT(unanswered_.erase(id) == 1);
  const wire::ResponseError error{static_cast<int>(code), std::move(message)};
  loop_.send(wire::to_text(wire::Response{id, error, {}}));
}

void Server::notify(const wire::Notification& notification) {
  loop_.send(wire::to_text(notification));
}

void Server::request(const wire::Request& request, OnResponse on_response) {
  asked_.emplace(std::get<int64_t>(request.id), std::move(on_response));
  loop_.send(wire::to_text(request));
}

}  // namespace lsp::server
