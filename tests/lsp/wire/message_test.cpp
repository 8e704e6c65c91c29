#include "lsp/wire/message.h"

#include "lsp/wire/protocol.h"
#include "tests/support/catch.h"

using namespace lsp::wire;

namespace {

// The kind of message, its id and its method; or the error code, the id and the reason.
std::string summary(const std::string& body) {
  const auto id_text = [](const std::optional<Id>& id) { return id ? to_text(*id) : "null"; };
  auto parsed = parse_message(body);
  if (const auto* malformed = std::get_if<Malformed>(&parsed)) {
    return std::to_string(static_cast<int>(malformed->code)) + " " + id_text(malformed->id);
  }
  const auto& content = std::get<Message>(parsed).content;
  if (const auto* request = std::get_if<Request>(&content)) {
    return "request " + to_text(request->id) + " " + request->method;
  }
  if (const auto* notification = std::get_if<Notification>(&content)) {
    return "notification " + notification->method;
  }
  const auto& response = std::get<Response>(content);
  return "response " + id_text(response.id) +
         (response.error ? " error " + std::to_string(response.error->code) : "");
}

void check_message(const std::string& body, const std::string& expected) {
  INFO(body);
  CHECK(summary(body) == expected);
}

std::string nested(int depth) {
  return R"({"jsonrpc":"2.0","method":"m","params":)" + std::string(depth - 1, '[') +
         std::string(depth - 1, ']') + "}";
}

// The text of a didOpen whose "text" is written as `escaped` in the message.
std::string opened_text(const std::string& escaped, size_t expected_repairs) {
  auto parsed = parse_message(
      R"({"jsonrpc":"2.0","method":"o","params":{"textDocument":{"uri":"file:///a","version":1,)"
      R"("languageId":"text","text":")" +
      escaped + R"("}}})");
  auto& message = std::get<Message>(parsed);
  CHECK(message.repairs.bytes + message.repairs.surrogates == expected_repairs);
  auto params = decode<DidOpenParams>(std::move(std::get<Notification>(message.content).params));
  REQUIRE(params.ok());
  return params->text;
}

}  // namespace

TEST_CASE("requests, notifications and responses are told apart") {
  check_message(R"({"jsonrpc":"2.0","id":1,"method":"m"})", "request 1 m");
  check_message(R"({"jsonrpc":"2.0","id":"a\"b","method":"m","params":[]})", R"(request "a\"b" m)");
  check_message(R"({"jsonrpc":"2.0","id":-7,"method":"m","params":null})", "request -7 m");
  check_message(R"({"jsonrpc":"2.0","method":"m","params":{}})", "notification m");
  check_message(R"({"jsonrpc":"2.0","id":3,"result":null})", "response 3");
  check_message(R"({"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"x"}})",
                "response 3 error -1");
  check_message(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700}})",
                "response null error -32700");
}

TEST_CASE("what is no message gets the right error under the right id") {
  check_message("", "-32700 null");
  check_message("{", "-32700 null");
  check_message("{} x", "-32700 null");
  check_message("{\"a\":\"\t\"}", "-32700 null");
  check_message("[]", "-32600 null");
  check_message(R"([{"jsonrpc":"2.0","id":1,"method":"m"}])", "-32600 null");
  check_message("7", "-32600 null");
  check_message(R"({"id":1,"method":"m"})", "-32600 1");
  check_message(R"({"jsonrpc":"1.0","id":1,"method":"m"})", "-32600 1");
  check_message(R"({"jsonrpc":"2.0","id":1})", "-32600 1");
  check_message(R"({"jsonrpc":"2.0","id":1,"method":5})", "-32600 1");
  check_message(R"({"jsonrpc":"2.0","id":1,"method":"m","params":"text"})", "-32600 1");
  check_message(R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", "-32600 null");
  check_message(R"({"jsonrpc":"2.0","id":null,"method":"m"})", "-32600 null");
  check_message(R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"m"})", "-32600 null");
}

TEST_CASE("nesting is bounded") {
  check_message(nested(max_json_depth), "notification m");
  check_message(nested(max_json_depth + 1), "-32700 null");
  check_message(nested(1'000'000), "-32700 null");
  check_message(R"({"jsonrpc":"2.0","method":"[[[[\"[["})", "notification [[[[\"[[");
}

TEST_CASE("texts that are no Unicode are repaired, one code unit for each byte") {
  CHECK(opened_text("a\xFFz", 1) == "a\x1Az");
  CHECK(opened_text("\xC3\xE2\x82", 3) == "\x1A\x1A\x1A");
  CHECK(opened_text(R"(\ud83d\ude00)", 0) == "😀");
  CHECK(opened_text(R"(\ud83d)", 1) == "\uFFFD");
  CHECK(opened_text(R"(\ude00\ud83dx\ud83d)", 3) == "\uFFFD\uFFFDx\uFFFD");
  CHECK(opened_text(R"(\\ud83d\\)", 0) == R"(\ud83d\)");
}

TEST_CASE("messages are written so that they can be read") {
  const Request request{Id("x"), "m", Payload()};
  CHECK(to_text(request) == R"({"id":"x","jsonrpc":"2.0","method":"m"})");
  const Response answer{Id(4), std::nullopt, Payload()};
  CHECK(to_text(answer) == R"({"id":4,"jsonrpc":"2.0","result":null})");
  const Response failure{std::nullopt, ResponseError{-32700, "no \xFF"}, Payload()};
  CHECK(to_text(failure) ==
        "{\"error\":{\"code\":-32700,\"message\":\"no \uFFFD\"},\"id\":null,\"jsonrpc\":\"2.0\"}");
}
