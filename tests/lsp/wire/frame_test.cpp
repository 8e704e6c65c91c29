#include "lsp/wire/frame.h"

#include "tests/support/catch.h"

using lsp::wire::FrameReader;

namespace {

constexpr size_t all_at_once = std::string::npos;

// What the reader makes of `input`: bodies as they are, problems as "! message".
std::vector<std::string> read_all(const std::string& input, size_t piece, size_t max_bytes) {
  FrameReader reader(max_bytes);
  std::vector<std::string> result;
  for (size_t at = 0; at < input.size(); at += std::min(piece, input.size() - at)) {
    reader.push(std::string_view(input).substr(at, piece));
    while (auto body = reader.next()) {
      result.push_back(body->ok() ? **body : "! " + body->message());
    }
  }
  return result;
}

// However the bytes are cut into pieces.
void check_frames(const std::string& input, const std::vector<std::string>& expected,
                  size_t max_bytes = 1000) {
  for (const size_t piece : {all_at_once, size_t{1}, size_t{2}, size_t{7}, size_t{64}}) {
    INFO(input << " in pieces of " << piece);
    CHECK(read_all(input, piece, max_bytes) == expected);
  }
}

}  // namespace

TEST_CASE("messages are found behind their headers") {
  check_frames("Content-Length: 2\r\n\r\n{}", {"{}"});
  check_frames("Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[12]", {"{}", "[12]"});
  check_frames("content-LENGTH:7  \r\nX-Other: 1\r\n\r\n\r\n\r\n12\n", {"\r\n\r\n12\n"});
  check_frames("Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\nx", {"", "x"});
  check_frames(
      "Content-Length: 1\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\nx",
      {"x"});
  check_frames("Content-Length: 9\r\n\r\npart", {});
  check_frames(lsp::wire::frame("{\"é\":1}"), {"{\"é\":1}"});
}

TEST_CASE("after a header that makes no sense the next message is found") {
  const std::string good = "Content-Length: 2\r\n\r\n{}";
  check_frames("Content-Length: -2\r\n\r\n" + good,
               {"! Content-Length '-2' is not a number of bytes", "{}"});
  check_frames("Content-Length: 0x2\r\n\r\n" + good,
               {"! Content-Length '0x2' is not a number of bytes", "{}"});
  check_frames("Content-Length: 99999999999999999999999\r\n\r\n" + good,
               {"! Content-Length '99999999999999999999999' is not a number of bytes", "{}"});
  // A number, but passing over as many bytes would be waiting for good.
  check_frames("Content-Length: 9223372036854775807\r\n\r\n" + good,
               {"! Content-Length '9223372036854775807' is not a number of bytes", "{}"});
  check_frames("Content-Length:\r\n\r\n" + good,
               {"! Content-Length '' is not a number of bytes", "{}"});
  check_frames("Content-Type: text\r\n\r\n" + good, {"! a header without Content-Length", "{}"});
  check_frames("{\"jsonrpc\":\"2.0\"}\r\n" + good, {"! a line that is no header", "{}"});
  check_frames("no colon\r\n" + good, {"! a line that is no header", "{}"});
  check_frames("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + good,
               {"! Content-Length is given twice", "{}", "{}"});
}

TEST_CASE("noise of any length costs one error and no memory") {
  const std::string good = "Content-Length: 2\r\n\r\n{}";
  check_frames(std::string(100'000, 'x') + good + good, {"! a header without an end", "{}", "{}"});
  check_frames("\r\n\r\n\r\n\r\n" + good, {"! a line that is no header", "{}"});
}

TEST_CASE("a message past the limit is passed over") {
  const std::string body(50, 'x');
  check_frames(lsp::wire::frame(body) + "Content-Length: 2\r\n\r\n{}",
               {"! a message of 50 bytes; the most is 49", "{}"}, 49);
  check_frames(lsp::wire::frame(body), {body}, 50);
}

TEST_CASE("a message in another charset is passed over") {
  check_frames(
      "Content-Length: 3\r\nContent-Type: x; charset=utf-16\r\n\r\nabc" + lsp::wire::frame("{}"),
      {"! a message whose charset is not utf-8", "{}"});
}

TEST_CASE("the reader knows whether the input may end") {
  FrameReader reader;
  CHECK(reader.between_messages());
  reader.push("Content-Length: 3\r\n\r\nab");
  CHECK_FALSE(reader.between_messages());
  reader.push("c");
  CHECK(reader.between_messages());
  reader.push("Con");
  CHECK_FALSE(reader.between_messages());
}
