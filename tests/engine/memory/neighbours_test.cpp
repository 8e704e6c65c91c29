#include "engine/decode/memory/neighbours.h"

#include "tests/engine/memory/fixture.h"
#include "tests/support/catch.h"

namespace engine::decode::memory {
namespace {

std::vector<Token> words(const std::string& text) {
  return toy().encode(text, tokenizer::SpecialTokens::literal);
}

}  // namespace

TEST_CASE("neighbours are texts of the project that share its rare words, the most related first") {
  const TemporaryPath path("neighbours");
  const auto corpus = write_and_open(path.str(), {}, {});
  const std::vector<Text> texts = {
      {0, 1, words("abc xyz qqq")}, {0, 1, words("ab only")},     {0, 1, words("xyz qqq too")},
      {0, 2, words("abc xyz qqq")}, {1, 1, words("abc xyz qqq")}, {0, 1, words("0 1 2")},
  };
  Neighbours neighbours(*corpus, pointers(texts));
  const auto found = neighbours.of(texts[0], texts[0].tokens, {});
  const auto is_text = [](const std::shared_ptr<const Buffer>& buffer, const Text& text) {
    return std::equal(buffer->tokens().begin(), buffer->tokens().end(), text.tokens.begin(),
                      text.tokens.end());
  };
  REQUIRE(found.size() >= 1);
  CHECK(is_text(found[0], texts[2]));
  for (const auto& buffer : found) CHECK_FALSE(is_text(buffer, texts[5]));
  CHECK(neighbours.of(texts[0], {}, {}).empty());
}

}  // namespace engine::decode::memory
