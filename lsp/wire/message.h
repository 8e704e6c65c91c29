// JSON-RPC 2.0 as the language server protocol uses it: requests, notifications, responses; no
// batches; ids are integers or strings.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>

#include "lsp/wire/json_text.h"

namespace lsp::wire {

// A JSON value on its way in or out. Only the wire looks into it.
class Payload {
 public:
  Payload();  // null
  explicit Payload(nlohmann::json value);
  ~Payload();
  Payload(Payload&&) noexcept;
  Payload& operator=(Payload&&) noexcept;

  nlohmann::json& value() { return *value_; }
  const nlohmann::json& value() const { return *value_; }

 private:
  std::unique_ptr<nlohmann::json> value_;
};

using Id = std::variant<int64_t, std::string>;

// For log lines.
std::string to_text(const Id& id);

enum class ErrorCode {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  server_not_initialized = -32002,
  request_cancelled = -32800,
  content_modified = -32801,
};

struct Request {
  Id id;
  std::string method;
  Payload params;
};

struct Notification {
  std::string method;
  Payload params;
};

struct ResponseError {
  int code;
  std::string message;
};

struct Response {
  std::optional<Id> id;  // null for an answer to what had no readable id
  std::optional<ResponseError> error;
  Payload result;
};

struct Message {
  std::variant<Request, Notification, Response> content;
  Repairs repairs;
};

// What to answer to a body that is no message: a parse error or an invalid request.
struct Malformed {
  std::optional<Id> id;
  ErrorCode code;
  std::string reason;
};

std::variant<Message, Malformed> parse_message(std::string body);

// Bodies, without their frame.
std::string to_text(const Request& request);
std::string to_text(const Notification& notification);
std::string to_text(const Response& response);

}  // namespace lsp::wire
