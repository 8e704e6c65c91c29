#include "lsp/hint_words.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "engine/base/format.h"

namespace lsp {
namespace {

namespace chat = features::chat;
namespace debug = features::debug;
using engine::base::concat;
using engine::base::Result;

constexpr size_t most_value_bytes = 200, most_message_bytes = 2'000;

std::string instructions_in(debug::Tongue tongue) {
  return concat(
      "A program fails. Help its author to find out why, and leave the change to them. Reply with "
      "two lines and nothing else:\n"
      "WHAT: one sentence that says what is wrong.\n"
      "HOW: one or two sentences that say how to think about it, or what to look at.\n"
      "Write both in ",
      debug::name_of(tongue),
      ", behind the words WHAT and HOW as they are. Put names and code into backticks. Speak only "
      "of names, values and lines that you are shown. Write no code that is not in the program, "
      "and do not say what to change.");
}

std::string numbered(const std::string& text) {
  std::string numbered;
  size_t line = 1;
  for (size_t at = 0; at < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    numbered += concat(line, ": ", text.substr(at, end - at), "\n");
    at = end + 1;
  }
  return numbered;
}

// Which lines failed, the innermost last, and which tests.
std::string places_of(const debug::Found& failure) {
  std::string text = "Where it fails:\n";
  for (const auto& frame : failure.frames) {
    text +=
        concat(std::filesystem::path(frame.file).filename().string(), ", line ", frame.line, "\n");
  }
  for (const std::string& test : failure.red) {
    text += concat("the test ", test.substr(0, test.find('[')), "\n");  // no parameters
  }
  return text;
}

std::string run_of(const debug::Found& failure) {
  std::string text = concat("What the run says:\n", failure.type, ": ",
                            failure.message.substr(0, most_message_bytes), "\n");
  for (const auto& frame : failure.frames) {
    for (const auto& [name, value] : frame.locals) {
      if (value.size() > most_value_bytes) continue;
      text += concat("line ", frame.line, ": ", name, " = ", value, "\n");
    }
  }
  return text;
}

// What stands behind a word and a colon, in its line.
std::string behind(const std::string& reply, const std::string& word) {
  for (size_t at = 0; at < reply.size();) {
    const size_t end = std::min(reply.find('\n', at), reply.size());
    std::string line = reply.substr(at, end - at);
    at = end + 1;
    std::erase(line, '*');
    const size_t begin = line.find_first_not_of(" \t#");
    if (begin == std::string::npos || line.compare(begin, word.size(), word) != 0) continue;
    const size_t colon = begin + word.size();
    if (line.compare(colon, 1, ":") == 0) return line.substr(colon + 1);
    if (line.compare(colon, 3, "：") == 0) return line.substr(colon + 3);
  }
  return "";
}

}  // namespace

decltype(debug::Models::words) words_by(std::shared_ptr<chat::Model> model,
                                        const debug::Subject& subject, ToldOfRun told,
                                        debug::Tongue tongue) {
  return [model = std::move(model), &subject, told, tongue](
             const debug::Report& report, const std::stop_token& stop) -> Result<debug::Words> {
    using Role = chat::Message::Role;
    std::string question = concat("The program:\n", numbered(subject.question.text), "\n");
    if (!subject.own_tests()) {
      question += concat("Its tests:\n", numbered(subject.tests_text), "\n");
    }
    question += places_of(*report.failure);
    if (told == ToldOfRun::everything) question += run_of(*report.failure);
    const auto reply = model->chat(
        {{Role::system, instructions_in(tongue)}, {Role::user, question}}, {},
        [](const chat::Piece&) { return true; }, stop);
    if (!reply) return reply.error();
    return debug::Words{behind(reply->text, "WHAT"), behind(reply->text, "HOW")};
  };
}

}  // namespace lsp
