// The version stands in CMakeLists.txt; whatever else names it must say the same.
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/catch.h"

namespace {

std::string find_in(const std::string& path, const std::string& pattern) {
  std::ifstream file(std::string(LEMMA_SOURCE_DIR "/") + path);
  std::ostringstream text;
  text << file.rdbuf();
  std::smatch match;
  const std::string all = text.str();
  return std::regex_search(all, match, std::regex(pattern)) ? match[1].str() : "";
}

}  // namespace

TEST_CASE("the changelog's first version and the extension's are the program's") {
  const std::string version = find_in("CMakeLists.txt", R"(project\(lemma VERSION (\S+))");
  REQUIRE_FALSE(version.empty());
  CHECK(find_in("CHANGELOG.md", R"(\n## (\S+))") == version);
  CHECK(find_in("editors/vscode/package.json", R"re("version": "([^"]+)")re") == version);
}
