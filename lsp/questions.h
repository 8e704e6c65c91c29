// What debugging and filling in are asked about a file, for the command line and for editors.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lsp/features/debug/subject.h"
#include "lsp/server/model.h"
#include "lsp/syntax/tree.h"

namespace lsp {

// About a file, absolute, with that text; `python` is the machine's setting.
features::debug::Question question_of(std::string file, std::string text, std::string python);

// About a file with that text; where it is one of tests that have a program, about that, whose text
// is asked for by its path, with them.
using ReadText = std::function<engine::base::Result<std::string>(const std::string&)>;
engine::base::Result<features::debug::Question> question_for(const std::string& file,
                                                             std::string text, std::string python,
                                                             const ReadText& read);

// About a file as the command line names it.
engine::base::Result<features::debug::Question> question_about(const std::string& file);
// The same; of tests about what they test, which a run then has to see as well.
engine::base::Result<features::debug::Question> question_about_tested(const std::string& file);

// Its tests, as the command line names them. Without a repository the project is the file's folder,
// and then also what both lie in. An error where a run cannot see them.
engine::base::Status name_tests(features::debug::Question& question, const std::string& tests);

// Where there is no repository that says what the project is, and the file's tests stand in a
// folder beside its own: it is what both lie in.
void find_tests(features::debug::Question& question);

// Whether a model may be shown the file of this path: none that the user's rules ignore, and none
// that by its name holds secrets.
bool may_be_shown(const std::string& path);
// The same of a program and its tests.
bool may_be_shown(const features::debug::Subject& subject);

// The repository around a file, else its folder.
std::filesystem::path project_of(const std::filesystem::path& file);

// FILE or FILE:LINE, the line from 1.
struct FilePlace {
  std::string file;
  std::optional<size_t> line;
};
FilePlace place_in(const std::string& text);
// Whether a range of the file's text is at that place; without a line all of it is.
bool holds(const FilePlace& place, const text::Document& document, text::Range range);

// The tree of a document on the disk that is Python or JavaScript by its name; null for others, and
// for those that the event loop cannot parse within the time of a request.
std::shared_ptr<const syntax::Tree> code_tree(const server::Snapshot& document,
                                              const syntax::Tree* previous = nullptr);
// The same for a file of any size.
std::shared_ptr<const syntax::Tree> code_tree(const std::string& file, const std::string& text);

}  // namespace lsp
