#include "lsp/text/tongue.h"

#include <cstdlib>

#include "tests/support/catch.h"

namespace lsp::text {

TEST_CASE("a locale's beginning says which language its user reads") {
  CHECK(tongue_of_locale("zh_CN.UTF-8") == Tongue::chinese);
  CHECK(tongue_of_locale("fr") == Tongue::french);
  CHECK(tongue_of_locale("de-AT") == Tongue::german);
  for (const char* other : {"", "C", "en_GB", "es"}) {
    CHECK(tongue_of_locale(other) == Tongue::english);
  }
}

TEST_CASE("a locale of no language that people are told things in is known for one") {
  for (const char* known : {"en", "zh_CN.UTF-8", "fr", "de-AT", "en_GB@euro"}) {
    CHECK(is_of_a_tongue(known));
  }
  for (const char* other : {"", "xx", "french", "es_ES", "C", "EN"}) CHECK(!is_of_a_tongue(other));
}

TEST_CASE("of the environment's locales the one counts that other programs go by") {
  const auto locale_with = [](const char* all, const char* messages, const char* language) {
    setenv("LC_ALL", all, 1);
    setenv("LC_MESSAGES", messages, 1);
    setenv("LANG", language, 1);
    return locale_of_messages();
  };
  CHECK(locale_with("fr_FR.UTF-8", "de_DE.UTF-8", "C") == "fr_FR.UTF-8");
  CHECK(locale_with("", "de_DE.UTF-8", "C") == "de_DE.UTF-8");
  CHECK(locale_with("", "", "zh_CN.UTF-8") == "zh_CN.UTF-8");
  CHECK(locale_with("", "", "").empty());
}

TEST_CASE("a value in a sentence is not read as part of it") {
  static constexpr Sentence sentence = {"{a} and {b}", "{b}{a}", "{a} {c}", "{a"};
  const auto say = [&](Tongue tongue) {
    return said(sentence, tongue, {{"a", "{b}"}, {"b", "2"}});
  };
  CHECK(say(Tongue::english) == "{b} and 2");
  CHECK(say(Tongue::chinese) == "2{b}");
  CHECK(say(Tongue::french) == "{b} {c}");
  CHECK(say(Tongue::german) == "{a");
}

TEST_CASE("an English sentence is said in another language with its values") {
  static constexpr Sentence lines = {"{path}, lines {first} to {last}", "", "",
                                     "{path}: {last}, {first}"};
  const auto in_german = [&](std::string_view english) {
    return translated(lines, english, Tongue::german);
  };
  CHECK(in_german("a.py, lines 1 to 2") == "a.py: 2, 1");
  CHECK(in_german("{last}, lines 1 to 2") == "{last}: 2, 1");
  for (const char* other : {"", "a.py", "a.py, lines 1", ", lines 1 to 2", "a.py, lines 1 to "}) {
    CHECK(!in_german(other));
  }
  static constexpr Sentence plain = {"here", "", "", "hier"};
  CHECK(translated(plain, "here", Tongue::german) == "hier");
  CHECK(!translated(plain, "here too", Tongue::german));
  CHECK(!translated(plain, "her", Tongue::german));
}

TEST_CASE("an English text is said clause by clause") {
  static constexpr Sentence sentences[] = {
      {"{count} are red", "", "{count} échouent", ""},
      {"open it anew; then look", "", "rouvrez-le", ""},
      {"{call} raises {error}", "", "{call} lève {error}", ""}};
  const auto in_french = [&](std::string_view english) {
    return clauses_in(Tongue::french, english, sentences);
  };
  CHECK(in_french("2 are red; f(0) raises E") == "2 échouent ; f(0) lève E");
  CHECK(in_french("2 are red; as ever; 3 are red") == "2 échouent ; as ever ; 3 échouent");
  CHECK(in_french("open it anew; then look") == "rouvrez-le");
  CHECK(in_french("").empty());
}

TEST_CASE("one thing is spoken of as one") {
  static constexpr Counted tests = {{"{count} test", "", "", ""}, {"{count} tests", "", "", ""}};
  CHECK(said(tests, 1, Tongue::english) == "1 test");
  CHECK(said(tests, 0, Tongue::english) == "0 tests");
}

}  // namespace lsp::text
