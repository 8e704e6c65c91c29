#include "lsp/bench/sample.h"

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace lsp::bench {

TEST_CASE("a link that leads to itself, or to nowhere, costs no other file") {
  const support::TemporaryFolder folder;
  folder.write("a.py", "def area(width, height):\n    return width * height\n");
  std::filesystem::create_symlink("loop", folder.path("loop"));
  std::filesystem::create_symlink("nowhere", folder.path("gone.py"));
  const auto files = read_files(folder.path().string());
  REQUIRE(files.ok());
  REQUIRE(files->size() == 1);
  CHECK((*files)[0].path == "a.py");
}

}  // namespace lsp::bench
