#include "lsp/wire/message.h"

#include <nlohmann/json.hpp>

#include "lsp/wire/json_values.h"

namespace lsp::wire {
namespace {

using nlohmann::json;

json id_to_json(const Id& id) {
  return std::visit([](const auto& value) { return json(value); }, id);
}

std::optional<Id> id_from_json(const json& value) {
  if (value.is_string()) return Id(value.get<std::string>());
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() || value.get<uint64_t>() <= INT64_MAX);
  if (fits) return Id(value.get<int64_t>());
  return std::nullopt;
}

json call(const std::string& method, const Payload& params) {
  json message{{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.value().is_null()) message["params"] = params.value();
  return message;
}

Payload take(json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? Payload() : Payload(std::move(*found));
}

std::variant<Message, Malformed> invalid(std::optional<Id> id, std::string reason) {
  return Malformed{std::move(id), ErrorCode::invalid_request, std::move(reason)};
}

std::variant<Message, Malformed> response_from(json& object, std::optional<Id> id) {
  Response response{std::move(id), std::nullopt, take(object, "result")};
  if (const auto error = object.find("error"); error != object.end() && error->is_object()) {
    const auto code = error->find("code");
    const auto message = error->find("message");
    response.error =
        ResponseError{code != error->end() && code->is_number() ? code->get<int>() : 0,
                      message != error->end() && message->is_string() ? message->get<std::string>()
                                                                      : std::string()};
  }
  return Message{std::move(response), {}};
}

std::variant<Message, Malformed> message_from(json& object) {
  if (object.is_array()) return invalid(std::nullopt, "batches are not part of the protocol");
  if (!object.is_object()) return invalid(std::nullopt, "a message is an object");
  const auto id_field = object.find("id");
  const bool has_id = id_field != object.end();
  const std::optional<Id> id = has_id ? id_from_json(*id_field) : std::nullopt;
  const auto version = object.find("jsonrpc");
  if (version == object.end() || *version != "2.0") {
    return invalid(id, "\"jsonrpc\" must be \"2.0\"");
  }
  const auto method = object.find("method");
  if (method == object.end()) {
    if (has_id && (object.contains("result") || object.contains("error"))) {
      return response_from(object, id);
    }
    return invalid(id, "a message has a \"method\", or an \"id\" and a \"result\" or an \"error\"");
  }
  if (!method->is_string()) return invalid(id, "\"method\" must be a string");
  if (has_id && !id) return invalid(id, "\"id\" must be an integer or a string");
  const auto params = object.find("params");
  if (params != object.end() && !params->is_structured() && !params->is_null()) {
    return invalid(id, "\"params\" must be an object or an array");
  }
  auto name = method->get<std::string>();
  if (has_id) return Message{Request{*id, std::move(name), take(object, "params")}, {}};
  return Message{Notification{std::move(name), take(object, "params")}, {}};
}

}  // namespace

Payload::Payload() : value_(std::make_unique<json>()) {}
Payload::Payload(json value) : value_(std::make_unique<json>(std::move(value))) {}
Payload::~Payload() = default;
Payload::Payload(Payload&&) noexcept = default;
Payload& Payload::operator=(Payload&&) noexcept = default;

std::string to_text(const Id& id) { return id_to_json(id).dump(); }

std::variant<Message, Malformed> parse_message(std::string body) {
  const auto repairs = repair_json(body);
  if (!repairs) return Malformed{std::nullopt, ErrorCode::parse_error, repairs.message()};
  json object = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) {
    return Malformed{std::nullopt, ErrorCode::parse_error, "the message is not valid JSON"};
  }
  auto parsed = message_from(object);
  if (Message* message = std::get_if<Message>(&parsed)) message->repairs = *repairs;
  return parsed;
}

std::string to_text(const Request& request) {
  json message = call(request.method, request.params);
  message["id"] = id_to_json(request.id);
  return dump(message);
}

std::string to_text(const Notification& notification) {
  return dump(call(notification.method, notification.params));
}

std::string to_text(const Response& response) {
  json message{{"jsonrpc", "2.0"}, {"id", response.id ? id_to_json(*response.id) : json()}};
  if (response.error) {
    message["error"] = {{"code", response.error->code}, {"message", response.error->message}};
  } else {
    message["result"] = response.result.value();
  }
  return dump(message);
}

}  // namespace lsp::wire
