// Which folders are trusted, and that none can trust itself.
#include "lsp/server/trust.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using lsp::server::Trust;

namespace fs = std::filesystem;

TEST_CASE("a folder is trusted with all in it, until that is taken back") {
  const support::TemporaryFolder place;
  const std::string folder = place.path("project");
  fs::create_directories(folder + "/src");
  fs::create_directories(place.path("project2"));
  const Trust trust(place.path("state/trusted"));
  CHECK_FALSE(trust.holds(folder));
  REQUIRE(trust.add(folder + "/").ok());
  REQUIRE(trust.add(folder).ok());  // twice is once
  CHECK(trust.holds(folder));
  CHECK(trust.holds(folder + "/src/a.py"));
  CHECK(trust.holds(folder + "/src/../new.py"));
  CHECK_FALSE(trust.holds(place.path("project2/a.py")));
  CHECK_FALSE(trust.holds(folder + "/../project2/a.py"));
  CHECK_FALSE(trust.holds(place.path()));
  CHECK(Trust(place.path("state/trusted")).holds(folder));
  REQUIRE(trust.remove(folder).ok());
  CHECK_FALSE(trust.holds(folder));
}

TEST_CASE("what lies in a trusted folder stays trusted as long as that is") {
  const support::TemporaryFolder place;
  const std::string outer = place.path("outer"), inner = place.path("outer/inner");
  fs::create_directories(inner);
  const Trust trust(place.path("trusted"));
  REQUIRE(trust.add(inner).ok());
  REQUIRE(trust.add(outer).ok());
  CHECK(trust.above(inner) == fs::canonical(outer));
  CHECK(trust.above(outer).empty());
  CHECK(trust.remove(inner).message().find("outer', which is trusted") != std::string::npos);
  REQUIRE(trust.remove(outer).ok());
  CHECK(trust.holds(inner));  // as before
  REQUIRE(trust.remove(inner).ok());
  CHECK_FALSE(trust.holds(inner));
}

TEST_CASE("a link into a trusted folder is trusted, a link out of it is not") {
  const support::TemporaryFolder place;
  fs::create_directories(place.path("project"));
  fs::create_directories(place.path("elsewhere"));
  fs::create_directory_symlink(place.path("elsewhere"), place.path("project/out"));
  fs::create_directory_symlink(place.path("project"), place.path("in"));
  const Trust trust(place.path("trusted"));
  REQUIRE(trust.add(place.path("project")).ok());
  CHECK(trust.holds(place.path("in/a.py")));
  CHECK_FALSE(trust.holds(place.path("project/out/a.py")));
}

TEST_CASE("the folder of what is trusted is its user's alone, also one that others could enter") {
  const support::TemporaryFolder place;
  const std::string state = place.path("state");
  const bool is_there = GENERATE(false, true);
  if (is_there) {
    fs::create_directories(state);
    fs::permissions(state, fs::perms(0755));
  }
  REQUIRE(Trust(state + "/trusted").add(place.path()).ok());
  CHECK(fs::status(state).permissions() == fs::perms::owner_all);
}

TEST_CASE("what holds more than a project, or is no folder, cannot be trusted") {
  const support::TemporaryFolder place;
  const Trust trust(place.path("trusted"));
  CHECK_FALSE(trust.add("/").ok());
  CHECK_FALSE(trust.add(std::getenv("HOME")).ok());
  CHECK_FALSE(trust.add(fs::temp_directory_path()).ok());
  CHECK(Trust::is_wide("/"));
  CHECK(Trust::is_wide(fs::temp_directory_path().string() + "/"));
  CHECK_FALSE(Trust::is_wide(place.path()));
  CHECK(trust.add(place.path("none")).message().find("is no folder") != std::string::npos);
  CHECK_FALSE(Trust().add(place.path()).ok());
  CHECK_FALSE(Trust().holds(place.path()));
}

TEST_CASE("what is no absolute path in the file is not read") {
  const support::TemporaryFolder place;
  std::ofstream(place.path("trusted")) << "\n\nrelative\n";
  CHECK_FALSE(Trust(place.path("trusted")).holds(place.path()));
  CHECK_FALSE(Trust(place.path("trusted")).holds("relative"));
}
