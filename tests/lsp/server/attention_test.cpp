// lemma/view and edits: what reaches the model as edited, visible and reported.
#include "lsp/server/attention.h"

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Attended;
using lsp::server::Attention;
using lsp::server::Question;
using lsp::wire::ContentChange;
using lsp::wire::Span;

namespace attention_test {
namespace {

const std::string uri = "file:///a.py";

ContentChange edit(uint32_t first, uint32_t last, const std::string& text) {
  return {Span{{first, 0}, {last, 0}}, text};
}

std::string lines(const Attention& attention) {
  std::string all;
  const auto attended = attention.attended();
  const auto found = attended.find(uri);
  if (found == attended.end()) return all;
  for (const Attended& each : found->second) {
    all += each.kind == Attended::Kind::edited ? "edited " : "visible ";
    all += std::to_string(each.first_line) + "-" + std::to_string(each.last_line) + " ";
  }
  return all;
}

std::string after(std::vector<ContentChange> changes) {
  Attention attention;
  attention.change({uri, 1, std::move(changes)});
  return lines(attention);
}

}  // namespace

TEST_CASE("edited lines are joined where they are near, the latest first, four at most") {
  CHECK(after({edit(5, 5, "x")}) == "edited 5-5 ");
  CHECK(after({edit(5, 5, "x"), edit(7, 7, "y")}) == "edited 5-7 ");
  CHECK(after({edit(5, 5, "x"), edit(50, 50, "y")}) == "edited 50-50 edited 5-5 ");
  CHECK(after({edit(0, 0, "a"), edit(10, 10, "b"), edit(20, 20, "c"), edit(30, 30, "d"),
               edit(40, 40, "e")}) == "edited 40-40 edited 30-30 edited 20-20 edited 10-10 ");
}

TEST_CASE("edited lines move with the text above them") {
  CHECK(after({edit(50, 50, "x"), edit(5, 5, "1\n2\n")}) == "edited 5-7 edited 52-52 ");
  CHECK(after({edit(50, 50, "x"), edit(5, 15, "")}) == "edited 5-5 edited 40-40 ");
  CHECK(after({edit(5, 5, "x"), edit(50, 50, "\n")}) == "edited 50-51 edited 5-5 ");
  CHECK(after({edit(5, 9, "1\n2\n3\n4\n"), edit(6, 8, "")}) == "edited 5-7 ");
  CHECK(after({edit(9, 4, "x")}) == "edited 4-4 ");  // a span from its end to its start
}

TEST_CASE("a whole new text has no edited lines") {
  CHECK(after({edit(5, 5, "x"), ContentChange{std::nullopt, "new"}}).empty());
}

TEST_CASE("what a client shows replaces what it showed before, and closing forgets all") {
  Attention attention;
  attention.change({uri, 1, {edit(5, 5, "x")}});
  attention.view({{{uri, {Span{{10, 0}, {30, 0}}}, {{Span{{3, 0}, {3, 4}}, "undefined"}}}}});
  CHECK(lines(attention) == "edited 5-5 visible 10-30 ");
  REQUIRE(attention.reported(uri).size() == 1);
  CHECK(attention.reported(uri)[0].line == 3);
  attention.view({});
  CHECK(lines(attention) == "edited 5-5 ");
  CHECK(attention.reported(uri).empty());
  attention.close(uri);
  CHECK(lines(attention).empty());
}

TEST_CASE("a question says what was edited, can be seen, and is reported") {
  std::vector<Question> asked;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   asked.push_back(question);
                   return std::optional<lsp::server::Answer>();
                 })});
  client.start();
  const std::string other = "file:///b.py";
  client.open(uri, "x");
  client.open(other, "1\n2\n3\n");
  client.type(other, 2, 1, 0, "y");
  const auto range = [](int first, int last) {
    return json{{"start", {{"line", first}, {"character", 0}}},
                {"end", {{"line", last}, {"character", 1}}}};
  };
  const json diagnostic{{"range", range(0, 0)}, {"message", "undefined name"}};
  client.notify("lemma/view",
                {{"documents",
                  {{{"uri", uri}, {"visible", {range(0, 0)}}, {"diagnostics", {diagnostic}}},
                   {{"uri", "file:///closed.py"}, {"visible", {range(0, 9)}}}}}});
  client.notify("lemma/view", {{"documents", 7}});  // refused
  client.response(client.ask(uri, 0, 1));
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].attended.size() == 2);
  REQUIRE(asked[0].attended.at(other).size() == 1);
  CHECK(asked[0].attended.at(other)[0].first_line == 1);
  CHECK(asked[0].attended.at(uri)[0].kind == Attended::Kind::visible);
  REQUIRE(asked[0].reported.size() == 1);
  CHECK(asked[0].reported[0].message == "undefined name");
}

}  // namespace attention_test
