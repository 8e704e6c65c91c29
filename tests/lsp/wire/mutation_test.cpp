// The fuzz target's work with a fixed seed and a short time.
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/wire_input.h"
#include "tests/support/catch.h"

namespace {

const std::vector<std::string> seeds{
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":1,"capabilities":{}}})",
    R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"u",)"
    R"("languageId":"c","version":1,"text":"int \ud83d\ude00 é\n"}}})",
    R"({"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"u",)"
    R"("version":2},"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":)"
    R"({"line":0,"character":2}},"text":"x"}]}})",
    R"({"jsonrpc":"2.0","id":"a","method":"textDocument/inlineCompletion","params":{)"
    R"("textDocument":{"uri":"u"},"position":{"line":1,"character":2},)"
    R"("context":{"triggerKind":2}}})",
    R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":9}})",
    R"({"jsonrpc":"2.0","id":5,"result":[{"completion":{"enabled":true}}]})"};

std::string random_input(std::mt19937& random) {
  std::string input;
  for (int i = 0; i < 3; ++i) input += lsp::wire::frame(seeds[random() % seeds.size()]);
  return fuzz::mutated(input, "\"\\{}[]:,-0189eu\r\n \xFF\xC3\xED", random);
}

}  // namespace

TEST_CASE("mutated input is refused or read, and never more than that") {
  std::mt19937 random(3);
  fuzz::WireFigures sum;
  for (int i = 0; i < 20'000; ++i) {
    const fuzz::WireFigures figures = fuzz::feed_wire(random_input(random));
    sum.problems += figures.problems;
    sum.messages += figures.messages;
    sum.decoded += figures.decoded;
  }
  CHECK(sum.problems > 5'000);
  CHECK(sum.messages > 20'000);
  CHECK(sum.decoded > 10'000);
}
