#include "sandbox/policy/workspace.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "sandbox/policy/host_view.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sandbox::policy;

class Folder : public support::TemporaryFolder {
 public:
  std::string path() const { return TemporaryFolder::path().string(); }
  void write(const std::string& name, const std::string& content = "x") const {
    TemporaryFolder::write(name, content);
  }
};

}  // namespace

TEST_CASE("secrets of a project are found at any depth, not in what was installed") {
  const Folder folder;
  for (const char* name : {"main.py", ".env", "deep/er/id_rsa", "conf/.ssh/config", ".git/HEAD",
                           "node_modules/x/a.pem", "venv/pyvenv.cfg", "venv/lib/cacert.pem"}) {
    folder.write(name);
  }
  folder.write(".git/config", "[remote \"o\"]\n\turl = https://host.example/a@b\n");
  auto found = secrets_below(folder.path());
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{".env", ".git/config", "conf/.ssh", "deep/er/id_rsa"});
  folder.write(".git/config", "[remote \"o\"]\n\turl = https://host.example/a\n");
  found = secrets_below(folder.path());
  CHECK(std::find(found.begin(), found.end(), ".git/config") == found.end());
}

TEST_CASE("git's credentials are found wherever git reads them, however they are written") {
  const Folder folder;
  folder.write(".git/HEAD");
  folder.write(".git/config", "[core]\n\tbare = false\n");
  folder.write(".git/modules/libs/deep/HEAD");
  folder.write(".git/modules/libs/deep/config", "[Remote \"o\"]\n\tURL = https://u:t@host/a\n");
  folder.write(".git/modules/libs/deep/modules/inner/HEAD");
  folder.write(".git/modules/libs/deep/modules/inner/config", "  [Credential]\n\thelper = x\n");
  folder.write(".git/worktrees/w/HEAD");
  folder.write(".git/worktrees/w/config.worktree", "[http]\n\tExtraHeader = Authorization: x\n");
  folder.write("vendored/.git/HEAD");
  folder.write(".git/credentials", "https://u:t@host\n");
  folder.write("vendored/.git/config", "[sendemail]\n\tsmtpPass = x\n");
  auto found = secrets_below(folder.path());
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{".git/credentials", ".git/modules/libs/deep/config",
                                          ".git/modules/libs/deep/modules/inner/config",
                                          ".git/worktrees/w/config.worktree",
                                          "vendored/.git/config"});
}

TEST_CASE(
    "links that lead nowhere or in circles end no search, and what cannot be read is hidden") {
  const Folder folder;
  fs::create_symlink("nowhere", folder.path() + "/a");
  fs::create_symlink(".", folder.path() + "/b");
  folder.write("c/.env");
  folder.write("closed/.env");
  folder.write("closed/deeper/.env");
  folder.write("z/.env");
  CHECK(secrets_below(folder.path()).size() == 4);
  if (geteuid() == 0) return;  // nothing is closed to root
  fs::permissions(folder.path() + "/closed", fs::perms(0));
  auto found = secrets_below(folder.path());
  fs::permissions(folder.path() + "/closed", fs::perms(0700));
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{"c/.env", "closed", "z/.env"});
}

TEST_CASE("a project is the repository, or the file's folder, never a home folder") {
  const Folder folder;
  folder.write("home/project/.git/HEAD");
  folder.write("home/project/a/b.py");
  folder.write("home/plain/b.py");
  folder.write("home/b.py");
  const std::string home = folder.path() + "/home";
  CHECK(workspace_of(home + "/project/a/b.py", home) == home + "/project");
  CHECK(workspace_of(home + "/plain/b.py", home) == home + "/plain");
  CHECK(workspace_of(home + "/b.py", home) == std::nullopt);
  CHECK(workspace_of("/tmp/b.py", home) == std::nullopt);
  CHECK(workspace_of("/b.py", home) == std::nullopt);
  CHECK(workspace_of("/etc/passwd", home) == std::nullopt);
  // A repository of a whole home folder is no project.
  folder.write("home/.git/HEAD");
  CHECK(workspace_of(home + "/plain/b.py", home) == home + "/plain");
}

TEST_CASE("a home folder is no project by any of its names, nor is another user's") {
  const Folder folder;
  folder.write("homes/me/b.py");
  folder.write("homes/me/plain/b.py");
  fs::create_directory_symlink("homes", folder.path() + "/link");
  const std::string real = folder.path() + "/homes/me", linked = folder.path() + "/link/me";
  for (const std::string& home : {real, linked}) {
    CHECK(workspace_of(real + "/b.py", home) == std::nullopt);
    CHECK(workspace_of(linked + "/b.py", home) == std::nullopt);
    CHECK(workspace_of(real + "/plain/b.py", home) == real + "/plain");
    CHECK(workspace_of(linked + "/plain/b.py", home) == linked + "/plain");
  }
  CHECK(workspace_of("/home/somebody/b.py", real) == std::nullopt);
  // By the user database, whatever HOME says: a daemon may have none.
  const passwd* own = getpwuid(geteuid());
  if (own != nullptr && fs::is_directory(own->pw_dir) && own->pw_dir != std::string("/")) {
    CHECK(holds_more_than_a_project(own->pw_dir, ""));
  }
}

TEST_CASE("a run sees toolchains and nothing of the users") {
  for (const Tree& tree : host_view().trees) {
    INFO(tree.host);
    CHECK(tree.view == View::read_only);
    CHECK_FALSE(tree.at.starts_with("/home"));
    CHECK_FALSE(tree.at.starts_with("/root"));
    CHECK(tree.at != "/etc");
  }
}
