// The open documents, whatever order a client's edits come in.
#include "lsp/server/documents.h"

#include <algorithm>
#include <random>

#include "tests/support/catch.h"

using lsp::server::Documents;
using lsp::text::Encoding;
using lsp::wire::ContentChange;
using lsp::wire::DidChangeParams;
using lsp::wire::Span;

namespace documents_test {
namespace {

const std::string uri = "file:///a.py";

Documents opened(const std::string& text, int64_t version = 0) {
  Documents documents;
  REQUIRE(documents.open({.uri = uri, .language_id = "python", .version = version, .text = text}));
  return documents;
}

std::string text_of(const Documents& documents) { return std::string(documents.find(uri)->text()); }

ContentChange insertion(uint32_t character, const std::string& text) {
  return {Span{{0, character}, {0, character}}, text};
}

// Of one line each, some with two changes.
std::vector<DidChangeParams> random_edits(std::mt19937& random, size_t size, int64_t count) {
  std::vector<DidChangeParams> edits;
  for (int64_t version = 1; version <= count; ++version) {
    DidChangeParams edit{uri, version, {}};
    for (size_t changes = 1 + random() % 2; changes > 0; --changes) {
      const auto begin = static_cast<uint32_t>(random() % (size + 1));
      const auto end = begin + static_cast<uint32_t>(random() % (size - begin + 1));
      const std::string text(random() % 4, static_cast<char>('a' + random() % 26));
      size = size - (end - begin) + text.size();
      edit.changes.push_back({Span{{0, begin}, {0, end}}, text});
    }
    edits.push_back(std::move(edit));
  }
  return edits;
}

}  // namespace

TEST_CASE("edits that overtake others end where they belong") {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<DidChangeParams> edits = random_edits(random, 5, 1 + random() % 20);
    Documents expected = opened("12345");
    for (const auto& edit : edits) REQUIRE(expected.change(edit, Encoding::utf16));
    Documents documents = opened("12345");
    std::shuffle(edits.begin(), edits.end(), random);
    for (const auto& edit : edits) (void)documents.change(edit, Encoding::utf16);
    REQUIRE(text_of(documents) == text_of(expected));
    REQUIRE(documents.version(uri) == expected.version(uri));
  }
}

TEST_CASE("an edit that comes late is said, and the next ones are in time") {
  Documents documents = opened("");
  REQUIRE(documents.change({uri, 1, {insertion(0, "a")}}, Encoding::utf8));
  REQUIRE(documents.change({uri, 3, {insertion(2, "c")}}, Encoding::utf8));
  const auto late = documents.change({uri, 2, {insertion(1, "b")}}, Encoding::utf8);
  CHECK(late.message() ==
        "version 2 came after version 3 and is put where it belongs: file:///a.py");
  REQUIRE(documents.change({uri, 4, {insertion(3, "d")}}, Encoding::utf8));
  CHECK(text_of(documents) == "abcd");
}

TEST_CASE("versions that start anew are taken as they come") {
  Documents documents = opened("", 7);
  for (const int64_t version : {8, 9, 1, 1, 2}) {
    (void)documents.change({uri, version, {insertion(0, std::to_string(version))}}, Encoding::utf8);
  }
  CHECK(text_of(documents) == "21198");
  CHECK(documents.version(uri) == 2);
  (void)documents.change({uri, 1, {insertion(0, "x")}}, Encoding::utf8);
  CHECK(text_of(documents) == "x21198");
}

TEST_CASE("nothing is put before a whole text") {
  Documents documents = opened("old");
  REQUIRE(documents.change({uri, 2, {insertion(0, "a")}}, Encoding::utf8));
  REQUIRE(documents.change({uri, 5, {{std::nullopt, "new"}}}, Encoding::utf8));
  REQUIRE(documents.change({uri, 7, {insertion(3, "7")}}, Encoding::utf8));
  (void)documents.change({uri, 6, {insertion(0, "6")}}, Encoding::utf8);
  CHECK(text_of(documents) == "6ne7w");
}

}  // namespace documents_test
