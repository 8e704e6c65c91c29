// This program's tests as an ordinary user, since most users of lemma are one.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace sandbox_test {

// What makes a command's user an ordinary one; nothing where this one is.
inline std::string ordinary_user() {
  return geteuid() != 0 ? "" : "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups ";
}

// This program and the helper where everybody may look: the checkout may lie where only root may.
class ReadableCopy {
 public:
  ReadableCopy() {
    namespace fs = std::filesystem;
    const fs::path self = fs::read_symlink("/proc/self/exe");
    fs::copy_file(self, program());
    fs::copy_file(self.parent_path().parent_path() / "lemma-sandbox",
                  folder_.path("lemma-sandbox"));
  }
  std::string program() const { return folder_.path("test"); }

 private:
  const support::TemporaryFolder folder_{support::Readable::by_all};
};

// Whether the chosen test cases pass as an ordinary user. Such a user has just seen them itself.
inline bool pass_as_ordinary_user(const std::string& choice) {
  if (geteuid() != 0) return true;
  const ReadableCopy copy;
  const std::string command = ordinary_user() + copy.program() + " '" + choice + "' 1>&2";
  return std::system(command.c_str()) == 0;
}

}  // namespace sandbox_test
