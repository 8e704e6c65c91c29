#include "lsp/bench/typing.h"

#include <functional>

#include "tests/support/catch.h"

namespace lsp::bench {
namespace {

// Says what a test wants it to say, and counts how often it is asked.
class Scripted : public Contestant {
 public:
  using Script = std::function<std::string(std::string_view before)>;
  explicit Scripted(Script script) : Contestant("scripted"), script_(std::move(script)) {}

  engine::base::Result<Guess> guess(const SourceFile&, std::string_view before,
                                    std::string_view) override {
    ++asked;
    const std::string text = script_(before);
    return Guess{text, text.substr(0, shown), 1.5, {}};
  }

  int asked = 0;
  size_t shown = 1000;

 private:
  Script script_;
};

const SourceFile file{"a.py", "python", "x\n    total = add(a, b)\n  y\nz\n"};
const Passage passage{&file, 2, 27};  // the two lines in the middle

}  // namespace

TEST_CASE("typing without suggestions costs a key for each character but the indentation") {
  Scripted silent([](auto) { return ""; });
  const auto typed = type(passage, silent);
  REQUIRE(typed.ok());
  CHECK(typed->characters == 19);  // 17, Enter and y
  CHECK(typed->keys_whole == 19);
  CHECK(typed->keys_word == 19);
  CHECK(silent.asked == 18);  // once for each cursor, none for Enter
  CHECK(typed->ms.size() == 18);
}

TEST_CASE("a right suggestion costs one key, or one for each word") {
  Scripted knowing(
      [](std::string_view before) { return before.ends_with("    ") ? "total = add(a, b)" : ""; });
  const auto typed = type(passage, knowing);
  REQUIRE(typed.ok());
  CHECK(typed->keys_whole == 3);  // all of the line, Enter, y
  // total | =| add| (| a| ,| b| ) of which (, a and ) are typed, then Enter and y.
  CHECK(typed->keys_word == 10);
}

TEST_CASE("a wrong suggestion costs nothing, and typing past it asks again") {
  Scripted wrong([](std::string_view before) {
    return before.ends_with("    ")  ? "total = sub(a, b)"
           : before.ends_with("= a") ? "dd(a, b)"
                                     : "";
  });
  const auto typed = type(passage, wrong);
  REQUIRE(typed.ok());
  CHECK(typed->keys_whole == 12);  // "total = a", the rest, Enter, y
}

TEST_CASE("what is not shown is not accepted with the rest") {
  Scripted careful(
      [](std::string_view before) { return before.ends_with("    ") ? "total = sub(a, b)" : ""; });
  careful.shown = 8;  // "total = "
  const auto typed = type(passage, careful);
  REQUIRE(typed.ok());
  CHECK(typed->keys_whole == 12);  // "total = ", the nine characters of add(a, b), Enter, y
}

}  // namespace lsp::bench
