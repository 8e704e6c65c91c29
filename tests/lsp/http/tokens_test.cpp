#include "lsp/http/tokens.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/lsp/http/check.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace lsp::http;

std::string write(const support::TemporaryFolder& folder, const std::string& text) {
  const std::string path = folder.path("tokens");
  std::ofstream(path) << text;
  chmod(path.c_str(), 0600);
  return path;
}

std::string error_of(const std::string& text) {
  const support::TemporaryFolder folder;
  const auto read = read_or_make_tokens(write(folder, text));
  return read ? "" : read.message();
}

}  // namespace

TEST_CASE("a token is made where there is none, long, and for its user alone") {
  const support::TemporaryFolder folder;
  const std::string path = (folder.path() / "new" / "tokens").string();
  const auto made = read_or_make_tokens(path);
  REQUIRE(made);
  CHECK(made->front().secret.size() == 64);
  struct stat about {};
  CHECK(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(read_or_make_tokens(path)->front().secret == made->front().secret);
  const support::TemporaryFolder second;
  const auto other = read_or_make_tokens(second.path("tokens"));
  CHECK(other->front().secret != made->front().secret);
}

TEST_CASE("tokens have names, or the number of their line") {
  const support::TemporaryFolder folder;
  const auto read = read_or_make_tokens(
      write(folder, std::string("# of the team\nada ") + support::secret + "\n\n" +
                        support::other_secret + "  # for the build\n"));
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].name == "ada");
  CHECK((*read)[1].name == "line 4");
  CHECK(find_holder(*read, support::other_secret) == 1);
  CHECK_FALSE(find_holder(*read, ""));
}

TEST_CASE("a token may have a '#' within it") {
  const support::TemporaryFolder folder;
  const std::string token = "0123456789#abcdef#0123456789abcdef";
  const auto read = read_or_make_tokens(write(folder, token + "\t#c\n#" + token + "\n"));
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  CHECK(read->front().secret == token);
}

TEST_CASE("a file of tokens that is of no use says why") {
  CHECK(error_of("").find("holds no token") != std::string::npos);
  CHECK(error_of("short\n").find("can be guessed") != std::string::npos);
  CHECK(error_of("a b c\n").find("line 1") != std::string::npos);
  CHECK(error_of("0123456789abcdef\xC3\xA9\n").find("ASCII") != std::string::npos);
  const support::TemporaryFolder folder;
  const std::string path = write(folder, std::string(support::secret) + "\n");
  chmod(path.c_str(), 0640);
  CHECK(read_or_make_tokens(path).message().find("chmod 600") != std::string::npos);
  CHECK_FALSE(token_of_environment("short"));
  CHECK(token_of_environment(support::secret));
}
