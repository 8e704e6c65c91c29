#include "lsp/daemon/place.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using lsp::daemon::daemon_key;
using lsp::daemon::find_place;
namespace fs = std::filesystem;

namespace {

// A folder of its own, removed at the end, and the variables that lead to it.
class Home {
 public:
  Home() {
    fs::create_directory(path / "runtime");
    setenv("HOME", path.c_str(), 1);
    setenv("XDG_RUNTIME_DIR", (path / "runtime").c_str(), 1);
    unsetenv("XDG_CACHE_HOME");
  }
  const support::TemporaryFolder folder;
  const fs::path path = folder.path();
};

std::string refusal() {
  const auto place = find_place("key");
  REQUIRE_FALSE(place);
  return place.message();
}

}  // namespace

TEST_CASE("the socket lies in a folder of the user's alone") {
  const Home home;
  const auto place = find_place("key");
  REQUIRE(place);
  CHECK(place->socket == (home.path / "runtime/lemma/key.sock").string());
  struct stat status {};
  REQUIRE(stat((home.path / "runtime/lemma").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  CHECK(find_place("key"));
}

TEST_CASE("without a runtime folder it lies in the cache") {
  const Home home;
  setenv("XDG_RUNTIME_DIR", (home.path / "missing").c_str(), 1);
  CHECK(find_place("key")->socket == (home.path / ".cache/lemma/run/key.sock").string());
  setenv("XDG_CACHE_HOME", (home.path / "other").c_str(), 1);
  CHECK(find_place("key")->socket == (home.path / "other/lemma/run/key.sock").string());
  unsetenv("XDG_RUNTIME_DIR");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  CHECK(refusal().find("HOME") != std::string::npos);
}

TEST_CASE("a folder that others could enter is refused") {
  const Home home;
  const fs::path folder = home.path / "runtime/lemma";
  fs::create_directory(folder);
  chmod(folder.c_str(), 0755);
  CHECK(refusal().find("chmod 700") != std::string::npos);
  fs::remove(folder);
  fs::create_directory(home.path / "elsewhere");
  chmod((home.path / "elsewhere").c_str(), 0700);
  fs::create_symlink(home.path / "elsewhere", folder);
  CHECK(refusal().find("is a link") != std::string::npos);
  fs::remove(folder);
  if (geteuid() == 0) {
    fs::create_directory(folder);
    chmod(folder.c_str(), 0700);
    REQUIRE(chown(folder.c_str(), 12345, 12345) == 0);
    CHECK(refusal().find("another user") != std::string::npos);
  }
}

TEST_CASE("a path that is too long for a socket is refused") {
  const Home home;
  fs::create_directory(home.path / std::string(90, 'x'));
  setenv("XDG_RUNTIME_DIR", (home.path / std::string(90, 'x')).c_str(), 1);
  CHECK(refusal().find("too long") != std::string::npos);
}

TEST_CASE("a daemon's name follows from the settings of the machine") {
  CHECK(daemon_key("a") == daemon_key("a"));
  CHECK(daemon_key("a") != daemon_key("b"));
  CHECK(daemon_key("a").size() == 16);
}
