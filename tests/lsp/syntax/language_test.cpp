#include "lsp/syntax/language.h"
#include "tests/support/catch.h"

namespace lsp::syntax {
namespace {

void check_language(std::string_view id, std::string_view uri, std::string_view text,
                    std::string_view expected) {
  INFO(id << " " << uri << " " << text);
  const auto language = language_of(id, uri, text);
  CHECK((language ? language_id(*language) : "none") == expected);
}

}  // namespace

TEST_CASE("the editor's language identifier decides") {
  check_language("python", "file:///x.rs", "", "python");
  check_language("bash", "", "", "shellscript");
  check_language("javascriptreact", "", "", "javascript");
  check_language("typescriptreact", "", "", "typescriptreact");
  check_language("haskell", "file:///x.py", "", "none");
}

TEST_CASE("without an identifier the file's name decides") {
  check_language("", "file:///a/b.cpp", "", "cpp");
  check_language("plaintext", "file:///a/b.tsx", "", "typescriptreact");
  check_language("", "vscode-notebook-cell:/a/b.py?cell=3#W0", "", "python");
  check_language("", "file:///a/.bashrc", "", "shellscript");
  check_language("", "file:///py", "", "none");
  check_language("", "file:///notes", "", "none");
}

TEST_CASE("a #! line decides where the name says nothing") {
  check_language("", "file:///run", "#!/bin/sh\necho", "shellscript");
  check_language("", "file:///run", "#!/usr/bin/env python3.11\n", "python");
  check_language("", "file:///run", "#! /usr/bin/env -S LANG=C node --no-warnings\r\n",
                 "javascript");
  check_language("", "file:///run", "#!", "none");
  check_language("", "file:///run", "#!/usr/bin/perl", "none");
  check_language("", "file:///run", "# not python", "none");
}

TEST_CASE("comments start as the language has them") {
  CHECK(line_comment(Language::python) == "#");
  CHECK(line_comment(Language::tsx) == "//");
  CHECK(line_comment(Language::lua) == "--");
  CHECK(line_comment(Language::markdown).empty());
}

}  // namespace lsp::syntax
