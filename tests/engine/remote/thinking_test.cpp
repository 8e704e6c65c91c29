// Streams of tags and of channels, cut at every place.
#include "engine/remote/thinking.h"

#include "tests/support/catch.h"

namespace {

using engine::remote::Thinking;

// "THOUGHT|ANSWER", the stream in pieces of so many bytes.
std::string told_apart(const std::string& stream, size_t piece_bytes) {
  Thinking thinking;
  std::string thought, text;
  const auto take = [&](const Thinking::Part& part) {
    if (part.all_was_thought) thought += std::exchange(text, "");
    thought += part.thought;
    text += part.text;
  };
  for (size_t at = 0; at < stream.size(); at += piece_bytes) {
    take(thinking.push(stream.substr(at, piece_bytes)));
  }
  take(thinking.end());
  return thought + "|" + text;
}

void check(const std::string& stream, const std::string& expected) {
  for (const size_t piece_bytes : {size_t{1}, size_t{3}, size_t{7}, stream.size() + 1}) {
    INFO(stream << " in pieces of " << piece_bytes);
    CHECK(told_apart(stream, piece_bytes) == expected);
  }
}

}  // namespace

TEST_CASE("harmony's channels but the last are thought") {
  check(
      "<|channel|>analysis<|message|>One and one.<|end|><|start|>assistant"
      "<|channel|>final<|message|>It is 2.",
      "One and one.|It is 2.");
  check("<|channel|>final<|message|>2", "|2");
  check(
      "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary"
      "<|message|>b<|end|><|start|>assistant<|channel|>final<|message|>c",
      "ab|c");
  check("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}", "{}|");
}

TEST_CASE("harmony's marks within the answer are the answer's own") {
  check("<|channel|>final<|message|>It ends in <|end|>, and <|channel|> goes before.",
        "|It ends in <|end|>, and <|channel|> goes before.");
  check("<|channel|>final<|message|><think>", "|<think>");
  check("An answer without channels: <|channel|>final",
        "|An answer without channels: <|channel|>final");
}

TEST_CASE("of a harmony stream that is cut off nothing is said that was a mark") {
  check("<|channel|>analysis<|message|>One and <|en", "One and <|en|");
  check("<|channel|>analysis<|message|>One.<|end|><|start|>assis", "One.|");
  check("<|channel|>ana", "|");
}

TEST_CASE("tags tell thoughts from the answer") {
  check("<think>hm</think>\n\n2", "hm|2");
  check("hm</think>2", "hm|2");
  check("a < b <| c", "|a < b <| c");
}
