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
