// Prompts for gaps: for models that fill them, within what they can read.
#include "lsp/context/gap.h"

#include "engine/gguf/file.h"
#include "tests/lsp/context/check.h"
#include "tests/support/toy_vocabulary.h"

namespace lsp::context {
namespace {

std::string lines(const std::string& name, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += name + " = " + std::to_string(i) + "\n";
  return all;
}

const std::string head = "def half(n):\n    \"\"\"Half of n.\"\"\"\n    ";

std::string text_of(const GapPrompt& prompt) {
  std::string all;
  for (const Token token : prompt.encoded.tokens) all += tokenizer().bytes(token);
  return all;
}

}  // namespace

TEST_CASE("a gap's prompt has all around it where that fits") {
  const auto prompt =
      prompt_of({.before = "x = 1\n" + head, .after = "\ny = 2\n"}, tokenizer(), 500);
  REQUIRE(prompt.ok());
  const auto fim = *tokenizer().fim();
  const auto& tokens = prompt->encoded.tokens;
  for (const Token token : {fim.prefix, fim.suffix, fim.middle}) {
    CHECK(std::count(tokens.begin(), tokens.end(), token) == 1);
  }
  CHECK(prompt->typed == "    ");
  CHECK(text_of(*prompt).find("x = 1\ndef half(n):") != std::string::npos);
  CHECK(text_of(*prompt).find("y = 2\n") != std::string::npos);
}

TEST_CASE("a gap's prompt is cut to whole lines that fit") {
  const Gap gap{.before = lines("before", 3000) + head,
                .after = "\n" + lines("after", 3000),
                .needed = head.size()};
  for (const int room : {60, 200, 1000, 4000}) {
    const auto prompt = prompt_of(gap, tokenizer(), room);
    INFO(room);
    REQUIRE(prompt.ok());
    CHECK(prompt->encoded.tokens.size() <= static_cast<size_t>(room));
    CHECK(prompt->encoded.tokens.size() > static_cast<size_t>(room) / 4);
    const std::string text = text_of(*prompt);
    CHECK(text.find("def half(n):\n    \"\"\"Half of n.\"\"\"") != std::string::npos);
    CHECK((text.starts_with("before = ") || text.starts_with("def half")));
    CHECK(text.find("before = 0\n") == std::string::npos);
  }
  Gap short_one = gap;
  short_one.most = 400;
  CHECK(text_of(*prompt_of(short_one, tokenizer(), 4000)).size() < 700);
}

TEST_CASE("a function that does not fit the model's context is refused") {
  const Gap gap{.before = head + std::string(4000, '#'), .after = "", .needed = head.size() + 4000};
  const auto prompt = prompt_of(gap, tokenizer(), 100);
  REQUIRE_FALSE(prompt.ok());
  CHECK(prompt.message().find("does not fit") != std::string::npos);
  CHECK(prompt.message().find("100 tokens") != std::string::npos);
  CHECK_FALSE(prompt_of({.before = "x = ", .after = ""}, tokenizer(), 0).ok());
  CHECK_FALSE(prompt_of({.before = "x = ", .after = ""}, tokenizer(), -64).ok());
}

TEST_CASE("a model without tokens for gaps is not asked to fill one") {
  const auto toy = support::toy_tokenizer();
  REQUIRE_FALSE(toy.fim());
  const auto prompt = prompt_of({.before = head, .after = ""}, toy, 500);
  REQUIRE_FALSE(prompt.ok());
  CHECK(prompt.message().find("does not fill gaps") != std::string::npos);
}

TEST_CASE("what is behind a gap comes first for models that were trained so") {
  const auto seed = support::toy_tokenizer({"<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"});
  const auto prompt = prompt_of({.before = "a = 1\nb = ", .after = "\nc"}, seed, 100);
  REQUIRE(prompt.ok());
  std::string all;
  for (const Token token : prompt->encoded.tokens) {
    all += seed.is_special(token) ? seed.text(token) : seed.bytes(token);
  }
  CHECK(all + prompt->encoded.healed ==
        "<|begin|><[fim-suffix]>\nc<[fim-prefix]>a = 1\n<[fim-middle]>b = ");
}

TEST_CASE("an empty text is a gap as well") {
  CHECK(prompt_of({.before = "", .after = ""}, tokenizer(), 100).ok());
}

}  // namespace lsp::context
