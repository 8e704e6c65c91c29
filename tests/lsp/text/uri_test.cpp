#include "lsp/text/uri.h"

#include "tests/support/catch.h"

using namespace lsp::text;

TEST_CASE("paths become URIs and back") {
  CHECK(uri_of("/home/a b/é#1%.py") == "file:///home/a%20b/%C3%A9%231%25.py");
  for (const char* path : {"/", "/a/b.c", "/a b/%20", "/é/中.py", "/a:b?c#d"}) {
    CHECK(path_of(uri_of(path)) == path);
  }
}

TEST_CASE("every scheme has a path") {
  CHECK(path_of("untitled:Untitled-1") == "Untitled-1");
  CHECK(path_of("vscode-notebook-cell:/w/n.ipynb#W2sZ") == "/w/n.ipynb");
  CHECK(path_of("file://host/share/a.py") == "/share/a.py");
  CHECK(path_of("file:///c%3A/a%zz%") == "/c:/a%zz%");
  CHECK(path_of("") == "");
}

TEST_CASE("paths are relative to the innermost folder") {
  const std::vector<std::string> folders{"file:///w", "file:///w/inner/"};
  CHECK(relative_path("file:///w/a/b.py", folders) == "a/b.py");
  CHECK(relative_path("file:///w/inner/b.py", folders) == "b.py");
  CHECK(relative_path("file:///wide/b.py", folders) == "/wide/b.py");
  CHECK(relative_path("untitled:Untitled-1", folders) == "Untitled-1");
}
TEST_CASE("projects do not share the folder above them, which its own documents share with each") {
  const std::vector<std::string> folders{"file:///home", "file:///home/a", "file:///home/b"};
  CHECK_FALSE(share_folder("file:///home/a/x.py", "file:///home/b/y.py", folders));
  CHECK(share_folder("file:///home/a/x.py", "file:///home/notes.py", folders));
  CHECK(share_folder("file:///home/notes.py", "file:///home/b/y.py", folders));
}

TEST_CASE("documents share a folder, or have none; what is not saved goes with all") {
  const std::vector<std::string> folders{"file:///work/a", "file:///work/b/", "file:///work/a/sub"};
  const auto share = [&](const char* one, const char* other) {
    CHECK(share_folder(one, other, folders) == share_folder(other, one, folders));
    return share_folder(one, other, folders);
  };
  CHECK(share("file:///work/a/x.py", "file:///work/a/deep/y.py"));
  CHECK(share("file:///work/a/x.py", "file:///work/a/sub/y.py"));
  CHECK(share("file:///work/b/x.py", "vscode-notebook-cell:/work/b/n.ipynb#1"));
  CHECK(share("file:///tmp/x.py", "file:///etc/y.py"));
  CHECK(share("file:///work/a/x.py", "untitled:Untitled-1"));
  CHECK_FALSE(share("file:///work/a/x.py", "file:///work/b/y.py"));
  CHECK_FALSE(share("file:///work/a/x.py", "file:///tmp/y.py"));
  CHECK_FALSE(share("file:///work/a/x.py", "file:///work/another/y.py"));
  CHECK(share_folder("file:///work/a/x.py", "file:///work/b/y.py", {}));
}
