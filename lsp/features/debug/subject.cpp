#include "lsp/features/debug/subject.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/format.h"
#include "engine/base/secret_name.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/text/uri.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::Done;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;

Result<std::string> read(const fs::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || fs::is_directory(path, error)) return fail("cannot read '", path.string(), "'");
  return std::move(text).str();
}

// Whether it is a file below the folder. What a link names outside of it, or a secret, is read by
// us and shown to a run that could not read it.
bool is_file_below(const fs::path& folder, const fs::path& path) {
  std::error_code error;
  const fs::path below =
      fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(folder, error));
  return fs::is_regular_file(path, error) && !below.empty() && *below.begin() != ".." &&
         std::none_of(below.begin(), below.end(), [](const fs::path& part) {
           return engine::base::is_secret_name(part.string());
         });
}

// The test file that people put beside such a file, if there is one.
std::optional<fs::path> tests_beside(const fs::path& file) {
  const std::string stem = file.stem(), ending = file.extension();
  for (const std::string& name : {"test_" + stem + ending, stem + "_test" + ending,
                                  stem + ".test" + ending, stem + ".spec" + ending}) {
    for (const char* folder : {"", "tests", "test", "__tests__"}) {
      const fs::path path = (file.parent_path() / folder / name).lexically_normal();
      if (path != file && is_file_below(file.parent_path(), path)) return path;
    }
  }
  return std::nullopt;
}

// "shapes" of "test_shapes", by the same customs; empty where it is no name of tests.
std::string tested_stem(const std::string& stem) {
  if (stem.starts_with("test_")) return stem.substr(5);
  for (const char* ending : {"_test", ".test", ".spec"}) {
    if (stem.ends_with(ending)) return stem.substr(0, stem.size() - 5);
  }
  return "";
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

bool holds_tests(const std::string& text, syntax::Language language) {
  switch (language) {
    case syntax::Language::python:
      return has(text, ">>> ") || has(text, "\ndef test") || has(text, "TestCase)");
    case syntax::Language::javascript:
    case syntax::Language::typescript:
      return has(text, "node:test");
    default:
      return false;
  }
}

void choose_tests(Subject& subject) {
  const Question& asked = subject.question;
  const auto beside = tests_beside(asked.file);
  if (!asked.command.empty()) {
    subject.proof = Proof::command;
    subject.tests = asked.file;
  } else if (!asked.tests.empty() || (beside && !asked.line)) {
    subject.proof = Proof::tests;
    subject.tests = asked.tests.empty() ? beside->string() : asked.tests;
  } else {
    subject.tests = asked.file;
    if (holds_tests(asked.text, subject.language)) {
      subject.proof = Proof::tests;
    } else if (has(asked.text, "assert")) {
      subject.proof = Proof::assertions;
    }
  }
}

// What stands at Question::line.
Status start_there(Subject& subject) {
  const auto line = subject.question.line;
  if (!line) return Done{};
  const auto starts =
      starts_of(subject.tests_text, subject.language, fs::path(subject.tests).stem());
  subject.start = start_at(starts, *line);
  if (!subject.start) {
    return fail("line ", *line + 1, " of '", subject.tests,
                "' is in no test, no function with examples and no main program");
  }
  if (subject.start->kind != Start::Kind::program || !subject.own_tests()) return Done{};
  subject.proof = has(subject.tests_text, "assert") ? Proof::assertions : Proof::none;
  return Done{};
}

}  // namespace

std::optional<std::string> tested_by(const std::string& tests) {
  const fs::path path = tests;
  const std::string stem = tested_stem(path.stem());
  if (stem.empty()) return std::nullopt;
  const std::string name = stem + path.extension().string();
  for (const char* folder : {"", "..", "../src"}) {
    const fs::path place = path.parent_path() / folder;
    const fs::path program = (place / name).lexically_normal();
    if (is_file_below(place, program)) return program;
  }
  return std::nullopt;
}

bool can_debug(syntax::Language language) { return grammar_of(language) != nullptr; }

bool is_module(std::string_view text) {
  for (const std::string_view word : {"import ", "export "}) {
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      if (at == 0 || text[at - 1] == '\n') return true;
    }
  }
  return false;
}

Result<Subject> find_subject(Question question) {
  const auto language = syntax::language_of("", text::uri_of(question.file), question.text);
  if (!language || grammar_of(*language) == nullptr) {
    return fail("lemma debugs Python, JavaScript, TypeScript, C and C++; '", question.file,
                "' is none of them");
  }
  Subject subject{std::move(question), *language, Proof::none, {}, {}};
  choose_tests(subject);
  if (subject.own_tests()) {
    subject.tests_text = subject.question.text;
  } else if (subject.question.tests_text) {
    subject.tests_text = *subject.question.tests_text;
  } else {
    auto text = read(subject.tests);
    if (!text) return text.error();
    subject.tests_text = std::move(*text);
  }
  const auto status = start_there(subject);
  if (!status) return status.error();
  return subject;
}

std::vector<fs::path> folders_above(const Subject& subject) {
  std::vector<fs::path> folders;
  if (!subject.question.workspace) return folders;
  const std::string root = *subject.question.workspace + "/";
  for (fs::path each = fs::path(subject.tests).parent_path();
       (each.string() + "/").starts_with(root); each = each.parent_path()) {
    folders.push_back(each);
  }
  return folders;
}

}  // namespace lsp::features::debug
