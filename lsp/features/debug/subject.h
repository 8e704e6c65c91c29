// What is debugged: a file, and how one sees whether it is right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/syntax/language.h"
#include "sandbox/languages/language.h"

namespace lsp::features::debug {

namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

struct Question {
  std::string file;  // absolute
  std::string text;
  std::string tests;    // a file, absolute; empty: looked for
  std::string command;  // run by the shell in place of tests
  std::optional<std::string> workspace;
  std::string python;  // the machine's setting
};

enum class Proof {
  tests,       // named ones, or a test program
  assertions,  // the file's own, where it is run
  command,
  none,  // it only must not fail
};

struct Subject {
  Question question;
  syntax::Language language;
  Proof proof = Proof::none;
  std::string tests;       // the file that is run: the question's own where its tests are in it
  std::string tests_text;  // of that file
  bool own_tests() const { return tests == question.file; }
};

// An error says what is missing: the test file that was named, or a language that lemma can mend.
engine::base::Result<Subject> find_subject(Question question);

// What a file of tests tests, by its name: `shapes.py` beside or above `test_shapes.py`. Nothing
// where there is no such file, or the file is none of tests.
std::optional<std::string> tested_by(const std::string& tests);

// Whether programs in this language can be debugged.
bool can_debug(syntax::Language language);

// The lines (from 0) where people would start it: tests, the first line of examples, the main
// program.
std::vector<size_t> starting_places(std::string_view text, syntax::Language language);

}  // namespace lsp::features::debug
