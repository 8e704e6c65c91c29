// What is debugged: a file, and how one sees whether it is right.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/debug/starts.h"
#include "lsp/syntax/language.h"
#include "sandbox/languages/language.h"

namespace lsp::features::debug {

namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

struct Question {
  std::string file;  // absolute
  std::string text;
  std::string tests;                           // a file, absolute; empty: looked for
  std::optional<std::string> tests_text = {};  // an editor's; else what the file holds
  std::string command;                         // run by the shell in place of tests
  // Of the tests where they are named, else of the file, from 0: the test, the examples or the main
  // program there, and no others.
  std::optional<size_t> line = {};
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
  std::optional<Start> start = {};  // what is asked about; nothing: all tests
  // Where a test is asked about, the plain names of those that must pass: it, and what passed
  // before. Empty: all of them.
  std::set<std::string> wanted = {};
  bool own_tests() const { return tests == question.file; }
};

// An error says what is missing: the test file that was named, a language that lemma can mend, or
// something to start at Question::line.
engine::base::Result<Subject> find_subject(Question question);

// An error where nothing of it can be run: a header without tests.
engine::base::Status can_run(const Subject& subject);

// The folder of the tests and those above it, as far as the project goes; none where there is none.
std::vector<std::filesystem::path> folders_above(const Subject& subject);

// The tests of a file, by their name: `test_shapes.py` beside `shapes.py`, in a folder of tests
// there, or in one of a folder above, up to `top` (empty: none above); these last must speak of
// this file and can mean no other. Nothing where there are none.
std::optional<std::string> tests_for(const std::string& file, const std::string& top);

// What a file of tests tests, by the same names; in C and C++ a header where no source has that
// name. Nothing where there is no such file, or the file is none of tests.
std::optional<std::string> tested_by(const std::string& tests);

// What stands beside a header of C or C++ and holds its bodies, by its name. Nothing where there is
// no such file, or the file is no header.
std::optional<std::string> source_of(const std::string& header);

// Whether programs in this language can be debugged.
bool can_debug(syntax::Language language);

// Whether a text in JavaScript is one of ECMAScript's own modules, by its lines.
bool is_module(std::string_view text);

}  // namespace lsp::features::debug
