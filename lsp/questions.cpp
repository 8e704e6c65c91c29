#include "lsp/questions.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "engine/base/format.h"
#include "engine/base/read_file.h"
#include "lsp/commands.h"
#include "lsp/context/header.h"
#include "lsp/context/ignored.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/replace_text.h"
#include "lsp/text/uri.h"
#include "sandbox/policy/workspace.h"

namespace lsp {

constexpr size_t most_bytes = 200'000;  // parsed in a few milliseconds

features::debug::Question question_of(std::string file, std::string text, std::string python) {
  const char* home = std::getenv("HOME");
  features::debug::Question question{.file = std::move(file), .text = std::move(text)};
  question.workspace = sandbox::policy::workspace_of(question.file, home == nullptr ? "" : home);
  question.python = std::move(python);
  return question;
}

engine::base::Result<features::debug::Question> question_for(const std::string& file,
                                                             std::string text, std::string python,
                                                             const ReadText& read) {
  const auto tested = features::debug::tested_by(file);
  if (!tested) return question_of(file, std::move(text), std::move(python));
  auto program = read(*tested);
  if (!program) return program.error();
  auto question = question_of(*tested, std::move(*program), std::move(python));
  question.tests = file;
  question.tests_text = std::move(text);
  return question;
}

static engine::base::Result<std::string> text_of(const std::string& path) {
  auto text = engine::base::read_file(path);
  if (!text) return text.error();
  return without_byte_order_mark(std::move(*text));
}

engine::base::Result<features::debug::Question> question_about(const std::string& file) {
  const auto path = std::filesystem::absolute(file).lexically_normal();
  auto text = text_of(path);
  if (!text) return text.error();
  return question_of(path, std::move(*text), read_machine_settings({}).settings.python);
}

engine::base::Result<features::debug::Question> question_about_tested(const std::string& file) {
  const auto path = std::filesystem::absolute(file).lexically_normal();
  auto text = text_of(path);
  if (!text) return text.error();
  auto question =
      question_for(path, std::move(*text), read_machine_settings({}).settings.python, text_of);
  if (!question || question->tests.empty()) return question;
  if (const auto named = name_tests(*question, path); !named) return named.error();
  return question;
}

engine::base::Status name_tests(features::debug::Question& question, const std::string& tests) {
  namespace fs = std::filesystem;
  question.tests = fs::absolute(tests).lexically_normal();
  if (!question.workspace) return engine::base::Done{};
  const char* home = std::getenv("HOME");
  fs::path folder = *question.workspace;
  std::error_code error;
  const bool repository = fs::exists(folder / ".git", error);
  while (!question.tests.starts_with(folder.string() + "/")) {
    folder = folder.parent_path();
    if (repository ||
        sandbox::policy::holds_more_than_a_project(folder, home == nullptr ? "" : home)) {
      return engine::base::fail("'", question.tests, "' lies outside of the project, which is '",
                                *question.workspace, "': a run sees nothing else");
    }
  }
  question.workspace = folder.string();
  return engine::base::Done{};
}

void find_tests(features::debug::Question& question) {
  namespace fs = std::filesystem;
  const char* home = std::getenv("HOME");
  std::error_code error;
  if (!question.workspace || fs::exists(fs::path(*question.workspace) / ".git", error)) return;
  const std::string above = fs::path(*question.workspace).parent_path();
  if (sandbox::policy::holds_more_than_a_project(above, home == nullptr ? "" : home)) return;
  if (features::debug::tests_for(question.file, above)) question.workspace = above;
}

bool may_be_shown(const std::string& path) {
  return !context::is_secret_path(path) && !context::IgnoreRules().ignored(path);
}

bool may_be_shown(const features::debug::Subject& subject) {
  return may_be_shown(subject.question.file) &&
         (subject.tests.empty() || may_be_shown(subject.tests));
}

std::filesystem::path project_of(const std::filesystem::path& file) {
  std::error_code error;
  for (auto folder = file.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / ".git", error)) return folder;
  }
  return file.parent_path();
}

FilePlace place_in(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {text, std::nullopt};
  size_t line = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, line);
  if (error != std::errc() || stop != end) return {text, std::nullopt};
  return {text.substr(0, colon), line};
}

bool holds(const FilePlace& place, const text::Document& document, text::Range range) {
  return !place.line || (document.line_at(range.begin) < *place.line &&
                         *place.line <= document.line_at(range.end) + 1);
}

static bool is_code(std::optional<syntax::Language> language) {
  return language == syntax::Language::python || language == syntax::Language::javascript;
}

std::shared_ptr<const syntax::Tree> code_tree(const server::Snapshot& document,
                                              const syntax::Tree* previous) {
  if (document->text().size() > most_bytes || !document->uri().starts_with("file:")) return nullptr;
  if (!is_code(syntax::language_of("", document->uri(), document->text()))) return nullptr;
  return syntax::Tree::parse(document, previous);
}

std::shared_ptr<const syntax::Tree> code_tree(const std::string& file, const std::string& text) {
  const auto language = syntax::language_of("", text::uri_of(file), text);
  return is_code(language) ? features::debug::parse(text, *language) : nullptr;
}

}  // namespace lsp
