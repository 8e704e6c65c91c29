#include "lsp/context/ignored.h"

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace lsp::context {
namespace {

namespace fs = std::filesystem;

// A repository as git lays it out, in a folder of its own.
class Project {
 public:
  Project() {
    fs::create_directories(path(".git/objects"));
    fs::create_directories(path(".git/refs"));
    write(".git/HEAD", "ref: refs/heads/main\n");
    write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
  }

  fs::path path(const std::string& name) const { return root_.path() / name; }
  void write(const std::string& name, const std::string& text) const { root_.write(name, text); }
  bool ignores(const std::string& name) { return rules_.ignored(path(name).string()); }

 private:
  support::TemporaryFolder root_;
  IgnoreRules rules_;
};

TEST_CASE("git's rules are followed, those of folders below as well") {
  Project project;
  project.write(".gitignore", "*.log\nbuild/\n!kept.log\n/top.py\n");
  project.write("src/.gitignore", "generated_*.py\n");
  project.write(".git/info/exclude", "notes.md\n");

  CHECK(project.ignores("run.log"));
  CHECK_FALSE(project.ignores("kept.log"));
  CHECK(project.ignores("build/deep/main.py"));
  CHECK(project.ignores("src/generated_api.py"));
  CHECK_FALSE(project.ignores("generated_api.py"));
  CHECK(project.ignores("top.py"));
  CHECK_FALSE(project.ignores("src/top.py"));
  CHECK(project.ignores("notes.md"));
  CHECK_FALSE(project.ignores("src/main.py"));
}

TEST_CASE("nothing in an ignored folder is had back, as git has it") {
  for (const char* rules : {".gitignore", ".lemmaignore"}) {
    INFO(rules);
    Project project;
    project.write(rules, "/data/*\n!*.py\n/*.log\n!/kept.log\n!/data/open/\n");
    for (const char* name : {"data/keys/plan.py", "data/open/plan.py", "data/a.py"}) {
      project.write(name, "");
    }
    CHECK(project.ignores("data/keys/plan.py"));
    CHECK(project.ignores("data/keys/"));
    CHECK_FALSE(project.ignores("data/open/plan.py"));
    CHECK_FALSE(project.ignores("data/a.py"));
    CHECK(project.ignores("run.log"));
    CHECK_FALSE(project.ignores("kept.log"));
  }
}

TEST_CASE("a rule counts from the moment it is saved") {
  Project project;
  REQUIRE_FALSE(project.ignores("data.py"));
  project.write(".gitignore", "data.py\n");
  CHECK(project.ignores("data.py"));
}

TEST_CASE("a file that is not saved yet is judged by where it will lie") {
  Project project;
  project.write(".gitignore", "out/\n");
  CHECK(project.ignores("out/new/file.py"));
  CHECK_FALSE(project.ignores("in/new/file.py"));
}

TEST_CASE("a link into an ignored folder does not lead around the rules") {
  Project project;
  project.write(".gitignore", "private/\n");
  project.write("private/plan.py", "");
  fs::create_directory_symlink(project.path("private"), project.path("public"));
  CHECK(project.ignores("public/plan.py"));
}

TEST_CASE("what a link that is ignored leads to is ignored by that way") {
  const support::TemporaryFolder elsewhere;
  elsewhere.write("keys/plan.py", "");
  elsewhere.write("open/main.py", "");
  for (const char* rules : {".gitignore", ".lemmaignore"}) {
    INFO(rules);
    Project project;
    project.write(rules, "/private\n/one.py\n/parts/plan.py\n");
    fs::create_directory_symlink(elsewhere.path() / "keys", project.path("private"));
    fs::create_directory_symlink(elsewhere.path() / "keys", project.path("parts"));
    fs::create_directory_symlink(elsewhere.path() / "open", project.path("public"));
    fs::create_symlink("public/main.py", project.path("one.py"));
    fs::create_symlink("one.py", project.path("two.py"));
    CHECK(project.ignores("private/plan.py"));
    CHECK(project.ignores("private/new.py"));
    CHECK(project.ignores("parts/plan.py"));
    CHECK_FALSE(project.ignores("parts/new.py"));
    CHECK_FALSE(project.ignores("public/main.py"));
    CHECK(project.ignores("one.py"));
    CHECK(project.ignores("two.py"));
  }
}

TEST_CASE("links that lead in a circle lead to no file") {
  Project project;
  project.write(".gitignore", "private.py\n");
  fs::create_symlink("b.py", project.path("a.py"));
  fs::create_symlink("a.py", project.path("b.py"));
  CHECK_FALSE(project.ignores("a.py"));
}

TEST_CASE("rules for folders alone are rules of a .lemmaignore too") {
  Project project;
  project.write(".lemmaignore", "data/\n");
  project.write("data/deep/one.py", "");
  CHECK(project.ignores("data/"));
  CHECK(project.ignores("data/deep/"));
  CHECK(project.ignores("data/deep/one.py"));
}

TEST_CASE("outside of repositories nothing is ignored") {
  IgnoreRules rules;
  CHECK_FALSE(rules.ignored("/usr/include/stdio.h"));
  CHECK_FALSE(rules.ignored("Untitled-1"));
  CHECK_FALSE(rules.ignored(""));
}

TEST_CASE("a folder with the name of rules holds none, and rules that cannot be read keep out") {
  Project project;
  fs::create_directory(project.path(".lemmaignore"));
  CHECK_FALSE(project.ignores("main.py"));
  fs::create_directory(project.path("below"));
  fs::create_symlink("/proc/self/mem", project.path("below/.lemmaignore"));  // begins with an error
  CHECK(project.ignores("below/main.py"));
}

TEST_CASE("where a repository's rules cannot be read, its files stay out") {
  Project project;
  project.write(".git/config", "[core\nbroken");
  CHECK(project.ignores("main.py"));
}

}  // namespace
}  // namespace lsp::context
