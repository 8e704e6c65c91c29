#include "lsp/features/change/asking.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/text/fence.h"
#include "lsp/text/utf8.h"

namespace lsp::features::change {
namespace {

using engine::base::concat;
using text::fenced;
using Role = chat::Message::Role;

constexpr const char* instructions =
    "You change a part of a file as its author asks. Reply with the new text of the lines that are "
    "to be changed, whole, in one code block, and with nothing else. What the request does not "
    "speak of stays as it is: names, comments, style, indentation. Write all of the code out, and "
    "nothing that stands outside of these lines.";
constexpr size_t most_shown_bytes = 32'000;  // of the file, and of its tests
constexpr size_t shown_around = 12'000;      // of a larger one, before the part and behind it
constexpr size_t most_declared_bytes = 4'000;

std::string language_name(const Request& request) {
  return request.language ? std::string(syntax::language_id(*request.language)) : "";
}

// From the beginning of a line to the end of one.
std::string excerpt(const std::string& text, const text::Range& lines) {
  if (text.size() <= most_shown_bytes) return text;
  size_t begin = lines.begin > shown_around ? lines.begin - shown_around : 0;
  if (begin > 0) begin = std::min(text.find('\n', begin), lines.begin - 1) + 1;
  size_t end = std::min(lines.end + shown_around, text.size());
  if (end < text.size()) end = std::max(text.rfind('\n', end), lines.end);
  return text.substr(begin, end - begin);
}

// The line before a place, or behind it, that is not blank.
std::string neighbour(std::string_view text, bool last) {
  const size_t at = last ? text.find_last_not_of(" \t\r\n") : text.find_first_not_of(" \t\r\n");
  if (at == text.npos) return "";
  const size_t begin = text.rfind('\n', at) + 1;  // npos + 1 is 0
  return std::string(text.substr(begin, std::min(text.find('\n', at), text.size()) - begin));
}

// Each file's under its path; empty where there are none.
std::string declared_elsewhere(const Request& request) {
  std::string lines;
  const std::string* path = nullptr;
  for (const Declaration& each : request.elsewhere) {
    if (lines.size() + each.path.size() + each.text.size() > most_declared_bytes) break;
    if (path == nullptr || *path != each.path) lines += concat(each.path, ":\n");
    path = &each.path;
    lines += concat("    ", each.text, "\n");
  }
  return lines.empty() ? "" : concat("Declared in other files:\n", fenced(lines, ""), "\n");
}

std::string part_of(const Request& request) {
  const auto& [begin, end] = request.part.lines;
  const std::string_view text = request.text;
  const std::string_view lines = text.substr(begin, end - begin);
  if (!is_blank(lines)) {
    const bool one = request.part.first == request.part.last;
    return concat(one ? "The line to change:\n" : "The lines to change:\n",
                  fenced(lines, language_name(request)));
  }
  const std::string before = neighbour(text.substr(0, begin), true);
  const std::string behind = neighbour(text.substr(end), false);
  if (before.empty() && behind.empty()) return "The file is empty: write what it is to hold.\n";
  return concat("New lines are to be written",
                before.empty() ? "" : concat(" behind the line\n", fenced(before, "")),
                behind.empty() ? "" : concat(" before the line\n", fenced(behind, "")));
}

std::string line_of(const std::string& text, size_t line) {
  const text::Document document("", "", 0, text);
  return fenced(document.line(std::min(line, document.line_count() - 1)), "");
}

}  // namespace

std::vector<chat::Message> messages_for(const Request& request, const debug::Subject* tested) {
  const std::string shown = excerpt(request.text, request.part.lines);
  const bool whole = shown.size() == request.text.size();
  std::string question = concat(whole ? "The file " : "A part of the file ", request.name, ":\n",
                                fenced(shown, language_name(request)), "\n");
  const bool has_tests = tested != nullptr && tested->proof == debug::Proof::tests &&
                         !tested->own_tests() && tested->tests_text.size() <= most_shown_bytes;
  if (has_tests) {
    question += concat("Its tests:\n", fenced(tested->tests_text, language_name(request)), "\n");
  }
  question += declared_elsewhere(request);
  question += concat(part_of(request), "\nThe request: ", request.instruction, "\n");
  return {{Role::system, instructions}, {Role::user, std::move(question)}};
}

std::string does_not_parse(const std::string& text, size_t line) {
  return concat("With that the file does not parse, first here:\n", line_of(text, line),
                "Reply with all of the lines to change once more, mended.");
}

std::string changes_code(const std::string& text, size_t line) {
  return concat("With that the code itself is another one, first here:\n", line_of(text, line),
                "Reply with all of the lines to change once more, with their code as it was and "
                "nothing but comments changed.");
}

std::string leaves_out(const std::string& line) {
  return concat("In that a line stands for code that is not written:\n", fenced(line, ""),
                "Reply with all of the lines to change once more, and write all of them out.");
}

std::string breaks_tests(const Tried& tried, bool tells_messages) {
  std::string names;
  for (const std::string& test : tried.broken) names += (names.empty() ? "" : ", ") + test;
  const bool told = tells_messages && !tried.why.empty();
  return concat("With that ",
                names.empty() ? "the program fails" : "these tests do not pass any more: ", names,
                told ? concat(" (", tried.why, ")") : "", tried.ended ? "" : " (it did not end)",
                ". They did before. Where that is what the request means, reply with the same "
                "lines once more; else reply with all of the lines to change, mended.");
}

}  // namespace lsp::features::change
