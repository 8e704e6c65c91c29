#include "lsp/features/debug/subject.h"

#include <algorithm>
#include <cctype>
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

bool is_inside(const fs::path& path, const fs::path& folder) {
  return path.string().starts_with(folder.string() + "/");
}

// Of C and C++.
constexpr const char* source_endings[] = {".cpp", ".cc", ".cxx", ".c"};
constexpr const char* header_endings[] = {".hpp", ".hh", ".hxx", ".h"};

template <size_t size>
bool has_ending(const fs::path& file, const char* const (&endings)[size]) {
  return std::find(std::begin(endings), std::end(endings), file.extension()) != std::end(endings);
}

bool is_header(const fs::path& file) { return has_ending(file, header_endings); }

bool is_of_node(const fs::path& file) {
  const auto language = syntax::language_of("", text::uri_of(file.string()), "");
  return language && is_script(*language);
}

// By the customs of several languages. The tests of a header are a source.
std::vector<std::string> test_names_of(const fs::path& file) {
  const std::string stem = file.stem();
  std::vector<std::string> endings{file.extension()};
  if (is_header(file)) endings.assign(std::begin(source_endings), std::end(source_endings));
  std::vector<std::string> names;
  for (const std::string& ending : endings) {
    for (const std::string& name : {"test_" + stem, stem + "_test", stem + ".test", stem + ".spec"})
      names.push_back(name + ending);
  }
  if (is_of_node(file)) {
    for (const std::string& name : {"test-" + stem, stem + "-test"})
      names.push_back(name + file.extension().string());
  }
  return names;
}

// Names that tests may have, and other files as well: what Node itself takes for tests.
std::vector<std::string> loose_names_of(const fs::path& file, bool in_tests) {
  std::vector<std::string> names;
  if (!is_of_node(file)) return names;
  if (in_tests) names.push_back(file.filename());
  if (file.stem() == "index") names.push_back("test" + file.extension().string());
  return names;
}

// Whether a test in Python takes names from the package in that folder, wherever it lies.
bool imports_package(const std::string& tests, const std::string& package) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (size_t at = tests.find(package); at != tests.npos; at = tests.find(package, at + 1)) {
    const size_t end = at + package.size();
    const bool whole =
        at > 0 && !is_part(tests[at - 1]) && (end == tests.size() || !is_part(tests[end]));
    if (!whole) continue;
    if (tests.compare(end, 8, " import ") == 0) return true;
    if (at >= 7 && tests.compare(at - 7, 7, "import ") == 0) return true;
  }
  return false;
}

// Whether a folder beside the file's own has one of its name, besides its tests.
bool has_namesake(const fs::path& file, const fs::path& tests) {
  std::error_code error;
  for (fs::directory_iterator each(file.parent_path().parent_path(), error), end;
       !error && each != end; each.increment(error)) {
    const fs::path other = each->path() / file.filename();
    if (other != tests && other != file && fs::exists(other, error)) return true;
  }
  return false;
}

// Whether tests that stand further up speak of this file and not of another one of its name: they
// say its folder's name as well ("app.tools", "app/tools"), or no folder beside its own has one.
bool speak_of(const fs::path& tests, const fs::path& file) {
  const std::string folder = file.parent_path().filename(), stem = file.stem();
  const auto text = read(tests);
  if (!text) return false;
  for (const std::string& place : {folder + "." + stem, folder + "/" + stem}) {
    if (text->find(place) != std::string::npos) return true;
  }
  if (file.extension() == ".py" && imports_package(*text, folder)) return true;
  fs::path above = file.parent_path().parent_path();
  if (above.filename() == "src" && tests.parent_path().parent_path() != above) {
    above = above.parent_path();
  }
  return tests.parent_path().parent_path() == above && !has_namesake(file, tests);
}

// "shapes" of "test_shapes", by the same customs; empty where it is no name of tests.
std::string tested_stem(const std::string& stem) {
  if (stem.starts_with("test_") || stem.starts_with("test-")) return stem.substr(5);
  for (const char* ending : {"_test", "-test", ".test", ".spec"}) {
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

// Whether named tests are a program that says itself what is wrong, and nothing in it is for what
// runs tests: that would find none.
bool are_plain(const std::string& tests, syntax::Language language) {
  if (!has(tests, "assert")) return false;
  switch (language) {
    case syntax::Language::python:
      return !has(tests, ">>> ") && !has(tests, "def test") && !has(tests, "TestCase");
    case syntax::Language::javascript:
    case syntax::Language::typescript:
      return !has(tests, "node:test");
    default:
      return false;
  }
}

// Whether a file of one of the loose names says what is wrong.
bool are_tests(const fs::path& file) {
  const auto text = read(file);
  return text && (has(*text, "node:test") || has(*text, "assert"));
}

enum class Names { usual, loose };

// Of a file, in a folder above it or its own.
std::optional<std::string> tests_in(const fs::path& above, const fs::path& file, Names kind) {
  const fs::path own = file.parent_path(), place = own.lexically_relative(above);
  const bool loose = kind == Names::loose;
  for (const std::string tests : {"", "tests", "test", "__tests__"}) {
    if (above != own && tests.empty()) continue;  // that is another file's place
    const auto names = loose ? loose_names_of(file, !tests.empty()) : test_names_of(file);
    for (const std::string& name : names) {
      const fs::path folder = above / tests;
      for (const fs::path& path : {folder / place.lexically_relative(*place.begin()) / name,
                                   folder / place / name, folder / name}) {
        const fs::path normal = path.lexically_normal();
        if (normal == file || !is_file_below(above, normal)) continue;
        if (loose && !are_tests(normal)) continue;
        if (above == own || speak_of(normal, file)) return normal;
      }
    }
  }
  return std::nullopt;
}

// What tests of a loose name test.
std::string loosely_tested_stem(const fs::path& tests) {
  if (!is_of_node(tests) || !are_tests(tests)) return "";
  if (tests.stem() == "test") return "index";
  const std::string folder = tests.parent_path().filename();
  const bool in_tests = folder == "test" || folder == "tests" || folder == "__tests__";
  return in_tests ? tests.stem().string() : "";
}

void choose_tests(Subject& subject) {
  const Question& asked = subject.question;
  const auto found = tests_for(asked.file, asked.workspace.value_or(""));
  if (!asked.command.empty()) {
    subject.proof = Proof::command;
    subject.tests = asked.file;
  } else if (!asked.tests.empty() || (found && !asked.line)) {
    subject.proof = Proof::tests;
    subject.tests = asked.tests.empty() ? *found : asked.tests;
  } else {
    subject.tests = asked.file;
    if (holds_tests(asked.text, subject.language)) {
      subject.proof = Proof::tests;
    } else if (has(asked.text, "assert")) {
      subject.proof = Proof::assertions;
    }
  }
}

// Tests in C and C++ that know the program by its header alone have to be linked with it, and those
// of a header with the source beside it: as if their last line included it, so that they stay one
// file, and their lines where they are.
void include_program(Subject& subject) {
  const Question& asked = subject.question;
  const bool compiled =
      subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
  if (!compiled || subject.proof != Proof::tests || subject.own_tests()) return;
  const fs::path file = source_of(asked.file).value_or(asked.file);
  if (has(subject.tests_text, (file.filename().string() + "\"").c_str())) return;
  if (has(asked.text, " main(")) return;
  const fs::path folder = fs::path(subject.tests).parent_path();
  const fs::path at = asked.workspace ? file.lexically_relative(folder) : file.filename();
  subject.tests_text += "\n#include \"" + at.string() + "\"\n";
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

std::optional<std::string> tests_for(const std::string& file, const std::string& top) {
  // Beside the file; then in the folders of tests above it, those that repeat its place first.
  for (const Names names : {Names::usual, Names::loose}) {
    const fs::path own = fs::path(file).parent_path();
    for (fs::path above = own;; above = above.parent_path()) {
      if (auto found = tests_in(above, file, names)) return found;
      if (top.empty() || !is_inside(above, top)) break;
    }
  }
  return std::nullopt;
}

std::optional<std::string> tested_by(const std::string& tests) {
  const fs::path path = tests;
  std::string stem = tested_stem(path.stem());
  if (stem.empty()) stem = loosely_tested_stem(path);
  if (stem.empty()) return std::nullopt;
  std::vector<std::string> endings{path.extension()};
  if (has_ending(path, source_endings)) {
    if (path.extension() != ".c") endings.insert(endings.end(), {".cpp", ".cc", ".cxx"});
    endings.insert(endings.end(), std::begin(header_endings), std::end(header_endings));
  }
  for (const std::string& ending : endings) {
    for (const char* folder : {"", "..", "../src", "../lib", "../include"}) {
      const fs::path place = path.parent_path() / folder;
      const fs::path program = (place / (stem + ending)).lexically_normal();
      if (program != path && is_file_below(place, program)) return program;
    }
  }
  return std::nullopt;
}

std::optional<std::string> source_of(const std::string& header) {
  const fs::path path = header;
  if (!is_header(path)) return std::nullopt;
  for (const char* ending : source_endings) {
    const fs::path source = fs::path(path).replace_extension(ending);
    if (is_file_below(path.parent_path(), source)) return source;
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
  if (!subject.own_tests() && are_plain(subject.tests_text, *language)) {
    subject.proof = Proof::assertions;
  }
  // A header's ending leaves open which of the two it is.
  if (is_header(subject.question.file) && !subject.own_tests()) {
    const auto of_tests = syntax::language_of("", text::uri_of(subject.tests), subject.tests_text);
    if (of_tests && grammar_of(*of_tests) != nullptr) subject.language = *of_tests;
  }
  include_program(subject);
  const auto status = start_there(subject);
  if (!status) return status.error();
  return subject;
}

Status can_run(const Subject& subject) {
  const fs::path file = subject.question.file;
  if (!subject.own_tests() || subject.proof == Proof::command || !is_header(file)) return Done{};
  return fail("'", file.string(), "' is a header, which only its tests can run, and none were ",
              "found: call them '", test_names_of(file).front(), "', or name them with --tests");
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
