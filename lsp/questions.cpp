#include "lsp/questions.h"

#include <cstdlib>
#include <filesystem>

#include "engine/base/read_file.h"
#include "lsp/commands.h"
#include "sandbox/policy/workspace.h"

namespace lsp {

features::debug::Question question_of(std::string file, std::string text, std::string python) {
  const char* home = std::getenv("HOME");
  features::debug::Question question{.file = std::move(file), .text = std::move(text)};
  question.workspace = sandbox::policy::workspace_of(question.file, home == nullptr ? "" : home);
  question.python = std::move(python);
  return question;
}

engine::base::Result<features::debug::Question> question_about(const std::string& file) {
  const auto path = std::filesystem::absolute(file).lexically_normal();
  auto text = engine::base::read_file(path);
  if (!text) return text.error();
  return question_of(path, std::move(*text), read_machine_settings({}).settings.python);
}

}  // namespace lsp
