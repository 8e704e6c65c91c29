#include "engine/base/json.h"

#include <string>

#include "tests/support/catch.h"

namespace {

using engine::base::Json;
using engine::base::JsonKind;
using engine::base::JsonValue;

void check_refused(const std::string& text, const std::string& message) {
  INFO(text);
  const auto json = Json::parse(text);
  REQUIRE_FALSE(json.ok());
  CHECK(json.message() == message);
}

std::string string_of(const std::string& text) {
  const auto json = Json::parse(text);
  INFO(text);
  REQUIRE(json.ok());
  return std::string(json->root().string().value());
}

}  // namespace

TEST_CASE("values of every kind are read where they are") {
  const std::string text = R"( {"a": [1, -2.5e3, true, null, "x"], "b": {"c": false}, "d": []} )";
  auto parsed = Json::parse(text);
  REQUIRE(parsed.ok());
  const Json json = *std::move(parsed);  // values outlive a move of their document
  const JsonValue root = json.root();
  CHECK(root.kind() == JsonKind::object);
  CHECK(root.size() == 3);
  std::string names;
  root.for_each_member([&](std::string_view name, JsonValue) { names += name; });
  CHECK(names == "abd");
  std::vector<JsonValue> list;
  root.find("a")->for_each([&](JsonValue value) { list.push_back(value); });
  REQUIRE(list.size() == 5);
  CHECK(list[0].integer() == 1);
  CHECK(list[1].number() == -2500.0);
  CHECK_FALSE(list[1].integer());
  CHECK(list[2].boolean() == true);
  CHECK(list[3].is_null());
  CHECK(list[4].string() == "x");
  CHECK(text.substr(list[4].offset(), 3) == "\"x\"");
  CHECK(root.find("b")->find("c")->boolean() == false);
  CHECK_FALSE(root.find("e"));
  CHECK_FALSE(list[0].find("a"));
  CHECK(root.find("d")->size() == 0);
}

TEST_CASE("escapes are what they stand for") {
  CHECK(string_of(R"("a\"\\\/\b\f\n\r\t\u00e9\u4e00\ud83d\ude00")") == "a\"\\/\b\f\n\r\té一😀");
  CHECK(string_of("\"Ġthe\"") == "Ġthe");
}

TEST_CASE("numbers out of range are no numbers") {
  CHECK_FALSE(Json::parse("9223372036854775808")->root().integer());
  CHECK(Json::parse("-9223372036854775808")->root().integer() ==
        std::numeric_limits<int64_t>::min());
  CHECK_FALSE(Json::parse("1e999")->root().number());
}

TEST_CASE("what is not JSON is refused at its byte") {
  check_refused("", "byte 0: the text ends where a value is expected");
  check_refused("[1, 2", "byte 5: ',' or ']' is expected");
  check_refused("[1,]", "byte 3: no JSON value");
  check_refused("{\"a\" 1}", "byte 5: ':' is expected");
  check_refused("{a: 1}", "byte 1: the name of a member is expected");
  check_refused("{\"a\": 1 \"b\"}", "byte 8: ',' or '}' is expected");
  check_refused("01", "byte 1: more text behind the end");
  check_refused("-", "byte 0: no JSON value");
  check_refused("1.e3", "byte 0: no JSON value");
  check_refused("tru", "byte 0: no JSON value");
  check_refused("NaN", "byte 0: no JSON value");
  check_refused("\"a", "byte 2: the text ends inside a string");
  check_refused("\"a\nb\"", "byte 2: a control character inside a string");
  check_refused("\"\\x\"", "byte 2: no JSON escape");
  check_refused("\"\\u12g4\"", "byte 3: no four hexadecimal digits");
  check_refused("\"\\ud800\"", "byte 7: half of a surrogate pair");
  check_refused("\"\\udc00\"", "byte 7: half of a surrogate pair");
  check_refused("{} x", "byte 3: more text behind the end");
}

TEST_CASE("nesting is bounded") {
  const std::string nested = std::string(64, '[') + std::string(64, ']');
  CHECK(Json::parse(nested).ok());
  check_refused(std::string(100000, '['), "byte 64: nested deeper than 64");
}
