// What a run leaves as its results, while nobody and while somebody still changes it.
#include "sandbox/runner/read_back.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "sandbox/runner/unique_descriptor.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using sandbox::runner::read_back;
using sandbox::runner::UniqueDescriptor;

class Folder {
 public:
  Folder() {
    folder_.write("secret", "canary");
    fs::create_directory(work());
    work_ = UniqueDescriptor(open(work().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  std::string secret() const { return folder_.path("secret"); }
  std::string work() const { return folder_.path("work"); }
  int descriptor() const { return work_.get(); }

 private:
  const support::TemporaryFolder folder_;
  UniqueDescriptor work_;
};

// How whoever does not think of attacks reads it.
std::string read_naively(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Attack 55: until it is killed, `work`/result is by turns a file of its own, a link to the secret,
// and absent; and the folder on the way to folder/result is by turns a folder and a link.
[[noreturn]] void rename_for_ever(const Folder& folder) {
  if (chdir(folder.work().c_str()) != 0) _exit(1);
  for (;;) {
    std::ofstream("own") << "own";
    rename("own", "result");
    if (symlink(folder.secret().c_str(), "link") == 0) rename("link", "result");
    unlink("result");
    mkdir("folder", 0755);
    std::ofstream("folder/secret") << "own";
    rename("folder", "away");
    if (symlink("..", "folder") == 0) unlink("folder");
    fs::remove_all("away");
  }
}

}  // namespace

TEST_CASE("attack 55: a result that is swapped while it is read never becomes another file",
          "[attack]") {
  const Folder folder;
  const pid_t attacker = fork();
  REQUIRE(attacker >= 0);
  if (attacker == 0) rename_for_ever(folder);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool fooled_file = false, fooled_folder = false;  // the positive controls
  size_t read = 0;
  for (int i = 0; i < 20'000 || (!(fooled_file && fooled_folder && read > 0) &&
                                 std::chrono::steady_clock::now() < end);
       ++i) {
    if (i % 16 == 0) {
      fooled_file = fooled_file || read_naively(folder.work() + "/result") == "canary";
      fooled_folder = fooled_folder || read_naively(folder.work() + "/folder/secret") == "canary";
    }
    for (const char* path : {"result", "folder/secret"}) {
      const auto result = read_back(folder.descriptor(), path, 100);
      if (!result.ok()) continue;
      ++read;
      REQUIRE((*result == "own" || result->empty()));  // empty: it is being written
    }
  }
  CHECK(waitpid(attacker, nullptr, WNOHANG) == 0);  // it was there all the time
  kill(attacker, SIGKILL);
  waitpid(attacker, nullptr, 0);
  CHECK(fooled_file);
  CHECK(fooled_folder);
  CHECK(read > 0);
}

TEST_CASE("attacks 53 and 54: links, pipes, sockets, second names and a hole of a terabyte",
          "[attack]") {
  const Folder folder;
  const std::string work = folder.work();
  fs::create_symlink(folder.secret(), work + "/link");
  fs::create_symlink("..", work + "/up");
  fs::create_hard_link(folder.secret(), work + "/name");
  REQUIRE(mkfifo((work + "/pipe").c_str(), 0644) == 0);
  std::ofstream(work + "/hole").put('x');
  REQUIRE(truncate((work + "/hole").c_str(), off_t{1} << 40) == 0);
  const UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, (work + "/socket").c_str());
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  std::ofstream(work + "/good") << "good";
  for (const char* path :
       {"link", "up/secret", "../secret", "name", "pipe", "hole", "socket", ".", "missing"}) {
    INFO(path);
    CHECK_FALSE(read_back(folder.descriptor(), path, 1 << 20).ok());
  }
  CHECK_FALSE(read_back(folder.descriptor(), folder.secret(), 1 << 20).ok());
  CHECK(*read_back(folder.descriptor(), "good", 4) == "good");
  CHECK_FALSE(read_back(folder.descriptor(), "good", 3).ok());
  // The positive control: who does not look follows the link, and takes the other name.
  CHECK(read_naively(work + "/link") == "canary");
  CHECK(read_naively(work + "/name") == "canary");
}
