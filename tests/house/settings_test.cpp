// docs/settings.md is the one place that lists them all.
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/catch.h"

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(LEMMA_SOURCE_DIR "/") + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the page of settings names every setting") {
  const std::string source = text_of("lsp/server/settings.cpp"), page = text_of("docs/settings.md");
  const std::regex key(R"re(Key\{"(([\w]+)\.)?(\w+)")re");
  size_t found = 0;
  for (std::sregex_iterator it(source.begin(), source.end(), key), end; it != end; ++it, ++found) {
    const std::string section = (*it)[2], name = (*it)[3];
    const auto names = [&](const std::string& text) {
      return page.find('`' + text + '`') != std::string::npos;
    };
    INFO(section << ' ' << name);
    CHECK((section.empty()
               ? names(name)
               : names(section + '.' + name) || (names('[' + section + ']') && names(name))));
  }
  CHECK(found > 20);
}
